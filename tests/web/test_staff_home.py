"""The home of each role: what needs them now, as counts that lead to where it is done."""

import re
from datetime import timedelta

import pytest

from helpcenter.accounts.staff import add_staff, find_by_email
from helpcenter.content.models import ContentProblem
from helpcenter.insights.models import Gap
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from tests.insights.rows import a_request, a_vote

PASSWORD = "four quiet otters dancing"
PEOPLE = {"ed@example.org": "editor", "gus@example.org": "agent", "rita@example.org": "reviewer", "ada@example.org": "admin"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def site(published_app):
    """Return an application with people and something to do for each."""
    now = utcnow()
    with published_app.app_context(), writing() as session:
        gus = {email: add_staff(session, email=email, name=email.split("@")[0].title(), role=role, password=PASSWORD) for email, role in PEOPLE.items()}["gus@example.org"]
        session.add_all([a_request(1, "Mine", assignee_id=gus.id), a_request(2, "Nobody's"), a_request(3, "Late", answer_due_at=now - timedelta(hours=1))])
        session.add(ContentProblem(path="tests/x.yaml", line=1, code="CONVERSATION", severity="error", message="No", found_at=now))
        session.add_all(Gap(lang=lang, name="zeppelin", words=[], searches=3, first_day=now.date(), last_day=now.date()) for lang in ("en", "lv"))
        session.add_all(a_vote(f"v{n}", "", day=now.date()) for n in range(4))
    return published_app


def needs(site, email: str) -> dict[str, str]:
    """Return what the home of a person counts, by its words."""
    browser = site.test_client()
    browser.post("/staff/sign-in", data={"email": email, "password": PASSWORD}, headers=SAME_SITE)
    page = browser.get("/staff/").text
    rows = re.findall(r'<li><a href="([^"]+)"><span>([^<]+?)(?: <span class="badge error">Urgent</span>)?</span> <span class="number">(\d+\+?)', page)
    for address, _, _ in rows:
        assert browser.get(address.replace("&amp;", "&")).status_code == 200
    return {label: number for _, label, number in rows}


def test_an_agent_sees_requests_first_and_the_gaps(site):
    found = needs(site, "gus@example.org")

    assert found == {"Due soon or too late": "1", "My requests": "1", "Nobody's requests": "2", "Open gaps": "2", "Articles rated low": "1"}


def test_an_editor_sees_the_library_and_no_requests(site):
    found = needs(site, "ed@example.org")

    assert found.pop("Failing conversation tests") == "1"
    assert found["Open gaps"] == "2" and "My requests" not in found


def test_an_editor_of_one_language_sees_what_is_theirs(site):
    with site.app_context(), writing() as session:
        find_by_email(session, "ed@example.org").languages = ["lv"]

    assert needs(site, "ed@example.org")["Open gaps"] == "1"


def test_an_admin_sees_all_of_it_and_a_reviewer_only_the_library(site):
    admin = needs(site, "ada@example.org")

    assert {"Nobody's requests", "Failing conversation tests", "Open gaps"} <= set(admin)
    assert set(needs(site, "rita@example.org")) == {"Failing conversation tests"}


def test_when_nothing_waits_it_says_so(published_app):
    with published_app.app_context(), writing() as session:
        add_staff(session, email="gus@example.org", name="Gus", role="agent", password=PASSWORD)

    assert needs(published_app, "gus@example.org") == {}
