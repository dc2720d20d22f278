"""The weekly letter: to whom it concerns, once, in their language, and to nobody who wants none."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff, find_by_email
from helpcenter.insights.models import Gap
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.support import notifying
from helpcenter.web import insight_letters
from tests.insights.rows import a_search, a_vote

# A Monday.
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LAST_WEEK = NOW.date() - timedelta(days=3)
PASSWORD = "four quiet otters dancing"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def site(published_app):
    """Return an application with an editor, a reviewer, and a week in which zeppelins were missing."""
    with published_app.app_context(), writing() as session:
        add_staff(session, email="ed@example.org", name="Ed", role="editor", password=PASSWORD)
        add_staff(session, email="rita@example.org", name="Rita", role="reviewer", password=PASSWORD)
        session.add(Gap(lang="en", name="zeppelin timetable", words=[], searches=4, first_day=LAST_WEEK, last_day=LAST_WEEK))
        session.add_all(a_search("zeppelin", day=LAST_WEEK) for _ in range(4))
        session.add_all(a_vote(f"v{n}", "", day=LAST_WEEK) for n in range(3))
    return published_app


def letters(site, now: datetime = NOW) -> list[OutboxMail]:
    """Mail the letters and return everything in the outbox."""
    with site.test_request_context("/"):
        insight_letters.mail_letters(now)
        return list(db.session.scalars(select(OutboxMail)))


def text_of(mail: OutboxMail) -> str:
    """Return a mail as plain text."""
    from email import message_from_bytes, policy

    return message_from_bytes(mail.content, policy=policy.default).get_body(("plain",)).get_content()


def test_who_may_do_something_is_told_once_what_was_missed(site):
    (mail,) = letters(site)
    text = text_of(mail)

    assert mail.recipient == "ed@example.org"
    assert "zeppelin timetable [en]: 4 searches" in text and "/staff/gaps/1" in text
    assert "Searches last week: 4, of which 4 found nothing" in text and "Find your invoices [en]" in text
    assert len(letters(site)) == 1
    assert len(letters(site, NOW + timedelta(days=7))) == 2


def test_the_letter_is_in_the_language_they_chose(site):
    with site.app_context(), writing() as session:
        notifying.choose(session, find_by_email(session, "ed@example.org").id, wanted=True, lang="sv")

    assert "zeppelin timetable [en]: 4 sökningar" in text_of(letters(site)[0])


def test_who_wants_none_gets_none_until_they_want_it_again(site):
    browser = site.test_client()
    browser.post("/staff/sign-in", data={"email": "ed@example.org", "password": PASSWORD}, headers=SAME_SITE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/staff/insights/").text)[1]
    browser.post("/staff/insights/letter", data={"csrf_token": token}, headers=SAME_SITE)

    assert letters(site) == []
    assert "checked" not in re.search(r'<input [^>]*name="wanted"[^>]*>', browser.get("/staff/insights/").text)[0]
    browser.post("/staff/insights/letter", data={"csrf_token": token, "wanted": "yes"}, headers=SAME_SITE)
    assert len(letters(site)) == 1


def test_a_week_in_which_nothing_was_missed_is_no_letter(published_app):
    with published_app.app_context(), writing() as session:
        add_staff(session, email="ed@example.org", name="Ed", role="editor", password=PASSWORD)

    assert letters(published_app) == []
