"""Counters without a name."""

from datetime import date

from helpcenter.journeys import acts
from helpcenter.journeys.acts import Act
from helpcenter.storage import db, writing

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_acts_are_counted_by_day_and_language(storage_app):
    with storage_app.app_context():
        for day in (MONDAY, TUESDAY, TUESDAY):
            with writing() as session:
                acts.store(session, [Act(day, "en", "form-opened"), Act(day, "lv", "form-opened"), Act(day, "lv", "suggested")])

        assert acts.counted(db.session, MONDAY)["form-opened"] == 6
        assert acts.counted(db.session, TUESDAY)["form-opened"] == 4
        assert acts.counted(db.session, TUESDAY)["suggested"] == 2
        assert acts.counted(db.session, TUESDAY)["suggestion-taken"] == 0
