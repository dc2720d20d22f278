"""What every search engine promises."""

import time
from pathlib import Path

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.preparing import prepare
from helpcenter.search.snippets import snippet
from helpcenter.search.titles import Titles, search_titles
from helpcenter.search.whoosh_engine import WhooshEngine
from tests.effort import calls
from tests.search.conftest import document


@pytest.mark.parametrize(
    ("lang", "text", "slug"),
    [
        ("en", "invoices", "find-invoice"),
        ("en", "where is my invoice?", "find-invoice"),
        ("en", "invoces", "find-invoice"),
        ("en", "invioce", "find-invoice"),
        ("en", "bill", "find-invoice"),
        ("en", "refunding", "return-item"),
        ("en", "wi-fi slow", "slow-wifi"),
        ("lv", "rekins", "atrast-rekinu"),
        ("lv", "rēķiniem", "atrast-rekinu"),
        ("lv", "nomainit paroli", "parole"),
        ("pl", "fakturę", "faktura"),
        ("pl", "hasla", "haslo"),
        ("pl", "klientow", "haslo"),
        ("sv", "fakturor", "faktura"),
        ("sv", "betala", "betalning"),
        ("kk", "шоттарды", "shot"),
        ("kk", "shottardy", "shot"),
        ("kk", "купиясоз", "qupiyasoz"),
    ],
)
def test_the_article_is_found_first_in_any_form_of_its_words(built: WhooshEngine, lang: str, text: str, slug: str) -> None:
    results = built.search(text, lang)

    assert [hit.slug for hit in results.hits][:1] == [slug]
    assert results.total >= 1
    assert not results.degraded


def test_a_slip_is_corrected_and_the_person_told(built: WhooshEngine) -> None:
    results = built.search("pay my invoces", "en")

    assert results.did_you_mean in {"pay my invoice", "pay my invoices"}
    assert results.corrected


@pytest.mark.parametrize("text", ["invoice", "invoices", "house", "moving house", "how to", "mouse house"])
def test_a_correct_word_is_never_corrected(built: WhooshEngine, text: str) -> None:
    known = built.search(text, "en").did_you_mean

    assert known is None or "mouse" in text


def test_a_word_of_another_language_of_the_site_is_not_corrected(engine: WhooshEngine) -> None:
    engine.apply([Document("lv:maja", "lv", "maja", "maja", "Horse un house", "horse")], [], 2)
    engine.warm(["lv"])

    assert engine.search("horse", "en").did_you_mean is None


def test_the_snippet_is_escaped_first_and_marked_after(engine: WhooshEngine) -> None:
    evil = "<img src=x onerror=alert(1)> & <mark>the parcel</mark>"
    engine.apply([Document("en:evil", "en", "evil", "evil", "Evil <b>title</b>", evil)], [], 2)

    snippet = str(engine.search("onerror parcel", "en").hits[0].snippet)

    assert "&lt;img src=x <mark>onerror</mark>=alert(1)&gt; &amp; &lt;mark&gt;the <mark>parcel</mark>" in snippet
    assert snippet.replace("<mark>", "").replace("</mark>", "").count("<") == 0


def test_a_hit_jumps_to_the_section_that_answers(built: WhooshEngine) -> None:
    assert built.search("wrong disputed amount", "en").hits[0].url_fragment == "if-an-invoice-is-wrong"


def test_the_snippet_comes_from_the_section_the_hit_jumps_to(engine: WhooshEngine) -> None:
    lead = "The parcel refund parcel: how a refund works for a parcel, and what the <b>refund</b> pays."
    body = f"{lead}\nWhen it is late\nA late parcel is sought.\nA claim\nFor a parcel that came late and broken, claim a refund."
    sections = {"headings": ("When it is late", "A claim"), "heading_ids": ("when-late", "a-claim")}
    engine.apply([document("en", "parcels", "Parcels", body, **sections)], [], 2)

    hit = engine.search("claim refund late broken parcel", "en").hits[0]

    assert (hit.key, hit.url_fragment) == ("parcels", "a-claim")
    assert hit.snippet.unescape() == (
        "A <mark>claim</mark> · For a <mark>parcel</mark> that came <mark>late</mark> and <mark>broken</mark>, "
        "<mark>claim</mark> a <mark>refund</mark>."
    )


def test_a_section_without_a_word_of_the_query_shows_how_it_begins() -> None:
    article = prepare(document("en", "roads", "Roads", "Our shop.\nThe <zebra>\nFirst lines & more.", description="A <shop>.")).article

    assert snippet(article, [], {}, (10, 41)) == "The &lt;zebra&gt; · First lines &amp; more."
    assert snippet(article, [], {}, (0, 10)) == "A &lt;shop&gt;."


