"""Links to a heading arrive there, whatever it is called today."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpcenter.content import library, sync
from helpcenter.content.anchors import MOST_OLD_IDS, Outlined, old_ids
from helpcenter.content.sanitising import clean
from helpcenter.search.following import document_of
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.content.folders import write

PATH = "en/pay/invoice.md"


@pytest.fixture
def published(library_app, folder):
    """Return a function that writes the invoice's text, publishes, and returns the article."""

    def publish(markdown: str, path: str = PATH):
        write(folder, {path: f"---\ntitle: Find an invoice\n---\n{markdown}"})
        with writing() as session:
            assert sync.sync(folder, session, now=utcnow()).broken == []
        return library.find_by_key(db.session, "en", path.removeprefix("en/").removesuffix(".md"))

    return publish


def ids(article) -> dict[str, list[str]]:
    """Return the ids in each heading by its text, the present one first; each id stands once in the article."""
    found = {}
    for opening, text in re.findall(r"(<h\d[^>]*>(?:<span id=\"[^\"]+\"></span>)*)([^<]*)</h\d>", article.html):
        found[text] = re.findall(r'id="([^"]+)"', opening)
    everything = re.findall(r'\sid="([^"]+)"', article.html)
    assert len(everything) == len(set(everything))
    assert clean(article.html) == article.html
    return found


def test_a_heading_whose_words_changed_has_its_old_id_too(published):
    published("## On paper\n\nAsk us.\n\n## By mail\n\nWe send it.\n")
    article = published("## Printed\n\nAsk us.\n\n## By mail\n\nWe send it.\n")

    assert ids(article) == {"Printed": ["printed", "on-paper"], "By mail": ["by-mail"]}
    assert article.body_text == "Printed\nAsk us.\nBy mail\nWe send it."
    assert [heading.get("aliases") for heading in article.headings] == [["on-paper"], None]


def test_old_ids_of_several_publishes_gather_and_the_oldest_leave(published):
    for number in range(MOST_OLD_IDS + 3):
        article = published(f"## Called {number}\n\nAsk us.\n")

    last = MOST_OLD_IDS + 2
    assert ids(article) == {f"Called {last}": [f"called-{number}" for number in range(last, last - MOST_OLD_IDS - 1, -1)]}


def test_words_and_text_may_change_at_once_between_the_same_neighbours(published):
    published("## One\n\nA.\n\n## Two\n\nB.\n\n### Deep\n\nC.\n\n## Three\n\nD.\n")
    article = published("## One\n\nA.\n\n## Second\n\nBB.\n\n### Deeper\n\nCC.\n\n## Three\n\nD.\n")

    assert ids(article) == {"One": ["one"], "Second": ["second", "two"], "Deeper": ["deeper", "deep"], "Three": ["three"]}


def test_a_renamed_heading_that_moved_is_known_by_its_text(published):
    published("## One\n\nA.\n\n## Two\n\nB.\n\n## Three\n\nC.\n")
    article = published("## One\n\nA.\n\n## New\n\nX.\n\n## Three\n\nC.\n\n## Second\n\nB.\n")

    assert ids(article) == {"One": ["one"], "New": ["new"], "Three": ["three"], "Second": ["second", "two"]}


def test_a_live_id_is_never_an_old_one(published):
    published("## One\n\nA.\n\n## Two\n\nB.\n")
    swapped = published("## Two\n\nA.\n\n## One\n\nB.\n")

    assert ids(swapped) == {"Two": ["two"], "One": ["one"]}

    renamed = published("## Third\n\nA.\n\n## One\n\nB.\n")
    assert ids(renamed) == {"Third": ["third", "two"], "One": ["one"]}

    again = published("## Third\n\nA.\n\n## One\n\nB.\n\n## Two\n\nC.\n")
    assert ids(again) == {"Third": ["third"], "One": ["one"], "Two": ["two"]}


def test_a_heading_that_goes_back_to_its_words_keeps_the_others(published):
    published("## One\n\nA.\n")
    published("## Other\n\nA.\n")

    assert ids(published("## One\n\nA.\n")) == {"One": ["one", "other"]}


def test_levels_that_change_and_headings_that_left_keep_nothing(published):
    published("## One\n\nA.\n\n## Two\n\nB.\n")

    assert ids(published("## One\n\nA.\n\n### Second\n\nX.\n")) == {"One": ["one"], "Second": ["second"]}
    assert ids(published("## One\n\nA.\n")) == {"One": ["one"]}


def test_a_moved_article_keeps_them_and_so_does_one_that_is_only_rendered_again(published, folder):
    published("## On paper\n\nAsk us, or [pay](card.md).\n")
    published("## Printed\n\nAsk us, or [pay](card.md).\n")
    (folder / PATH).unlink()
    moved = published("## Printed\n\nAsk us, or [pay](card.md).\n", "en/pay/bill.md")
    assert ids(moved) == {"Printed": ["printed", "on-paper"]}

    (folder / "en/pay/card.md").unlink()
    again = published("## Printed\n\nAsk us, or [pay](card.md).\n", "en/pay/bill.md")

    assert "broken-link" in again.html
    assert ids(again) == {"Printed": ["printed", "on-paper"]}


def test_the_table_of_contents_and_the_search_know_only_the_present_id(published):
    published("## On paper\n\nAsk us.\n")
    article = published("## Printed\n\nAsk us.\n")

    assert document_of(article).heading_ids == ("printed",) and document_of(article).headings == ("Printed",)


names = st.lists(st.sampled_from("abcdefgh"), max_size=7)


@settings(deadline=None, max_examples=200)
@given(st.lists(names, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_whatever_headings_become_no_id_is_given_twice(histories, choose: random.Random):
    before = Outlined([], "")
    for history in histories:
        headings, text = [], ""
        for name in dict.fromkeys(history):
            headings.append({"id": name, "text": name, "level": choose.choice((2, 3)), "start": len(text)})
            text += f"{name}\nwords {choose.choice('xyz')}\n"
        live = {heading["id"] for heading in headings}
        found = old_ids(before, Outlined(headings, text), live)
        given_out = [name for mine in found.values() for name in mine]

        assert live.isdisjoint(given_out) and len(given_out) == len(set(given_out))
        assert set(found) <= live and all(len(mine) <= MOST_OLD_IDS for mine in found.values())
        before = Outlined([heading | {"aliases": found.get(heading["id"], [])} for heading in headings], text)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 8), st.data())
def test_renaming_any_headings_of_an_article_keeps_every_old_id(count, data):
    def outlined(words: list[str]) -> Outlined:
        text, headings = "", []
        for number, name in enumerate(words):
            headings.append({"id": name, "text": name, "level": 2 + number % 3, "start": len(text)})
            text += f"{name}\nAll about {number}.\n"
        return Outlined(headings, text)

    old = [f"old-{number}" for number in range(count)]
    new = [f"new-{number}" if data.draw(st.booleans()) else name for number, name in enumerate(old)]

    found = old_ids(outlined(old), outlined(new), new)

    assert found == {name: [was] for was, name in zip(old, new, strict=True) if was != name}
