"""The comments inbox, what is done with a comment, and whether an edit helped, through the staff's pages."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff
from helpcenter.content import library
from helpcenter.feedback import comments, votes
from helpcenter.journeys import trail
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportRequest

PASSWORD = "four quiet otters dancing"
PEOPLE = {"gus@example.org": "agent", "ed@example.org": "editor"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
INBOX = "/staff/feedback/"


@pytest.fixture
def help_center(published_app):
    """Return an application with an agent and an editor."""
    with published_app.app_context(), writing() as session:
        for email, role in PEOPLE.items():
            add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


def signed_in(app, email: str = "gus@example.org"):
    """Return a browser that sent the sign-in form."""
    browser = app.test_client()
    browser.post("/staff/sign-in", data={"email": email, "password": PASSWORD}, headers=SAME_SITE)
    return browser


def send(browser, page: str, path: str, **fields):
    """Send a form of *page* to *path*."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)[1]
    return browser.post(path, data={"csrf_token": token, **fields}, headers=SAME_SITE)


@pytest.fixture
def comment(help_center) -> int:
    """Return the number of the comment that Ann left after a search, with an address."""
    with help_center.app_context(), writing() as session:
        article = library.find_article(session, "en", "find-an-invoice")
        journey = trail.start(session, "en", "ann")
        trail.record(session, journey, "search", query="late invoice", hits=2)
        trail.record(session, journey, "view", article=article.key, title=article.title)
        vote = votes.cast(
            session, article, "ann", helpful=False, reason="incomplete", comment="Where is <b>it</b>?", query="late invoice",
            journey_id=journey.id,
        )  # fmt: skip
        comments.leave_address(session, vote.id, "ann@example.org")
        votes.cast(session, article, "bob", helpful=False, comment='=HYPERLINK("http://evil.example")')
        return vote.id


def request_of(app) -> SupportRequest:
    """Return the only request."""
    with app.app_context():
        return db.session.scalars(select(SupportRequest)).one()


def test_the_inbox_shows_what_was_said_escaped_and_where(help_center, comment):
    page = signed_in(help_center, "ed@example.org").get(INBOX).text

    assert "Where is &lt;b&gt;it&lt;/b&gt;?" in page
    assert "<b>it" not in page
    for shown in ("Find your invoices", "late invoice", "Something is missing"):
        assert shown in page


def test_the_inbox_is_filtered_by_the_address(help_center, comment):
    browser = signed_in(help_center)

    assert "Where is" in browser.get(f"{INBOX}?section=payments&lang=en&reason=incomplete&state=open").text
    for nothing in ("section=internet", "lang=lv", "reason=wrong", "state=done", "until=2020-01-01", "key=internet/x"):
        assert "Where is" not in browser.get(f"{INBOX}?{nothing}").text
    for nonsense in ("since=soon", "until=9999-12-31", "page=x", "state=maybe", "lang=%00"):
        assert browser.get(f"{INBOX}?{nonsense}").status_code in (200, 404)


def test_the_page_of_a_comment_shows_the_way_that_led_there(help_center, comment):
    page = signed_in(help_center).get(f"{INBOX}{comment}").text

    assert "Searched for “late invoice”: 2 results" in page
    assert "Version that was read" in page
    assert "Where is &lt;b&gt;it&lt;/b&gt;?" in page


def test_a_comment_is_done_with_the_version_that_fixed_it_and_reopened(help_center, comment):
    browser, page = signed_in(help_center, "ed@example.org"), f"{INBOX}{comment}"

    assert send(browser, page, f"{page}/done", fixed_in="4", note="Named the place.").status_code == 303
    shown = browser.get(page).text
    assert "Named the place." in shown
    assert ">4<" in shown
    assert "Where is" in browser.get(f"{INBOX}?state=done").text

    assert send(browser, page, f"{page}/reopen").status_code == 303
    assert "Where is" not in browser.get(f"{INBOX}?state=done").text


@pytest.mark.parametrize("version", ["four", "0", "-1", "99999999999999999999"])
def test_a_version_that_is_none_comes_back_with_what_was_typed(help_center, comment, version):
    browser, page = signed_in(help_center), f"{INBOX}{comment}"
    answer = send(browser, page, f"{page}/done", fixed_in=version, note="kept words")

    assert answer.status_code == 422
    assert "A version is a number" in answer.text
    assert "kept words" in answer.text


def test_who_left_an_address_is_answered_by_mail_once(help_center, comment, mailer):
    browser, page = signed_in(help_center, "ed@example.org"), f"{INBOX}{comment}"
    for _ in range(2):
        assert send(browser, page, f"{page}/answer", text="It is under <My pages>.").status_code == 303
    with help_center.app_context():
        assert deliver_due(mailer).sent == 1

    sent = mailer.sent[-1]
    assert sent.recipient == "ann@example.org"
    assert "It is under <My pages>." in browser.get(page).text.replace("&lt;", "<").replace("&gt;", ">")
    assert send(browser, page, f"{page}/answer", text="").status_code == 422