def test_a_passage_is_the_section_that_answers(built: WhooshEngine) -> None:
    passage = built.passages("how do I download a PDF", "en", 1)[0]

    assert (passage.key, passage.heading, passage.fragment) == ("find-invoice", "Download it", "download-it")
    assert passage.text == "Open the invoice and choose Download as PDF."
    assert passage.confidence > 0.9


def test_a_question_the_articles_do_not_answer_has_little_confidence(built: WhooshEngine) -> None:
    passages = built.passages("can I bring my elephant to the invoice office", "en", 1)

    assert passages[0].confidence < 0.5


def test_only_one_section_is_searched_when_asked(built: WhooshEngine) -> None:
    results = built.search("your", "en", section="account")

    assert {hit.section for hit in results.hits} == {"account"}


def test_pages_do_not_overlap_and_miss_nothing(built: WhooshEngine) -> None:
    text = "your invoice password wifi item house"
    whole = [hit.slug for hit in built.search(text, "en").hits]

    pages = [hit.slug for offset in range(0, 6, 2) for hit in built.search(text, "en", limit=2, offset=offset).hits]

    assert pages == whole
    assert len(whole) == built.search(text, "en", limit=1).total == 5


def test_other_languages_are_offered_when_the_own_one_has_no_answer(built: WhooshEngine) -> None:
    results = built.search("hitta fakturor", "en", languages=["en", "sv", "lv"])

    assert [(hit.lang, hit.slug) for hit in results.other_languages][:1] == [("sv", "faktura")]
    assert built.search("find invoice", "en", languages=["en", "sv"]).other_languages == ()


def test_a_language_without_articles_finds_nothing(built: WhooshEngine) -> None:
    assert built.search("invoice", "de").hits == ()
    assert built.suggest("inv", "de") == []
    assert built.passages("invoice", "de", 3) == []


def test_exact_diacritics_come_before_folded_ones(engine: WhooshEngine) -> None:
    engine.apply(
        [
            Document("sv:a", "sv", "a", "a-bank", "Banken", "text"),
            Document("sv:b", "sv", "b", "b-bank", "Bänken", "text"),
        ],
        ["sv:banken"],
        2,
    )

    assert engine.search("bänken", "sv").hits[0].slug == "b-bank"


@pytest.mark.parametrize(
    ("lang", "typed", "title"),
    [
        ("en", "inv", "Find your invoice"),
        ("en", "change pas", "Change your password"),
        ("en", "downl", "Download it"),
        ("lv", "rek", "Kur atrast rēķinu"),
        ("kk", "шот", "Шотты қайдан табуға болады"),
        ("en", "pasword", "Change your password"),
    ],
)
def test_titles_and_headings_are_suggested_while_typing(built: WhooshEngine, lang: str, typed: str, title: str) -> None:
    assert [suggestion.title for suggestion in built.suggest(typed, lang)][:1] == [title]


def test_a_heading_is_suggested_with_its_address(built: WhooshEngine) -> None:
    suggestion = built.suggest("downl", "en")[0]

    assert (suggestion.kind, suggestion.slug, suggestion.fragment) == ("heading", "find-invoice", "download-it")


def test_changes_are_searched_at_once(engine: WhooshEngine) -> None:
    engine.apply([Document("en:house", "en", "house", "house", "Castle", "A castle")], ["en:return-item"], revision=7)

    assert engine.revision == 7
    assert [hit.slug for hit in engine.search("castle", "en").hits] == ["house"]
    assert engine.search("tell", "en").hits == ()
    assert engine.search("parcel", "en").hits == ()


def test_a_withdrawn_article_leaves_no_trace(engine: WhooshEngine) -> None:
    engine.apply([Document("en:secret", "en", "secret", "secret", "Zanzibarium", "zanzibarium")], [], 2)
    assert engine.search("zanzibarium", "en").hits[0].slug == "secret"

    engine.apply([], ["en:secret"], 3)

    for text in ("zanzibarium", "zanzibarum", "zanz"):
        results = engine.search(text, "en")
        assert results.did_you_mean is None
        assert "secret" not in {hit.slug for hit in results.hits}
        assert engine.suggest(text, "en") == []


def test_another_process_sees_the_commit(engine: WhooshEngine) -> None:
    reader = WhooshEngine(engine.files.folder)
    assert reader.revision == 1

    engine.apply([Document("en:new", "en", "new", "new", "Giraffes", "Giraffes")], [], 2)
    reader.refresh()

    assert reader.search("giraffes", "en").hits[0].slug == "new"


