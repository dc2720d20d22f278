"""Gaps on the staff's pages: the list, one gap with what can be done, and what became of it."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff, find_by_email
from helpcenter.insights import gaps
from helpcenter.insights.models import Gap
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.insights.rows import a_request, a_search, a_talk, a_vote

PASSWORD = "four quiet otters dancing"
PEOPLE = {"ed@example.org": "editor", "gus@example.org": "agent", "rita@example.org": "reviewer", "ada@example.org": "admin"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
LIST = "/staff/gaps/"


@pytest.fixture
def help_center(published_app):
    """Return an application with people, and a gap about copies of invoices for the tax office."""
    today = utcnow().date()
    with published_app.app_context():
        with writing() as session:
            for email, role in PEOPLE.items():
                add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
            session.add_all(a_search("=invoice zeppelin", day=today) for _ in range(4))
            session.add(a_talk("t1", ("<b>zeppelin</b> invoice please", "fallback.rephrase"), day=today))
            session.add(a_vote("ann", "invoice of the zeppelin?", day=today))
            session.add(a_request(1, "Ann Berg, zeppelin invoice", name="Ann Berg", day=today))
        found = gaps.find_gaps(db.session, today)
        with writing() as session:
            gaps.store_gaps(session, found, utcnow())
    return published_app


def signed_in(app, email: str = "ed@example.org"):
    """Return a browser that sent the sign-in form."""
    browser = app.test_client()
    browser.post("/staff/sign-in", data={"email": email, "password": PASSWORD}, headers=SAME_SITE)
    return browser


def the_gap(app) -> Gap:
    """Return the only gap."""
    with app.app_context():
        return db.session.scalars(select(Gap)).one()


def send(browser, page: str, path: str, **fields):
    """Send a form of *page* to *path*."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)[1]
    return browser.post(path, data={"csrf_token": token, **fields}, headers=SAME_SITE)


def test_the_list_says_how_many_people_and_of_what(help_center):
    page = signed_in(help_center).get(LIST).text

    assert "=invoice zeppelin" in page
    assert "3 visits, 4 searches" in page
    assert "There is no gap here" in signed_in(help_center).get(f"{LIST}?state=closed").text


def test_a_gap_shows_its_evidence_escaped_and_masked_and_what_can_be_done(help_center):
    page = signed_in(help_center).get(f"{LIST}{the_gap(help_center).id}").text

    assert "&lt;b&gt;zeppelin&lt;/b&gt; invoice please" in page and "<b>zeppelin" not in page
    assert "[…] […], zeppelin invoice" in page and "Ann Berg" not in page
    for offered in ("/staff/articles/new?title=", "/en/articles/find-an-invoice", "zeppelin =&gt;", "examples:", "promoted:"):
        assert offered in page
    assert '<svg viewBox="0 0' in page and "style=" not in page


def test_people_who_may_not_answer_requests_get_no_link_to_one(help_center):
    address = f"{LIST}{the_gap(help_center).id}"

    assert "/staff/requests/HC-0001-AAAA" in signed_in(help_center, "gus@example.org").get(address).text
    assert "/staff/requests/HC-0001-AAAA" not in signed_in(help_center, "ed@example.org").get(address).text


def test_a_reviewer_reads_and_changes_nothing(help_center):
    browser, gap = signed_in(help_center, "rita@example.org"), the_gap(help_center)
    page = browser.get(f"{LIST}{gap.id}").text

    assert "Mark as acted upon" not in page
    assert send(browser, f"{LIST}{gap.id}", f"{LIST}{gap.id}/act", kind="article").status_code == 403


def test_what_was_done_is_noted_and_the_number_decides_later(help_center):
    browser, gap = signed_in(help_center), the_gap(help_center)
    address = f"{LIST}{gap.id}"
    send(browser, address, f"{address}/act", kind="article")
    page = browser.get(address).text

    assert (the_gap(help_center).state, the_gap(help_center).acted_as) == ("acted", "article")
    assert "Too early to say" in page and "Wrote an article" in page
    send(browser, address, f"{address}/reopen")
    assert the_gap(help_center).state == "open"


def test_what_was_done_must_be_one_of_those_and_a_dismissal_needs_a_reason(help_center):
    browser, gap = signed_in(help_center), the_gap(help_center)
    address = f"{LIST}{gap.id}"

    assert send(browser, address, f"{address}/act", kind="magic").status_code == 422
    refused = send(browser, address, f"{address}/dismiss", reason=" ")
    assert refused.status_code == 422 and "Say why" in refused.text
    send(browser, address, f"{address}/dismiss", reason="We sell no <zeppelins>")
    assert the_gap(help_center).state == "dismissed"
    assert "We sell no &lt;zeppelins&gt;" in browser.get(address).text


def test_somebody_takes_care_of_it(help_center):
    browser, gap = signed_in(help_center), the_gap(help_center)
    address = f"{LIST}{gap.id}"
    number = re.search(r'<option value="(\d+)">Gus</option>', browser.get(address).text)[1]
    send(browser, address, f"{address}/assign", person=number)

    assert "Gus" in browser.get(LIST).text
    assert "There is no gap here" in browser.get(f"{LIST}?mine=1").text
    send(browser, address, f"{address}/assign", person="999999")
    assert the_gap(help_center).assignee_id is None


def test_who_is_for_other_languages_sees_and_changes_nothing_here(help_center):
    with help_center.app_context(), writing() as session:
        find_by_email(session, "ed@example.org").languages = ["lv"]
    browser, gap = signed_in(help_center), the_gap(help_center)

    assert "There is no gap here" in browser.get(LIST).text
    assert send(browser, LIST, f"{LIST}{gap.id}/act", kind="article").status_code == 403


def test_the_table_is_safe_for_spreadsheets(help_center):
    answer = signed_in(help_center).get(f"{LIST}gaps.csv")
    header, row = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))

    assert dict(zip(header, row, strict=True))["name"] == "'=invoice zeppelin"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gaps.csv"'


def test_grouping_again_within_a_minute_does_nothing_anew(help_center):
    browser = signed_in(help_center)
    with help_center.app_context(), writing() as session:
        session.add_all(a_search("submarine", day=utcnow().date()) for _ in range(3))

    assert send(browser, LIST, f"{LIST}find").status_code == 303
    assert "submarine" not in browser.get(LIST).text


def test_an_unknown_gap_is_not_found(help_center):
    assert signed_in(help_center).get(f"{LIST}999").status_code == 404


@pytest.mark.parametrize("page", ["gaps", "reviews"])
def test_a_number_that_no_database_holds_is_not_there(help_center, page):
    browser = signed_in(help_center, "ada@example.org")

    assert browser.get(f"/staff/{page}/{'9' * 23}").status_code == 404
