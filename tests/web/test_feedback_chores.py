"""The weekly digest: to whoever looks after a section, once a week, and never about nothing."""

from datetime import UTC, datetime

import pytest
import yaml
from sqlalchemy import update

from helpcenter.content import library
from helpcenter.feedback import votes
from helpcenter.feedback.models import Vote
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import writing
from helpcenter.web import feedback_chores

# A Tuesday; the week before it began on 2 March.
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DIGEST = {"payments": "billing@example.org", "internet": "net@example.org", "all": "everything@example.org"}


@pytest.fixture
def teams(app, publish_files, settings):
    """Publish a site whose teams want digests."""
    site = yaml.safe_load((settings.articles / "site.yaml").read_text(encoding="utf-8"))
    publish_files({"site.yaml": yaml.safe_dump({**site, "feedback": {"digest": DIGEST}}, allow_unicode=True)})
    return app


def say(app, comment: str, at: datetime) -> None:
    """Store a comment on the article about invoices."""
    with app.app_context(), writing() as session:
        article = library.find_article(session, "en", "find-an-invoice")
        vote = votes.cast(session, article, comment, helpful=False, reason="incomplete", comment=comment)
        session.execute(update(Vote).where(Vote.id == vote.id).values(changed_at=at))


def mailed(app, mailer, now: datetime = NOW) -> dict[str, str]:
    """Do the chore, and return the text of every mail so far by recipient."""
    with app.app_context():
        feedback_chores.mail_digests(now)
        deliver_due(mailer)
    return {mail.recipient: mail.content.decode() for mail in mailer.sent}


def test_each_team_hears_of_its_section_once(teams, mailer):
    say(teams, "Which fees <b>?", datetime(2026, 3, 4, 12, tzinfo=UTC))
    say(teams, "Of another week", datetime(2026, 3, 9, 12, tzinfo=UTC))
    first = mailed(teams, mailer)
    again = mailed(teams, mailer)

    assert set(first) == {"billing@example.org", "everything@example.org"}
    assert len(mailer.sent) == 2
    assert again == first
    assert "1 new comment from readers: Payments" in first["billing@example.org"]
    assert "Which fees" in first["billing@example.org"]
    assert "Of another week" not in first["billing@example.org"]
    assert "Auto-Submitted" in first["billing@example.org"]


def test_the_next_week_has_its_own_digest(teams, mailer):
    say(teams, "First", datetime(2026, 3, 4, 12, tzinfo=UTC))
    mailed(teams, mailer)
    say(teams, "Second", datetime(2026, 3, 9, 12, tzinfo=UTC))
    mailed(teams, mailer, datetime(2026, 3, 16, 6, tzinfo=UTC))

    assert [mail.recipient for mail in mailer.sent].count("billing@example.org") == 2


def test_nothing_is_sent_about_nothing(teams, mailer):
    assert mailed(teams, mailer) == {}


def test_without_addresses_nothing_is_sent(app, publish_files, mailer):
    publish_files({})
    say(app, "First", datetime(2026, 3, 4, 12, tzinfo=UTC))

    assert mailed(app, mailer) == {}