def test_a_commit_is_followed_without_being_asked(engine: WhooshEngine) -> None:
    import time

    reader = WhooshEngine(engine.files.folder)
    reader.search("invoice", "en")
    engine.apply([Document("en:new", "en", "new", "new", "Giraffes", "Giraffes")], [], 2)

    deadline = time.monotonic() + 90
    while not reader.search("giraffes", "en").hits and time.monotonic() < deadline:
        time.sleep(0.1)

    assert reader.search("giraffes", "en").hits[0].slug == "new"


def test_the_first_search_after_a_pause_finds_nothing_withdrawn_meanwhile(engine: WhooshEngine) -> None:
    engine.apply([Document("en:secret", "en", "secret", "secret", "Zanzibarium", "zanzibarium")], [], 2)
    reader = WhooshEngine(engine.files.folder)
    assert reader.search("zanzibarium", "en").hits

    engine.apply([], ["en:secret"], 3)
    reader.next_check = time.monotonic() - 10

    assert reader.search("zanzibarium", "en").hits == ()


def test_an_engine_starts_empty_and_says_so(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "nothing")

    results = engine.search("invoice", "en")

    assert (results.hits, results.degraded, engine.revision, engine.is_healthy) == ((), True, None, False)
    engine.apply([Document("en:a", "en", "a", "a", "Invoice", "")], [], 1)
    assert engine.search("invoice", "en").hits[0].slug == "a"
    assert engine.is_healthy


def test_a_keyword_asked_as_a_whole_counts_more_than_its_words_apart(engine: WhooshEngine) -> None:
    engine.apply(
        [
            Document("en:a", "en", "a", "a", "Contracts", "Phones.", keywords=("no", "service")),
            Document("en:b", "en", "b", "b", "Mobile", "Phones.", keywords=("no service",)),
        ],
        [],
        2,
    )

    assert [hit.slug for hit in engine.search("phone says no service", "en").hits][:2] == ["b", "a"]
    assert engine.search("phone says service", "en").hits[0].slug == "a"


def test_only_one_tag_is_searched_when_asked(engine: WhooshEngine) -> None:
    engine.apply([document("en", "pay-by-card", "Pay your invoice by card", "Card.", section="payments", tags=("Direct Debit", "card"))], [], 2)

    tagged = engine.search("invoice", "en", tag="direct  debit")
    elsewhere = engine.search("invoice", "en", tag="card", section="account")
    degraded = search_titles(lambda _lang: [document("en", "a", "Invoice", "", tags=("Card",)), document("en", "b", "Invoice", "")], "invoice", "en", tag="card")

    assert [(hit.slug, hit.tags) for hit in tagged.hits] == [("pay-by-card", ("Direct Debit", "card"))]
    assert elsewhere.hits == ()
    assert [hit.slug for hit in degraded.hits] == ["a"]


@pytest.mark.parametrize(
    ("text", "lang", "title"),
    [
        ("invoices", "en", "Find your invoice"),
        ("FIND the invoicing", "en", "Find your invoice"),
        ("e-mail", "en", "Your e-mail address"),
        ("email", "en", "Your e-mail address"),
        ("e-mails", "en", "Email settings"),
        ("clients card", "en", "The client's own card"),
        ("rekini", "lv", "Kur atrast rēķinu?"),
        ("faktury", "pl", "„Faktura” w panelu"),
        ("esep", "kk", "Есепті көру"),
        ("更新", "zh", "浏览器更新方法"),
        ("bill", "en", "Find your invoice"),
    ],
)
def test_without_an_index_a_title_is_found_in_any_form(text: str, lang: str, title: str) -> None:
    articles = [document(lang, "other", "Қ ABC", ""), document(lang, "right", title, "", keywords=("bill",))]

    assert [hit.title for hit in search_titles(lambda _lang: articles, text, lang).hits] == [title]


def test_without_an_index_a_title_of_ten_thousand_costs_a_few_calls() -> None:
    titles = Titles((document("en", f"a{n}", f"Title {n % 97} of the article number {n}", "") for n in range(10_000)), "en")
    search_titles(lambda _lang: titles, "title 5", "en")

    assert search_titles(lambda _lang: titles, "how to mend number 4711", "en").hits[0].key == "a4711"
    # Nine calls a title.
    assert calls(lambda: search_titles(lambda _lang: titles, "how to mend number 4712", "en")) < 200_000
