"""The matrix of translations, and accepting one of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from helpcenter.content import library, sync
from helpcenter.content.accepting import NotAccepted, accept
from helpcenter.content.folder import ArticleFile
from helpcenter.content.matrix import Cell, load_matrix, matrix_as_dict
from helpcenter.content.reader import read_article
from helpcenter.storage import db, writing
from tests.content.folders import shared, write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
FILES = {
    "site.yaml": "languages: [en, lv, pl, sv]\nfallbacks: {pl: [lv]}\n",
    "en/pay/card.md": "---\ntitle: Pay by card\n---\nOne two three.\n",
    "lv/pay/card.md": "# Ar karti\n\nViens.\n",
    "pl/pay/card.md": "# Kartą\n",
    "en/pay/cash/notes.md": "# Notes\n\nFour words are here.\n",
    "lv/net/router.md": "# Maršrutētājs\n",
    "en/net/draft.md": "---\ndraft: true\n---\n# Soon\n",
}


def publish(folder: Path) -> None:
    """Publish *folder*."""
    with writing() as session:
        sync.sync(folder, session, now=NOW)


@pytest.fixture
def matrix_folder(tmp_path: Path, library_app: object) -> Path:
    """Return a folder, published, in which two translations are stale."""
    folder = write(tmp_path / "site", FILES)
    publish(folder)
    write(folder, {"en/pay/card.md": "---\ntitle: Pay by card\nsignificance: major\n---\nOne two three four.\n"})
    publish(folder)
    write(folder, {"pl/pay/card.md": "# Kartą albo gotówką\n"})
    publish(folder)
    return folder


def matrix(**options: object):
    """Return the matrix of what is published."""
    return load_matrix(db.session, library.site(db.session), **options)


class TestMatrix:
    def test_each_cell_says_how_the_article_stands(self, matrix_folder: Path) -> None:
        cells = {row.key: row.cells for row in matrix().rows}

        assert cells == {
            "pay/card": {
                "en": Cell("source", slug="card"),
                "lv": Cell("stale", "major", slug="card"),
                "pl": Cell("fresh", slug="card"),
                "sv": Cell("missing", shown="en"),
            },
            "pay/cash/notes": {
                "en": Cell("source", slug="notes"),
                "lv": Cell("missing", shown="en"),
                "pl": Cell("missing", shown="en"),
                "sv": Cell("missing", shown="en"),
            },
            "net/router": {
                "en": Cell("missing"),  # nothing comes after the default language
                "lv": Cell("source", slug="router"),
                "pl": Cell("missing", shown="lv"),
                "sv": Cell("missing"),
            },
        }

    def test_totals_count_articles_and_the_words_that_are_left(self, matrix_folder: Path) -> None:
        totals = {total.lang: vars(total) for total in matrix().totals}
        card, notes, router = 7, 5, 1

        assert totals["lv"] == {
            "lang": "lv", "source": 1, "fresh": 0, "typo": 0, "medium": 0, "major": 1, "missing": 1, "words": card + notes,
        }  # fmt: skip
        assert totals["sv"]["words"] == card + notes + router
        assert totals["pl"]["words"] == notes + router

    def test_a_typo_is_nothing_to_translate(self, matrix_folder: Path) -> None:
        write(matrix_folder, {"en/pay/card.md": "---\ntitle: Pay by card\nsignificance: typo\n---\nOne two, three four.\n"})
        publish(matrix_folder)
        polish = next(total for total in matrix().totals if total.lang == "pl")

        assert (polish.typo, polish.words) == (1, 5 + 1)

    def test_languages_and_sections_can_be_chosen(self, matrix_folder: Path) -> None:
        chosen = matrix(languages=["sv"], section="pay")

        assert [row.key for row in chosen.rows] == ["pay/card", "pay/cash/notes"]
        assert [total.lang for total in chosen.totals] == ["sv"]
        assert [row.key for row in matrix(section="pa").rows] == []

    def test_json_has_only_what_says_something(self, matrix_folder: Path) -> None:
        told = matrix_as_dict(matrix(languages=["lv", "sv"]), matrix(languages=["lv", "sv"]).rows)

        assert told["articles"][1] == {
            "key": "pay/card",
            "section": "pay",
            "title": "Pay by card",
            "source": "en",
            "words": 7,
            "translations": {"lv": {"state": "stale", "step": "major", "slug": "card"}, "sv": {"state": "missing", "shown": "en"}},
        }

    def test_what_has_expired_is_not_there(self, matrix_folder: Path) -> None:
        with writing() as session:
            session.execute(text("UPDATE article SET expire_at = '2020-01-01 00:00:00' WHERE lang = 'en' AND key = 'pay/card'"))

        assert matrix().rows[1].source == "lv"


@pytest.mark.usefixtures("library_app")
def test_five_languages_of_the_project_operations_help_line_up() -> None:
    publish(shared("helpcenter-projectops"))
    found = matrix()
    totals = {total.lang: (total.source, total.fresh, total.missing) for total in found.totals}

    assert totals == {"en": (112, 0, 9), "kk": (9, 112, 0), "lv": (0, 121, 0), "pl": (0, 121, 0), "sv": (0, 121, 0)}
    slugs = [{cell.slug for cell in row.cells.values() if cell.slug} for row in found.rows]
    assert all(len(names) == 1 for names in slugs)


def of_file(folder: Path, path: str):
    """Return the article in the file *path*."""
    return read_article(ArticleFile(path, path[:2], path[:2]), folder)


class TestAccepting:
    """`source_hash` is written into the file, and nothing else changes in it."""

    def test_an_accepted_translation_is_fresh_with_the_next_publish(self, matrix_folder: Path) -> None:
        (done,) = accept(matrix_folder, "lv", ["pay/card"])
        publish(matrix_folder)

        assert (done.path, done.source_path, done.changed) == ("lv/pay/card.md", "en/pay/card.md", True)
        assert of_file(matrix_folder, "en/pay/card.md").text_hash.startswith(done.source_hash)
        assert matrix().rows[1].cells["lv"] == Cell("fresh", slug="card")
        assert (matrix_folder / "lv/pay/card.md").read_text() == f"---\nsource_hash: {done.source_hash}\n---\n# Ar karti\n\nViens.\n"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"---\ntitle:   'Kart\xc4\x81'  # short\ntags: [a,\n  b]\n---\n\nText", b"---\ntitle:   'Kart\xc4\x81'  # short\ntags: [a,\n  b]\nHASH\n---\n\nText"),
            (b"---\r\ntitle: A\r\n---\r\nText\r\n", b"---\r\ntitle: A\r\nHASH\r\n---\r\nText\r\n"),
            (b"\xef\xbb\xbf---\ntitle: A\n---\nText\n", b"\xef\xbb\xbf---\ntitle: A\nHASH\n---\nText\n"),
            (b"---\nsource_hash: 'ABCDEF0123'   # first draft\ntitle: A\n---\nText\n", b"---\nHASH   # first draft\ntitle: A\n---\nText\n"),
            (b"---\nsource_hash:\ntitle: A\n---\nText\n", b"---\nHASH\ntitle: A\n---\nText\n"),
            (b"---\n---\nText\n", b"---\nHASH\n---\nText\n"),
            (b"---\ntitle: A\n...\nsource_hash: no\n", b"---\ntitle: A\nHASH\n...\nsource_hash: no\n"),
        ],
    )
    def test_the_rest_of_the_file_stays_as_it_was(self, matrix_folder: Path, before: bytes, after: bytes) -> None:
        write(matrix_folder, {"lv/pay/card.md": before})
        (done,) = accept(matrix_folder, "lv", ["pay/card"])

        assert (matrix_folder / "lv/pay/card.md").read_bytes() == after.replace(b"HASH", f"source_hash: {done.source_hash}".encode())

    def test_accepting_again_changes_nothing(self, matrix_folder: Path) -> None:
        accept(matrix_folder, "lv", ["pay/card"])
        before = (matrix_folder / "lv/pay/card.md").stat().st_mtime_ns
        (done,) = accept(matrix_folder, "lv", ["pay/card"])

        assert not done.changed
        assert (matrix_folder / "lv/pay/card.md").stat().st_mtime_ns == before

    @pytest.mark.parametrize("front", ["{title: A}", "title: A\nsource_hash: >\n  0123456789", "title: A\n? source_hash\n: 0123456789"])
    def test_front_matter_that_one_line_cannot_change_is_left_alone(self, matrix_folder: Path, front: str) -> None:
        content = f"---\n{front}\n---\nText\n"
        write(matrix_folder, {"lv/pay/card.md": content})

        with pytest.raises(NotAccepted, match="add `source_hash:"):
            accept(matrix_folder, "lv", ["pay/card"])
        assert (matrix_folder / "lv/pay/card.md").read_text() == content

    def test_words_that_look_like_the_key_are_no_key(self, matrix_folder: Path) -> None:
        write(matrix_folder, {"lv/pay/card.md": "---\ntitle: |\n  A\n  source_hash: 12345678\n---\nText\n"})
        (done,) = accept(matrix_folder, "lv", ["pay/card"])
        after = of_file(matrix_folder, "lv/pay/card.md")

        assert (after.title, after.front.source_hash) == ("A source_hash: 12345678", done.source_hash)

    @pytest.mark.parametrize(
        ("lang", "key", "said"),
        [
            ("en", "pay/card", "is the source itself"),
            ("sv", "pay/card", "There is no article pay/card in sv."),
            ("lv", "pay/cart", "Did you mean pay/card"),
            ("de", "pay/card", "it has en, lv, pl, sv"),
            ("lv", "net/router", "is the source itself"),
        ],
    )
    def test_what_cannot_be_accepted_is_said(self, matrix_folder: Path, lang: str, key: str, said: str) -> None:
        with pytest.raises(NotAccepted, match=said):
            accept(matrix_folder, lang, [key])

    def test_all_or_nothing(self, matrix_folder: Path) -> None:
        with pytest.raises(NotAccepted):
            accept(matrix_folder, "lv", ["pay/card", "pay/nothing"])

        assert "source_hash" not in (matrix_folder / "lv/pay/card.md").read_text()