@pytest.mark.parametrize("by_script", [True, False])
def test_an_address_left_after_no_is_answered_and_said_to_be_wrong_when_it_is(help_center, mailer, by_script):
    reader, path, fragment = help_center.test_client(), "/en/articles/find-an-invoice/vote", {"X-Fragment": "1"} if by_script else {}
    asked = reader.post(path, data={"helpful": "no"}, headers=fragment, follow_redirects=True).text
    said = {"helpful": "no", "comment": "Where is it?", "email": "ann@"}
    wrong = reader.post(path, data=said, headers=fragment, follow_redirects=True).text
    thanked = reader.post(path, data={"helpful": "no", "comment": "", "email": "ann@example.org"}, headers=fragment, follow_redirects=True).text
    browser = signed_in(help_center)
    page = re.search(rf'href="({INBOX}\d+)', browser.get(INBOX).text)[1]
    answered = send(browser, page, f"{page}/answer", text="Under My pages.")
    with help_center.app_context():
        assert deliver_due(mailer).sent == 1

    assert "if you would like an answer" in asked and "cannot reply" not in asked
    assert "we cannot write to that address" in wrong and 'aria-invalid="true"' in wrong
    assert "We read every comment" in thanked
    assert "Where is it?" in browser.get(page).text and answered.status_code == 303
    assert (mailer.sent[-1].recipient, "Under My pages." in mailer.sent[-1].content.decode()) == ("ann@example.org", True)


def test_who_left_no_address_cannot_be_answered(help_center, comment):
    with help_center.app_context(), writing() as session:
        comments.leave_address(session, comment, None)
    browser, page = signed_in(help_center), f"{INBOX}{comment}"
    answer = send(browser, page, f"{page}/answer", text="Hello")

    assert answer.status_code == 422
    assert "left no address" in answer.text


def test_a_comment_becomes_a_complaint_once_with_its_way(help_center, comment):
    browser, page = signed_in(help_center), f"{INBOX}{comment}"
    for _ in range(2):
        assert send(browser, page, f"{page}/request", kind="complaint", email="ann@example.org").status_code == 303

    opened = request_of(help_center)
    assert (opened.kind, opened.email, opened.section, opened.lang) == ("complaint", "ann@example.org", "payments", "en")
    assert [step["kind"] for step in opened.trail] == ["search", "view"]
    assert opened.reference in browser.get(page).text
    with help_center.app_context():
        assert "Where is <b>it</b>?" in db.session.get(SupportRequest, opened.id).messages[0].text


@pytest.mark.parametrize(("kind", "email"), [("complaint", "nobody"), ("question", "ann@example.org"), ("", "")])
def test_a_request_of_a_wrong_kind_or_address_is_not_made(help_center, comment, kind, email):
    browser, page = signed_in(help_center), f"{INBOX}{comment}"

    assert send(browser, page, f"{page}/request", kind=kind, email=email).status_code == 422
    with help_center.app_context():
        assert db.session.scalars(select(SupportRequest)).all() == []


def test_the_table_for_spreadsheets_has_no_formulas_and_no_addresses(help_center, comment):
    answer = signed_in(help_center).get(f"{INBOX}comments.csv")

    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {row["text"] for row in rows} == {"Where is <b>it</b>?", "'=HYPERLINK(\"http://evil.example\")"}
    assert "ann@example.org" not in answer.text


def test_strangers_and_forged_forms_change_nothing(help_center, comment):
    assert help_center.test_client().get(INBOX).status_code == 303
    assert signed_in(help_center).post(f"{INBOX}{comment}/done", data={}, headers=SAME_SITE).status_code == 403
    assert signed_in(help_center).get(f"{INBOX}99999").status_code == 404
    assert signed_in(help_center).get(f"{INBOX}99999999999999999999").status_code == 404


def test_an_edit_is_shown_before_and_after(help_center, comment):
    with help_center.app_context(), writing() as session:
        article = library.find_article(session, "en", "find-an-invoice")
        for version, yes in ((article.version, 6), (article.version + 1, 25)):
            later = type("Read", (), {"lang": "en", "key": article.key, "version": version})
            for number in range(25):
                votes.cast(session, later, f"{version}-{number}", helpful=number < yes)
    browser = signed_in(help_center, "ed@example.org")

    assert "Find your invoices" in browser.get(f"{INBOX}edits/").text
    page = browser.get(f"{INBOX}edits/en/payments/find-an-invoice").text
    assert "Better" in page
    assert "points" in page
    assert browser.get(f"{INBOX}edits/en/payments/nothing").status_code == 404


def test_done_is_judged_by_the_moment(help_center, comment):
    with help_center.app_context(), writing() as session:
        comments.mark_done(session, comment, by="Ed", fixed_in=None, note="", now=utcnow())
        article = library.find_article(session, "en", "find-an-invoice")
        votes.cast(session, article, "ann", helpful=False, comment="Still missing")

    assert "Still missing" in signed_in(help_center).get(f"{INBOX}?state=open").text
