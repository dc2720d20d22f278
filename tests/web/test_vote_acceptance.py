"""The thirteen cases of votes in which other help centers fail, or which their own tests hold; one test for each, in this order."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpcenter.app import create_app
from helpcenter.content import library
from helpcenter.feedback import votes
from helpcenter.feedback.models import Vote
from helpcenter.journeys import trail
from helpcenter.publishing import publish
from helpcenter.storage import db
from helpcenter.web.services import services
from tests.conftest import close
from tests.content.folders import write

SLUG, KEY = "find-an-invoice", "payments/find-an-invoice"
PAGE, FORM, API = f"/en/articles/{SLUG}", f"/en/articles/{SLUG}/vote", "/api/v1/votes"
VOTERS, THREADS = 200, 16


@pytest.fixture
def site(storage_app: Flask, settings) -> Flask:
    """Return an application with the small library, once on SQLite and once on PostgreSQL."""
    with storage_app.app_context():
        publish(settings.articles, services().index)
    return storage_app


@pytest.fixture
def limited_app(published_app: Flask, settings) -> Flask:
    """Return an application that counts what visitors do, as it is run."""
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    yield app
    close(app)


def vote(client, helpful: object = True, **more: object):
    """Vote over the API and return the answer."""
    return client.post(API, json={"article": SLUG, "lang": "en", "helpful": helpful, **more}, environ_base={"REMOTE_ADDR": "203.0.113.7"})


def stored(app: Flask) -> list[Vote]:
    """Return all votes."""
    with app.app_context():
        return list(db.session.scalars(select(Vote).order_by(Vote.id)))


def counted(app: Flask, key: str = KEY) -> tuple[int, int]:
    """Return what is counted for an article."""
    with app.app_context():
        return tuple(votes.own_counts(db.session, "en", key))


def test_1_a_vote_without_an_article_is_refused_and_one_for_none_is_not_found(published_app, client):
    missing = client.post(API, json={"lang": "en", "helpful": True})
    wrong = [client.post(API, json={"article": name, "lang": "en", "helpful": True}).status_code for name in ("nothing", "../x", "\0", "x" * 400, 7, None)]
    forms = [client.post(f"/en/articles/{name}/vote", data={"helpful": "yes"}).status_code for name in ("nothing", "%00", "x" * 300)]

    assert missing.status_code == 422
    assert set(wrong) <= {404, 422} and set(forms) == {404}
    assert stored(published_app) == []


def test_2_reading_never_votes(published_app, client):
    for path in (f"{PAGE}?voted=yes", f"{PAGE}?helpful=yes", f"{PAGE}?voted=no&reason=unclear&comment=x"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert [client.get(path).status_code for path in (FORM, API)] == [405, 405]
    assert stored(published_app) == []


@pytest.mark.parametrize(
    "sent",
    [
        {"json": [1, 2]},
        {"json": "yes"},
        {"json": None},
        {"data": "{", "content_type": "application/json"},
        {"data": b"\xff", "content_type": "application/json"},
        {"data": {"helpful": "yes"}},
        {"json": {"article": SLUG, "lang": "en"}},
        *({"json": {"article": SLUG, "lang": "en", "helpful": value}} for value in ("yes", 1, 0, -1, 5, None, [], {})),
        {"json": {"article": SLUG, "lang": "en", "helpful": True}, "headers": {"Sec-Fetch-Site": "cross-site"}},
        {"json": {"article": SLUG, "lang": "en", "helpful": True}, "headers": {"Origin": "https://elsewhere.example"}},
    ],
)
def test_3_what_is_no_vote_or_comes_from_another_site_stores_nothing(published_app, client, sent):
    assert 400 <= client.post(API, **sent).status_code < 500
    assert stored(published_app) == []


def test_3_a_form_is_held_to_the_same(published_app, client):
    assert [client.post(FORM, data={"helpful": value}).status_code for value in ("", "maybe", "1")] == [400] * 3
    assert client.post(FORM, data={"helpful": "yes", "reason": "because"}).status_code == 400
    assert client.post(FORM, data={"helpful": "yes"}, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert stored(published_app) == []


HIDDEN = {
    "draft": "---\ntitle: Secret\ndraft: true\n---\nText.\n",
    "expired": "---\ntitle: Secret\nexpire_at: 2020-01-01\n---\nText.\n",
    "not-yet": "---\ntitle: Secret\npublish_at: 2999-01-01\n---\nText.\n",
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_4_nobody_votes_on_what_nobody_may_read(publish_files, app, kind):
    client = publish_files({f"en/payments/{kind}.md": HIDDEN[kind]})

    assert client.get(f"/en/articles/{kind}").status_code in (404, 410)
    assert client.post(f"/en/articles/{kind}/vote", data={"helpful": "yes"}).status_code in (404, 410)
    assert client.post(API, json={"article": kind, "lang": "en", "helpful": True}).status_code in (404, 410)
    assert stored(app) == []


def test_4_nobody_votes_on_a_withdrawn_article_and_an_old_address_leads_to_the_new_one(publish_files, app, settings):
    text = "---\ntitle: Moved\nslug: {}\n---\nText.\n"
    publish_files({"en/payments/moved.md": text.format("before"), "en/payments/gone.md": text.format("gone")})
    (settings.articles / "en/payments/gone.md").unlink()
    client = publish_files({"en/payments/moved.md": text.format("after")})

    assert client.post(API, json={"article": "gone", "lang": "en", "helpful": True}).status_code == 410
    moved = client.get("/en/articles/before")
    assert (moved.status_code, b"data-vote" in moved.data) == (301, False)
    assert client.post(API, json={"article": "before", "lang": "en", "helpful": True}).get_json()["article"] == "after"
    assert [one.key for one in stored(app)] == ["payments/moved"]


def test_5_of_thirteen_votes_ten_count_and_another_visitors_limit_is_their_own(publish_files, app, settings):
    publish_files({f"en/many/article-{number}.md": f"---\ntitle: Article {number}\n---\nText.\n" for number in range(13)})
    limited = create_app(settings.model_copy(update={"rate_limits": "on"}))
    ann, bob = limited.test_client(), limited.test_client()

    for number in range(13):
        assert ann.post(API, json={"article": f"article-{number}", "lang": "en", "helpful": True}).status_code == 200
    assert bob.post(API, json={"article": "article-12", "lang": "en", "helpful": True}).get_json()["helpful"] == 1
    # Whoever has reached the limit may still change their mind.
    assert ann.post(API, json={"article": "article-0", "lang": "en", "helpful": False}).get_json()["not_helpful"] == 1
    close(limited)
    assert sorted(sum(counted(app, f"many/article-{number}")) for number in range(13)) == [0, 0, *[1] * 11]


def test_6_the_same_visitor_twice_is_one_vote_and_a_changed_mind_one_changed_vote(site):
    client = site.test_client()
    for _ in range(2):
        vote(client, True)
    assert counted(site) == (1, 0)

    vote(client, False)

    assert counted(site) == (0, 1)
    assert [one.helpful for one in stored(site)] == [False]


def test_7_two_hundred_who_vote_at_once_are_two_hundred(site):
    def vote_as(number: int) -> int:
        return vote(site.test_client(), number % 4 != 0, query=f"question {number}").status_code

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(vote_as, range(VOTERS)))

    assert answers == [200] * VOTERS
    assert counted(site) == (VOTERS * 3 // 4, VOTERS // 4)
    assert len({one.visitor for one in stored(site)}) == VOTERS


def test_7_one_visitor_who_presses_ten_times_at_once_is_one(site):
    client = site.test_client()
    vote(client, True)
    cookie = client.get_cookie("hc_visitor").value

    def press(number: int) -> int:
        another = site.test_client()
        another.set_cookie("hc_visitor", cookie)
        return vote(another, number % 2 == 0).status_code

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(press, range(10))) == [200] * 10

    assert sum(counted(site)) == len(stored(site)) == 1


def test_8_votes_while_an_article_is_edited_undo_nothing(site, settings):
    path = settings.articles / "en" / f"{KEY}.md"
    text = path.read_text(encoding="utf-8")

    def edit(number: int) -> None:
        write(settings.articles, {f"en/{KEY}.md": f"{text}\nEdited {number} times.\n"})
        with site.app_context():
            publish(settings.articles, services().index)

    with ThreadPoolExecutor(4) as threads:
        edits = threads.submit(lambda: [edit(number) for number in range(3)])
        answers = [one.status_code for one in threads.map(lambda _: vote(site.test_client()), range(30))]
        edits.result()

    assert answers == [200] * 30 and counted(site) == (30, 0)
    assert "Edited 2 times." in site.test_client().get(PAGE).text


def test_9_a_vote_changes_neither_the_articles_date_nor_its_page(published_app, client):
    def dates() -> tuple:
        page = published_app.test_client().get(PAGE)
        with published_app.app_context():
            article = library.find_article(db.session, "en", SLUG)
            changed = library.text_changes(db.session, "en", [KEY])
            return article.updated, article.version, article.first_published_at, changed, page.headers["ETag"], page.data

    before = dates()
    vote(client, False, reason="wrong", comment="Old prices")

    assert dates() == before


def test_10_the_search_and_the_way_are_kept_with_the_vote(published_app, client):
    results = client.get("/en/search?q=where is my invoice")
    token = re.search(r'/en/articles/find-an-invoice\?[^"]*trail=([\w.-]+)', results.text)[1]
    vote(client, False, query="where is my invoice", trail=token)

    (one,) = stored(published_app)
    assert one.query == "where is my invoice"
    with published_app.app_context():
        assert [step.kind for step in trail.trail(db.session, one.journey_id)] == ["search", "view", "vote"]


def test_11_a_vote_has_one_reason_and_one_comment_and_a_long_one_is_cut(published_app, client):
    vote(client, False)
    vote(client, False, reason="unclear", comment="First")
    answer = vote(client, False, reason="wrong", comment="ж" * 60_000)
    (one,) = stored(published_app)

    assert answer.status_code == 200
    assert (one.reason, one.comment) == ("wrong", "ж" * votes.LONGEST_COMMENT)
    assert client.post(FORM, data={"helpful": "no", "comment": "x" * 60_000}).status_code == 303
    (one,) = stored(published_app)
    assert (one.reason, one.comment) == ("wrong", "x" * votes.LONGEST_COMMENT)


def test_12_two_neighbours_of_one_network_both_count(limited_app):
    for last in (7, 8, 7):
        given = {"article": SLUG, "lang": "en", "helpful": True}
        assert limited_app.test_client().post(API, json=given, environ_base={"REMOTE_ADDR": f"203.0.113.{last}"}).status_code == 200

    assert counted(limited_app) == (3, 0)


def test_13_one_then_another_and_the_first_again_are_two(site):
    ann, bob = site.test_client(), site.test_client()
    for client, helpful in ((ann, True), (bob, True), (ann, True), (ann, False)):
        vote(client, helpful)

    assert counted(site) == (1, 1)
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 2
