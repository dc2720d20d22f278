"""What `helpcenter work` does now and then beside the mail: one table, each chore with how often."""

from collections.abc import Callable
from dataclasses import dataclass

from helpcenter.cli.feedback_chores import invite_to_surveys, mail_feedback_digests
from helpcenter.cli.insight_chores import find_gaps, mail_insight_letters
from helpcenter.cli.mail_work import tell_the_team, tidy_mail
from helpcenter.cli.request_chores import close_old_requests, note_due_requests, release_held_replies
from helpcenter.cli.retention import forget
from helpcenter.journeys import experiment, reading, trail
from helpcenter.search.records import remove_old
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import remove_ended


@dataclass(frozen=True)
class Chore:
    """Something to *do* every so many *seconds* (an even number), in an application context. Several processes may do it at once."""

    name: str
    seconds: int
    do: Callable[[], object]


def end_silent_visits() -> None:
    """End the visits in which nothing happened for half an hour."""
    with writing() as session:
        trail.end_silent(session, utcnow())


def tidy() -> None:
    """Forget counters whose time is over, and searches and views of more than a year ago."""
    with writing() as session:
        remove_ended(session)
        today = utcnow().date()
        remove_old(session, today)
        reading.remove_old(session, today)
        experiment.remove_old(session, today)


CHORES = (
    Chore("release-held-replies", 2, release_held_replies),
    Chore("note-due-requests", 60, note_due_requests),
    Chore("close-old-requests", 3600, close_old_requests),
    Chore("tell-the-team", 30, tell_the_team),
    Chore("tidy-mail", 3600, tidy_mail),
    Chore("feedback-digests", 3600, mail_feedback_digests),
    Chore("survey-invitations", 600, invite_to_surveys),
    Chore("find-gaps", 3600, find_gaps),
    Chore("insight-letters", 3600, mail_insight_letters),
    Chore("end-silent-visits", 300, end_silent_visits),
    Chore("retention", 86_400, forget),
    Chore("tidy", 3600, tidy),
)
