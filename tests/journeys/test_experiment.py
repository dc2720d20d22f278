"""The hold-out experiment: chance decides, the form remembers, and counts are all that is kept."""

from datetime import date

import pytest

from helpcenter.journeys import experiment
from helpcenter.journeys.experiment import FormAct, Forms, is_held_out
from helpcenter.storage import db, writing

DAY = date(2026, 3, 10)


def test_a_form_is_always_of_the_same_kind():
    assert len({is_held_out("a form", 50) for _ in range(10)}) == 1


@pytest.mark.parametrize("percent", [0, 5, 20, 50])
def test_the_share_of_forms_is_the_one_that_was_asked_for(percent):
    held_out = sum(is_held_out(f"form {number}", percent) for number in range(20_000))

    # Ten standard deviations of the binomial distribution: 20,000 names are always the same ones.
    assert abs(held_out - 200 * percent) <= 10 * (20_000 * percent / 100 * (1 - percent / 100)) ** 0.5


def test_a_form_held_out_of_few_is_held_out_of_more():
    names = [f"form {number}" for number in range(500)]

    assert {name for name in names if is_held_out(name, 5)} <= {name for name in names if is_held_out(name, 20)}


def test_forms_are_counted_by_day_and_kind(storage_app):
    with storage_app.app_context():
        with writing() as session:
            experiment.store(session, [FormAct(DAY, False), FormAct(DAY, False), FormAct(DAY, True)])
            experiment.store(session, [FormAct(DAY, False, sent=True), FormAct(DAY, True), FormAct(date(2026, 4, 1), True)])

        assert experiment.result(db.session, DAY, DAY) == (Forms(2, 1), Forms(2, 0))

        with writing() as session:
            experiment.remove_old(session, date(2027, 4, 20))

        assert experiment.result(db.session, DAY, date(2027, 4, 20)) == (Forms(0, 0), Forms(1, 0))
