"""promoted.yaml: which queries get an answer above the hits, and which lead elsewhere."""

from pathlib import Path

import pytest

from helpcenter.search.promoted import Promotions, is_allowed, load_promotions

LANGUAGES = ["en", "lv"]
ARTICLES = {"payments/late-payment", "payments/find-an-invoice"}
SECTIONS = {"payments"}


def load(folder: Path, text: str) -> tuple[dict | None, list[str]]:
    """Return what promoted.yaml with *text* says, and its problems as they are printed."""
    (folder / "promoted.yaml").write_text(text, "utf-8")
    payload, problems = load_promotions(folder, LANGUAGES, articles=ARTICLES, sections=SECTIONS)
    return payload, list(map(str, problems))


GOOD = """
hosts: [status.example]
promoted:
  - article: payments/late-payment
    queries: {en: [cannot pay, late fee], lv: [kavējuma nauda]}
    note: {en: You can ask for more time.}
  - article: payments/find-an-invoice
    keywords: {en: [old invoice]}
redirects:
  - {to: contact, queries: {en: [contact us]}}
  - {to: article/payments/late-payment, queries: {en: [arrears]}}
  - {to: section/payments, queries: {en: [payments]}}
  - {to: "https://status.example/now", queries: {en: [server status]}}
"""


@pytest.fixture
def promotions(tmp_path: Path) -> Promotions:
    """Return a good file, compiled."""
    payload, problems = load(tmp_path, GOOD)
    assert problems == []
    return Promotions(payload)


@pytest.mark.parametrize(
    ("query", "lang", "articles"),
    [
        ("late fee", "en", ["payments/late-payment"]),
        ("Fees, LATE?", "en", ["payments/late-payment"]),
        ("the late fee", "en", ["payments/late-payment"]),
        ("late fee refund", "en", []),
        ("late fee", "lv", []),
        ("kavejuma nauda", "lv", ["payments/late-payment"]),
        ("where is my old invoice from May", "en", ["payments/find-an-invoice"]),
        ("invoice", "en", []),
        ("I cannot pay", "en", ["payments/late-payment"]),
        ("pay", "en", []),
        ("", "en", []),
    ],
)
def test_a_query_is_known_by_its_words(promotions: Promotions, query: str, lang: str, articles: list[str]) -> None:
    assert [promoted.article for promoted in promotions.answers(query, lang)] == articles


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("Contact us!", "contact"),
        ("arrears", "article/payments/late-payment"),
        ("payment", "section/payments"),
        ("status server", "https://status.example/now"),
        ("contact us about an invoice", None),
    ],
)
def test_a_query_leads_to_its_page_only_as_a_whole(promotions: Promotions, query: str, target: str | None) -> None:
    assert promotions.target(query, "en") == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("promoted:\n  - article: payments/late-paymnt\n    queries: {en: [x]}", "2: promoted There is no article payments/late-paymnt. Did you mean payments/late-payment?"),
        ("promoted:\n  - article: payments/late-payment\n    querys: {en: [x]}", "3: promoted There is no key querys; a row has article, queries, keywords, note. Did you mean queries?"),
        ("promotd: []", "1: promoted There is no key promotd. Did you mean promoted?"),
        ("promoted:\n  - article: payments/late-payment\n    queries: {de: [x]}", "3: promoted The site has no language de; it has en, lv."),
        ("promoted:\n  - article: payments/late-payment", "2: promoted queries or keywords are missing"),
        ("promoted:\n  - article: payments/late-payment\n    queries: {en: ['???']}", "3: promoted '???' has no word."),
        ("promoted:\n  - article: payments/late-payment\n    queries: {en: bill}", "3: promoted A list of at most 200 is expected"),
        ("redirects:\n  - to: contact\n    queries: {en: [bill]}\n  - to: chat\n    queries: {en: [Bills]}", "5: promoted The query 'Bills' (en) stands on line 3 already."),
        ("redirects:\n  - to: kontact\n    queries: {en: [x]}", "2: promoted There is no page kontact. Did you mean contact?"),
        ("redirects:\n  - to: section/paymens\n    queries: {en: [x]}", "2: promoted There is no section paymens. Did you mean payments?"),
        ("redirects:\n  - to: https://evil.example/\n    queries: {en: [x]}", "2: promoted https://evil.example/ leads away from here"),
        ("redirects:\n  - to: //evil.example/\n    queries: {en: [x]}", "2: promoted //evil.example/ leads away from here"),
        ("redirects:\n  - to: javascript:alert(1)\n    queries: {en: [x]}", "2: promoted javascript:alert(1) leads away from here"),
        ("redirects: {to: contact}", "1: promoted redirects must be a list"),
        ("- contact", "1: promoted The file needs the keys promoted and redirects"),
        ("hosts: status.example", "1: promoted A list of at most 200 is expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_was_meant(tmp_path: Path, text: str, said: str) -> None:
    payload, problems = load(tmp_path, text)

    assert len(problems) == 1
    assert problems[0].startswith(f"promoted.yaml:{said}")
    # The row is left out, other rows count.
    assert sum(map(len, payload.values())) == ("Bills" in text)


@pytest.mark.parametrize("text", ["promoted: [", "a: &a [1]\nb: *a", "!!python/object:os.system x", "promoted: []\npromoted: []"])
def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path, text: str) -> None:
    payload, problems = load(tmp_path, text)

    assert payload is None
    assert len(problems) == 1


def test_no_file_means_nothing_is_promoted(tmp_path: Path) -> None:
    payload, problems = load_promotions(tmp_path, LANGUAGES, articles=ARTICLES, sections=SECTIONS)

    assert (payload, problems) == ({"promoted": [], "redirects": []}, [])


@pytest.mark.parametrize(
    "address",
    ["http://status.example/", "https://status.example.evil.example/", "https://status.example@evil.example/", "https://status.example:99/", "https:\\\\status.example", "https://status.example/ x", "//status.example"],
)  # fmt: skip
def test_only_https_on_exactly_a_listed_host_is_allowed(address: str) -> None:
    assert not is_allowed(address, ["status.example"])
