"""Replay: a planted fix and a planted regression are seen before anybody publishes them."""

import re

import pytest
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff
from helpcenter.content.models import Article
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import rehearsing
from tests.content.folders import write
from tests.insights.rows import a_search, a_talk

PASSWORD = "four quiet otters dancing"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PAGE = "/staff/replay/"
ZEPPELINS = "---\ntitle: Zeppelin timetable\n---\nThe zeppelin leaves every hour. Tickets for the zeppelin are sold on board.\n"


@pytest.fixture
def site(published_app):
    """Return an application with an editor, and people who looked for zeppelins and invoices."""
    today = utcnow().date()
    with published_app.app_context(), writing() as session:
        add_staff(session, email="ed@example.org", name="Ed", role="editor", password=PASSWORD)
        session.add_all(a_search("zeppelin timetable", day=today) for _ in range(3))
        session.add_all(a_search("find your invoices", day=today, hits=4, clicked=1) for _ in range(2))
        session.add_all([a_search("[number]", day=today), a_talk("t1", ("when does the zeppelin leave", "fallback.rephrase"), day=today)])
    return published_app


def played(site, **fields) -> str:
    """Return the page after a replay."""
    browser = site.test_client()
    browser.post("/staff/sign-in", data={"email": "ed@example.org", "password": PASSWORD}, headers=SAME_SITE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(PAGE).text)[1]
    return browser.post(PAGE, data={"csrf_token": token, "days": "30", **fields}, headers=SAME_SITE).text


def under(page: str, verdict: str) -> str:
    """Return what the page has under the heading of *verdict*."""
    return re.search(rf'<h2 [^>]*id="{verdict}">.*?(?=<h2 |\Z)', page, re.DOTALL)[0]


def test_with_nothing_changed_nothing_changes(site):
    page = played(site)

    assert "3 of 3 played: 0 newly lost, 0 newly answered, 0 answered otherwise." in page
    assert "0 articles are not as they are published" in page


def test_a_planted_fix_is_newly_answered_by_search_and_bot_and_nothing_is_published(site, settings):
    write(settings.articles, {"en/payments/zeppelins.md": ZEPPELINS})
    page = played(site)

    assert "zeppelin timetable" in under(page, "answered") and "when does the zeppelin leave" in under(page, "answered")
    assert "zeppelin" not in under(page, "lost").lower()
    with site.app_context():
        assert db.session.scalar(select(Article.id).where(Article.title == "Zeppelin timetable")) is None


def test_a_draft_counts_only_when_it_is_asked_for(site, settings):
    write(settings.articles, {"en/payments/zeppelins.md": ZEPPELINS.replace("---\nThe", "draft: true\n---\nThe")})

    assert "zeppelin timetable" not in under(played(site), "answered")
    assert "zeppelin timetable" in under(played(site, drafts="1"), "answered")


def test_a_planted_regression_is_newly_lost(site, settings):
    for path in (settings.articles / "en").rglob("*.md"):
        if "invoice" in path.read_text(encoding="utf-8").lower():
            path.unlink()
    page = played(site)

    assert "find your invoices" in under(page, "lost")
    assert "find your invoices" not in under(page, "otherwise")


def test_a_changed_rule_is_answered_otherwise(site, settings):
    with site.app_context(), writing() as session:
        session.add(a_talk("t2", ("I need a copy of my invoice", "invoices.copy"), day=utcnow().date()))
    path = settings.articles / "bot/en/invoices.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("You find every invoice in", "All invoices are in"), encoding="utf-8")

    assert "All invoices are in" in under(played(site), "otherwise")


def test_one_replay_at_a_time_and_only_so_long(site):
    with rehearsing.REHEARSING:
        assert "Another replay is running" in played(site)
    with site.test_request_context("/"):
        found = rehearsing.rehearse(days=30, drafts=False, seconds=-1)

    assert (found.asked, found.compared) == (3, [])


def test_a_folder_that_is_away_is_said(site, settings):
    settings.articles.rename(settings.articles.with_name("elsewhere"))

    assert 'role="alert"' in played(site)
