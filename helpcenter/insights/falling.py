"""Whether fewer people look in vain since something was done: counts per week before and after, and what they allow to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helpcenter.feedback.statistics import wilson

# Full weeks before, and at most so many after, the week in which something was done.
BEFORE, MOST_AFTER = 4, 8
FEWEST_AFTER = 2
# At most this part of the people a week who were there before.
AT_MOST = 0.5
WEEK = timedelta(weeks=1)


def monday_of(day: date) -> date:
    """Return the first day of the week of *day*."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Fall:
    """How many people there were in how many weeks before and after."""

    before: int
    weeks_before: int
    after: int
    weeks_after: int

    @property
    def a_week_before(self) -> float:
        """Return how many people a week there were before."""
        return self.before / self.weeks_before if self.weeks_before else 0.0

    @property
    def a_week_after(self) -> float:
        """Return how many people a week there are since; of no full week nothing is known."""
        return self.after / self.weeks_after if self.weeks_after else 0.0

    @property
    def is_early(self) -> bool:
        """Whether too few weeks have gone by to say anything."""
        return self.weeks_after < FEWEST_AFTER

    @property
    def has_fallen(self) -> bool:
        """Whether they are at most half as many a week, and that is no chance.

        If nothing had changed, the weeks after would have their share of all these people; the interval of the share they do have
        (Wilson, 95 %) must lie below it.
        """
        total, weeks = self.before + self.after, self.weeks_before + self.weeks_after
        if self.is_early or not self.before or self.a_week_after > AT_MOST * self.a_week_before:
            return False
        return wilson(self.after, total).high < self.weeks_after / weeks


def fall_of(weeks: Mapping[date, int], acted: date, today: date) -> Fall:
    """Return the people of *weeks* (by their Mondays) before and after the week of *acted*, which is on neither side."""
    acting, present = monday_of(acted), monday_of(today)
    before = [acting - WEEK * number for number in range(1, BEFORE + 1)]
    after = [acting + WEEK * number for number in range(1, MOST_AFTER + 1) if acting + WEEK * number < present]
    return Fall(sum(weeks.get(week, 0) for week in before), len(before), sum(weeks.get(week, 0) for week in after), len(after))


def has_risen(weeks: Mapping[date, int], fall: Fall, today: date) -> bool:
    """Tell whether, in the last two full weeks, more than half as many people a week were there as before."""
    present = monday_of(today)
    lately = [weeks.get(present - WEEK * number, 0) for number in range(1, FEWEST_AFTER + 1)]
    return sum(lately) / len(lately) > AT_MOST * fall.a_week_before
