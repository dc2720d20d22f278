"""The editors' synonyms: read from files, used at once."""

from pathlib import Path

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.synonyms import load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine


def load(folder: Path, text: str) -> tuple[dict, list[str]]:
    """Return what en.txt with *text* gives, and its problems without the folder."""
    (folder / "en.txt").write_text(text, "utf-8")
    synonyms, problems = load_synonyms(folder)
    return synonyms, [str(problem).removeprefix(f"{folder}/") for problem in problems]


def test_a_list_goes_both_ways_and_an_arrow_one_way(tmp_path: Path) -> None:
    synonyms, problems = load(tmp_path, "# money\ninvoice, receipt\n\nbox => router, modem  # what people call it\n")

    assert problems == []
    assert synonyms == {
        "en": [["invoice", ["receipt"]], ["receipt", ["invoice"]], ["box", ["router", "modem"]]],
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("invoice", "needs a second word"),
        ("invoice, , bill", "nothing stands between two commas"),
        ("a => b => c", "more than one =>"),
        ("=> bill", "words are missing"),
        ("bill =>", "words are missing"),
        ("bill, ???", "'???' has no word"),
        ("one two three four, five", "more than 3 words"),
        ("x" * 1001 + ", y", "longer than 1000"),
    ],
)
def test_a_line_with_a_problem_is_reported_and_left_out(tmp_path: Path, line: str, message: str) -> None:
    synonyms, problems = load(tmp_path, f"invoice, bill\n{line}\n")

    assert problems[0].startswith("en.txt:2: ")
    assert message in problems[0]
    assert synonyms == {"en": [["invoice", ["bill"]], ["bill", ["invoice"]]]}


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "lv.txt").write_bytes(b"\xff\xfe\x00")

    synonyms, problems = load_synonyms(tmp_path)

    assert synonyms == {"lv": []}
    assert str(problems[0]).startswith(f"{tmp_path / 'lv.txt'}:1: cannot be read")


def test_no_folder_means_no_synonyms(tmp_path: Path) -> None:
    assert load_synonyms(tmp_path / "synonyms") == ({}, [])


@pytest.fixture
def shop(tmp_path: Path) -> WhooshEngine:
    """Return an engine over two articles."""
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(
        [
            Document("en:router", "en", "router", "router", "Restart your router", "Pull the plug."),
            Document("en:sim", "en", "sim", "sim", "Order a SIM card", "We send it."),
        ],
        1,
    )
    return engine


@pytest.mark.parametrize(
    ("synonyms", "text", "slug"),
    [
        ([["gizmo", ["router"]]], "gizmo", "router"),
        ([["gizmo", ["router"]]], "my gizmos are slow", "router"),
        ([["internet box", ["router"]]], "internet box", "router"),
        ([["chip", ["SIM card"]]], "chip", "sim"),
        ([["black magic chip", ["SIM card"]]], "black magic chip", "sim"),
    ],
)
def test_a_synonym_finds_the_article_without_a_new_index(shop: WhooshEngine, synonyms: list, text: str, slug: str) -> None:
    assert slug not in {hit.slug for hit in shop.search(text, "en").hits}

    shop.set_synonyms({"en": synonyms})

    assert [hit.slug for hit in shop.search(text, "en").hits][:1] == [slug]
    assert shop.search(text, "en").did_you_mean is None
    assert shop.search(text, "lv").hits == ()


def test_an_arrow_does_not_go_back(shop: WhooshEngine) -> None:
    shop.set_synonyms({"en": [["gizmo", ["router"]]]})
    shop.apply([Document("en:gizmo", "en", "gizmo", "gizmo", "Gizmo", "A gizmo.")], [], 2)

    assert [hit.slug for hit in shop.search("router", "en").hits] == ["router"]
