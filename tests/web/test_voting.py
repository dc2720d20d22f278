"""Who votes how often, and what is said of it."""

import pytest

from helpcenter.app import create_app
from helpcenter.feedback import votes
from helpcenter.storage import db

CRAWLER = {"User-Agent": "Mozilla/5.0 (compatible; ExampleBot/2.0; +https://bot.example)"}


def test_a_program_that_walks_through_sites_is_thanked_and_not_counted(client):
    body = {"article": "find-an-invoice", "lang": "en", "helpful": True}

    walked = client.post("/api/v1/votes", json=body, headers=CRAWLER)
    filled = client.post("/en/articles/find-an-invoice/vote", data={"helpful": "no", "website": "x"})
    person = client.post("/api/v1/votes", json=body)

    assert (walked.status_code, walked.get_json()["helpful"], filled.status_code) == (200, 0, 303)
    assert (person.get_json()["helpful"], person.get_json()["not_helpful"]) == (1, 0)


def test_a_visitor_counts_on_ten_articles_a_day_and_is_thanked_for_more(publish_files, app, settings):
    publish_files({f"en/many/article-{number}.md": f"---\ntitle: Article {number}\n---\nText.\n" for number in range(13)})
    client = create_app(settings.model_copy(update={"rate_limits": "on"})).test_client()

    answers = [client.post(f"/en/articles/article-{number}/vote", data={"helpful": "yes"}).status_code for number in range(13)]

    assert set(answers) == {303}
    with app.app_context():
        assert sum(votes.own_counts(db.session, "en", f"many/article-{number}").helpful for number in range(13)) == 10


@pytest.mark.parametrize(("lang", "words"), [("en", "No pictures"), ("lv", "Nav attēlu"), ("sv", "No pictures")])
def test_editors_choose_the_reasons(publish_files, settings, lang, words):
    site = (settings.articles / "site.yaml").read_text(encoding="utf-8")
    reasons = "vote_reasons:\n  after_no:\n    no-pictures: {en: No pictures, lv: Nav attēlu}\n"
    client = publish_files({"site.yaml": site + reasons})
    slug = {"lv": "atrast-rekinu"}.get(lang, "find-an-invoice")

    page = client.get(f"/{lang}/articles/{slug}?voted=no").get_data(as_text=True)
    answer = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": False, "reason": "no-pictures"})

    assert 'value="no-pictures"' in page and words in page and 'value="unclear"' not in page
    assert answer.status_code == 200
