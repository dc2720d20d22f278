"""Home, section, article and the vote, as a browser without JavaScript sees them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpcenter.content import library
from helpcenter.content.models import Publication
from helpcenter.feedback.models import Vote
from helpcenter.journeys.models import Event
from helpcenter.search.following import documents
from helpcenter.storage import db, writing
from helpcenter.web.services import services

LANGUAGES = ["en", "lv", "pl", "sv", "kk"]
ARTICLE = "/en/articles/find-an-invoice"


def page_of(client, path: str, **options) -> str:
    """Return the text of a page that must be there."""
    answer = client.get(path, **options)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def vote(client, path: str = ARTICLE, **fields):
    """Send the vote form of an article."""
    return client.post(f"{path}/vote", data=fields)


def votes_in(app) -> list[Vote]:
    """Return all votes."""
    with app.app_context():
        return list(db.session.scalars(select(Vote)))


@pytest.mark.parametrize(("wanted", "lang"), [("kk,en;q=0.5", "kk"), ("lv-LV", "lv"), ("de", "en"), ("", "en"), ("de;q=1,sv;q=0.2", "sv")])
def test_the_root_leads_to_the_language_of_the_browser(client, wanted, lang):
    answer = client.get("/", headers={"Accept-Language": wanted})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{lang}/"
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_home_has_the_search_the_topics_and_the_channels(client, lang):
    page = page_of(client, f"/{lang}/")

    assert page.count("<h1") == 1
    assert f'action="/{lang}/search"' in page
    assert f'href="/{lang}/sections/payments"' in page
    assert f'href="/{lang}/chat"' in page and f'href="/{lang}/contact"' in page


def test_home_counts_the_articles_of_a_topic(client):
    assert "2 articles" in page_of(client, "/en/") and "1 article" in page_of(client, "/en/")


def test_an_unknown_language_is_not_found(client):
    assert client.get("/xx/").status_code == 404


def test_a_section_lists_its_articles_in_order(client):
    page = page_of(client, "/en/sections/payments")

    assert page.index("Find your invoices") < page.index("Ways to pay")


def test_a_section_without_articles_is_not_found(client):
    assert client.get("/en/sections/nothing").status_code == 404


def test_an_article_has_breadcrumb_title_date_and_body(client):
    page = page_of(client, ARTICLE)

    assert '<h1>Find your invoices</h1>' in page
    assert 'href="/en/sections/payments">Payments</a>' in page
    assert "Updated November 2, 2026" in page
    assert '<h2 id="download-an-invoice">' in page
    assert 'rel="next"' not in page and "Ways to pay" in page


def test_short_articles_have_no_contents(client):
    assert "On this page" not in page_of(client, ARTICLE)


def test_a_translated_article_names_its_translations_to_search_engines(client):
    page = page_of(client, ARTICLE)

    assert re.search(r'hreflang="lv" href="http[^"]+/lv/articles/atrast-rekinu"', page)
    assert 'hreflang="x-default"' in page
    assert 'hreflang="pl" href="http' not in page


def test_the_language_switcher_leads_to_the_same_article(client):
    page = page_of(client, ARTICLE)

    assert 'href="/lv/articles/atrast-rekinu" lang="lv"' in page


def test_a_missing_translation_shows_the_source_with_a_notice(client):
    page = page_of(client, "/pl/articles/find-an-invoice")

    assert '<html lang="pl"' in page
    assert '<article lang="en">' in page
    assert re.search(r'rel="canonical" href="http[^"]+/en/articles/find-an-invoice"', page)
    assert 'hreflang="x-default"' not in page


def test_the_slug_of_another_language_leads_to_the_own_one(client):
    answer = client.get("/lv/articles/find-an-invoice?q=rekins")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/lv/articles/atrast-rekinu?q=rekins"
    # Kept by a browser it would lead astray, or round in a circle, once the name is another article's or taken back.
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", [ARTICLE, "/en/", "/en/sections/payments"])
def test_a_page_that_did_not_change_is_not_sent_again(client, path):
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.get_data() == b""
    assert again.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", [ARTICLE, "/en/", "/en/sections/payments", "/sitemap.xml", "/sitemaps/en.xml", "/en/feed.atom"])
def test_another_library_of_the_same_revision_is_another_page(published_app, client, path):
    tag = client.get(path).headers["ETag"]
    with published_app.app_context(), writing() as session:
        # As after a backup was restored and published over.
        session.get(Publication, 1).published_at += timedelta(days=1)

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_an_article_is_another_page_once_the_index_has_followed(published_app, client, settings):
    with published_app.app_context():
        engine, revision = services().index, library.revision(db.session)
        tag = client.get(ARTICLE).headers["ETag"]
        engine.rebuild(documents(db.session), revision + 1)

    assert client.get(ARTICLE, headers={"If-None-Match": tag}).status_code == 200


def test_two_pages_never_share_an_etag(client):
    paths = ["/en/", "/lv/", ARTICLE, f"{ARTICLE}?q=bill", "/pl/articles/find-an-invoice", "/en/sections/payments", "/en/sections/internet"]

    assert len({client.get(path).headers["ETag"] for path in paths}) == len(paths)


@pytest.mark.parametrize("path", [ARTICLE, "/en/", "/en/search?q=invoice", "/en/chat", "/en/contact"])
def test_reading_sets_no_cookie(client, path):
    assert "Set-Cookie" not in client.get(path).headers


def test_a_vote_is_recorded_and_answered_with_thanks(published_app, client):
    answer = vote(client, helpful="yes")

    assert answer.status_code == 303
    assert "Thank you for telling us" in page_of(client, answer.headers["Location"])
    assert [(one.key, one.helpful) for one in votes_in(published_app)] == [("payments/find-an-invoice", True)]


def test_after_no_come_reasons_and_other_ways(client):
    page = page_of(client, vote(client, helpful="no", q="lost bill").headers["Location"])

    assert "What was missing?" in page
    assert 'name="reason" value="unclear"' in page and " checked" not in page
    assert "personal details" in page
    assert 'href="/en/chat?q=lost+bill"' in page and 'href="/en/contact?subject=lost+bill"' in page


def test_a_reason_and_a_comment_belong_to_the_same_vote(published_app, client):
    vote(client, helpful="no", q="bill")
    answer = vote(client, helpful="no", reason="unclear", comment="  Where is it?\x00 ")

    assert "voted=noted" in answer.headers["Location"]
    (stored,) = votes_in(published_app)
    assert (stored.reason, stored.comment, stored.query) == ("unclear", "Where is it?", "bill")


def test_voting_again_replaces_the_vote(published_app, client):
    vote(client, helpful="yes")
    vote(client, helpful="no")

    assert [one.helpful for one in votes_in(published_app)] == [False]


def test_a_vote_keeps_the_search_in_the_journey(published_app, client):
    vote(client, helpful="yes", q="where is my bill")

    with published_app.app_context():
        kinds = [(one.kind, one.details.get("query")) for one in db.session.scalars(select(Event).order_by(Event.id))]
    assert ("search", "where is my bill") in kinds and kinds[-1][0] == "vote"


def test_a_script_gets_the_vote_box_alone(client):
    answer = client.post(f"{ARTICLE}/vote", data={"helpful": "yes"}, headers={"X-Fragment": "1"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "data-vote" in page and "<html" not in page
    assert "hc_visitor" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("fields", [{}, {"helpful": "maybe"}, {"helpful": "no", "reason": "<script>"}])
def test_a_vote_that_says_nothing_usable_is_refused(published_app, client, fields):
    assert vote(client, **fields).status_code == 400
    assert votes_in(published_app) == []


def test_a_vote_from_another_site_is_refused(published_app, client):
    answer = client.post(f"{ARTICLE}/vote", data={"helpful": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert votes_in(published_app) == []


def test_getting_the_vote_address_changes_nothing(published_app, client):
    assert client.get(f"{ARTICLE}/vote").status_code == 405
    assert votes_in(published_app) == []


def test_the_search_that_led_here_is_escaped(client):
    page = page_of(client, f'{ARTICLE}?q="><script>alert(1)</script>')

    assert "<script>alert" not in page
    assert 'name="q" value="&#34;&gt;&lt;script' in page
