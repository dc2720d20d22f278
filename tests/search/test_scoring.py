"""What puts one article before another, told by pairs that differ in one thing."""

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.scoring import stretch
from helpcenter.search.whoosh_engine import WhooshEngine

from .conftest import document

OTHER = [document("en", f"other-{number}", f"Other {number}", "Nothing to see.") for number in range(8)]


def first(tmp_path, text: str, *documents: Document) -> str:
    """Return the best of *documents* in a library that also has others."""
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([*documents, *OTHER], 1)
    return engine.search(text, "en").hits[0].key


def test_a_title_asked_in_full_comes_before_a_title_with_more_in_it(tmp_path) -> None:
    whole = document("en", "whole", "Cancel an order", "Open the page. Cancel it there.")
    longer = document("en", "longer", "Cancel", "Open the page. Cancel an order there. Order again, or cancel it again.")
    assert first(tmp_path, "cancel order", longer, whole) == "whole"


def test_words_that_stand_together_come_before_the_same_words_apart(tmp_path) -> None:
    filler = "word " * 60
    apart = document("en", "apart", "One", f"A parcel came. {filler} It was damaged.")
    together = document("en", "together", "Two", f"The parcel was damaged. {filler} It came.")
    assert first(tmp_path, "parcel damaged", apart, together) == "together"


def test_a_word_the_question_says_again_is_its_topic(tmp_path) -> None:
    parcel = document("en", "parcel", "One", "About a parcel.")
    refund = document("en", "refund", "Two", "About a refund.")
    assert first(tmp_path, "parcel refund", refund, parcel) == "refund"
    assert first(tmp_path, "parcel refund parcel", refund, parcel) == "parcel"


def test_letters_that_two_words_share_are_evidence_where_words_are_joined(tmp_path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    others = [document("sv", f"other-{number}", f"Sida {number}", "Vi svarar om moms.") for number in range(8)]
    refund = document("sv", "refund", "Ett", "Så fungerar momsåterbetalningen: vi svarar på vardagar.")
    engine.rebuild([document("sv", "open", "Två", "Så fungerar öppettiderna: vi svarar på vardagar."), refund, *others], 1)
    hits = engine.search("svarar ni om återbetalningar", "sv").hits
    assert hits[0].key == "refund"
    assert hits[0].parts["letters"] > hits[1].parts["letters"]


def test_what_stands_at_the_beginning_comes_before_what_stands_at_the_end(tmp_path) -> None:
    filler = "word " * 60
    late = document("en", "late", "One", f"{filler} A parcel.")
    early = document("en", "early", "Two", f"A parcel. {filler}")
    assert first(tmp_path, "parcel", late, early) == "early"


def test_a_title_that_has_all_that_was_asked_comes_before_more_of_it_in_the_text(tmp_path) -> None:
    named = document("en", "named", "Delivery: times and costs", "A delivery takes two days. We send it by courier.")
    other = document("en", "other", "Where is my parcel", "After delivery look here. The delivery has a photo, every delivery.")
    assert first(tmp_path, "delivery", other, named) == "named"


def test_a_word_only_like_the_asked_one_cannot_pass_it_by_being_said_often(tmp_path) -> None:
    account = document("lv", "account", "Mani dati", "Kontaktinformācija un konts. " * 40)
    keywords = ("kontakti", "tālrunis", "birojs", "adrese", "e-pasts", "palīdzība")
    contact = document("lv", "contact", "Rakstiet mums", "Atbildam drīz.", keywords=keywords)
    others = [document("lv", f"other-{number}", f"Lapa {number}", "Nekā.") for number in range(8)]
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([account, contact, *others], 1)
    words = {hit.key: hit.parts["words"] for hit in engine.search("kontaktus", "lv").hits}
    assert words["account"] < words["contact"] / 2


@pytest.mark.parametrize("asked", ["routerproblem", "routersproblem", "routerproblemen"])
def test_a_compound_that_nobody_wrote_is_taken_apart(tmp_path, asked: str) -> None:
    engine = WhooshEngine(tmp_path / "index")
    router = document("sv", "router", "Routern blinkar", "Ett problem med routern. Starta om den.")
    problem = document("sv", "problem", "Andra problem", "Problemet löser sig ofta.")
    engine.rebuild([problem, router, *(document("sv", f"o{number}", f"Sida {number}", "Inget här.") for number in range(8))], 1)
    found = engine.search(asked, "sv")
    assert found.hits[0].key == "router"
    assert found.did_you_mean is None


@pytest.mark.parametrize("asked", ["router", "problem", "routerpr", "roterproblem"])
def test_a_word_that_is_known_half_typed_or_misspelt_is_not_taken_apart(tmp_path, asked: str) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([document("sv", "router", "Router", "Ett problem, ett routerproblem, med routern.")], 1)
    query = engine.query(engine.current(), asked, "sv")
    assert len(query.groups) == 1


@pytest.mark.parametrize(
    ("places", "worth"),
    [
        ([(0, "pay"), (5, "bill")], 5.0),
        ([(0, "pay"), (50, "bill")], 3.0),
        ([(0, "pay"), (5, "billing")], 3.0),
        ([(0, "billing"), (2, "bill")], 3.0),
        ([(0, "bill"), (2, "billing"), (30, "pay"), (31, "billing")], 3.0),
        ([], 0.0),
    ],
)
def test_the_best_stretch_counts_each_word_once_and_words_like_it_less(places: list[tuple[int, str]], worth: float) -> None:
    meanings = {"pay": (0, 2.0), "bill": (1, 3.0), "billing": (1, 1.0)}
    assert stretch(places, meanings, 20) == pytest.approx(worth)
