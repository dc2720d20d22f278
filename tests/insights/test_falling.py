"""Whether fewer people look in vain."""

from datetime import date, timedelta

import pytest

from helpcenter.insights.falling import fall_of, has_risen, monday_of

ACTED = date(2026, 9, 16)
ACTING = monday_of(ACTED)


def weeks(before: int, *after: int) -> dict[date, int]:
    """Return four weeks of *before* people each, and the weeks *after* that of the act, in which there were many."""
    numbers = {ACTING - timedelta(weeks=number): before for number in range(1, 5)}
    numbers |= {ACTING + timedelta(weeks=number): people for number, people in enumerate(after, 1)}
    return {**numbers, ACTING: 99}


@pytest.mark.parametrize(("before", "after", "fallen"), [
    (10, (1, 2), True),
    (10, (9, 11), False),
    (10, (6, 6, 6, 6), False),  # fewer, but not half as many
    (1, (0, 0), False),  # four people in four weeks may stay away by chance
    (1, (0, 0, 0, 0, 0, 0, 0, 0), True),
    (0, (0, 0, 0), False),  # where nobody was, nothing can fall
    (10, (0,), False),  # one week is too early
])  # fmt: skip
def test_a_number_has_fallen_when_it_is_halved_and_that_is_no_chance(before, after, fallen):
    today = ACTING + timedelta(weeks=len(after) + 1)

    assert fall_of(weeks(before, *after), ACTED, today).has_fallen is fallen


def test_the_present_week_and_that_of_the_act_are_on_neither_side():
    fall = fall_of(weeks(10, 1, 2, 50), ACTED, ACTING + timedelta(weeks=3, days=2))

    assert (fall.before, fall.weeks_before, fall.after, fall.weeks_after) == (40, 4, 3, 2)
    assert (fall.a_week_before, fall.a_week_after) == (10, 1.5)


def test_what_is_as_high_as_before_has_risen_again():
    numbers, today = weeks(10, 0, 0, 8, 9), ACTING + timedelta(weeks=5)

    assert has_risen(numbers, fall_of(numbers, ACTED, today), today)
