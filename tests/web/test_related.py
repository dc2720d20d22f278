"""Related articles: the editor's choice, shared words, what readers went on to; never the article itself or what is hidden."""

import re

import pytest

from helpcenter.content import library
from helpcenter.journeys.reading import View, store
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_outline
from helpcenter.web.related import Related, related_to
from helpcenter.web.services import services

CARDS = {
    "en/cards/lost.md": "---\nkeywords: [stolen]\n---\n# Block a lost card\n\nCall us about the card.",
    "en/cards/stolen.md": "# Block a stolen card\n\nBlock the lost card at once.",
    "en/cards/order.md": "# Order another card\n\nA new card comes by post when the lost one is blocked.",
    "en/cards/pin.md": "# The PIN of a card\n\nChange the PIN.",
    "en/weather/rain.md": "# Rain tomorrow\n\nTake an umbrella.",
    "en/cards/secret.md": "---\nunlisted: true\n---\n# Block a lost stolen card secretly",
    "lv/cards/stolen.md": "---\ntitle: Nozagta karte\nslug: nozagta\n---\nBloķē karti.",
    "lv/cards/lost.md": "---\ntitle: Pazudusi karte\nslug: pazudusi\nrelated: [cards/pin]\n---\nBloķē karti tūlīt.",
}


def related_on(client, path: str) -> list[str]:
    """Return the slugs of the related articles of a page."""
    page = client.get(path).get_data(as_text=True)
    listed = page.split('<section class="related"')[1].split("</section>")[0] if '<section class="related"' in page else ""
    return re.findall(r'href="/[a-z]{2}/articles/([\w-]+)"', listed)


def test_articles_that_share_words_are_related(publish_files):
    found = related_on(publish_files(CARDS), "/en/articles/lost")

    assert found[0] == "stolen" and set(found) <= {"stolen", "order", "pin"}


def test_the_editors_choice_comes_first(publish_files):
    chosen = "---\nrelated: [weather/rain, pin, ../cards/order.md, nowhere, lost]\nkeywords: [stolen]\n---\n# Block a lost card\n\nCall."
    found = related_on(publish_files(CARDS | {"en/cards/lost.md": chosen}), "/en/articles/lost")

    assert found == ["rain", "pin", "order", "stolen"]


def test_there_are_four_at_most_and_never_the_article_itself(publish_files):
    client = publish_files(CARDS | {f"en/cards/more{n}.md": f"# Block a lost card {n}\n\nCard." for n in range(8)})

    for slug in ("lost", "more1", "secret"):
        found = related_on(client, f"/en/articles/{slug}")
        assert len(found) == len(set(found)) == 4 and slug not in found


def test_what_is_hidden_or_over_is_never_related(publish_files):
    files = {
        "en/cards/draft.md": "---\ndraft: true\n---\n# Block a lost stolen card",
        "en/cards/gone.md": "---\nexpire_at: 2020-01-01\n---\n# Block a lost stolen card",
        "en/cards/order.md": "---\nrelated: [cards/secret, cards/draft, cards/gone]\n---\n# Order another card\n\nCard.",
    }
    client = publish_files(CARDS | files)

    for path in ("/en/articles/lost", "/en/articles/order", "/lv/articles/pazudusi"):
        assert not {"secret", "draft", "gone"} & set(related_on(client, path))


def test_readers_who_went_on_make_an_article_related(publish_files, app):
    client = publish_files(CARDS)
    assert "rain" not in related_on(client, "/en/articles/pin")

    with app.app_context(), writing() as session:
        store(session, [View(utcnow().date(), "en", "weather/rain", "cards/pin")] * 40)
    # What was found before is kept until the library changes.
    publish_files({"en/weather/snow.md": "# Snow"})
    assert related_on(client, "/en/articles/pin")[0] == "rain"


def test_the_readers_language_comes_first_and_others_stand_in(publish_files):
    again = {"en/cards/again.md": "# Block a lost or stolen card again\n\nCall.", "en/cards/once.md": "# Block a lost or stolen card once\n\nCall."}
    client = publish_files(CARDS | again)

    assert related_on(client, "/lv/articles/pazudusi")[:2] == ["pin", "nozagta"]
    # The English article that stands in has the words; those that are translated come first.
    found = related_on(client, "/lv/articles/again")
    assert set(found[:2]) == {"pazudusi", "nozagta"} and found[2] == "once"


@pytest.fixture
def explained(publish_files, app):
    """Return a function that gives the related articles of an English article, with reasons."""
    publish_files(CARDS)

    def of(slug: str, readers: dict[str, int]) -> list[Related]:
        with app.test_request_context():
            shown = library.find_article(db.session, "en", slug)
            return related_to(shown, current_outline("en"), services().engine, readers)

    return of


def test_each_related_article_says_why(explained):
    found = {one.key: one for one in explained("lost", {"weather/rain": 5, "cards/pin": 1})}

    assert 0.25 <= found["cards/stolen"].words <= 1.0
    assert found["weather/rain"].why == "shared words 0.00, read next by 5" and found["weather/rain"].score == 0.5
    assert found["cards/stolen"].why.startswith("shared words")


def test_a_few_readers_alone_make_nothing_related(explained):
    assert "weather/rain" not in {one.key for one in explained("lost", {"weather/rain": 2})}
