"""Names that look alike or turn the text around: slugs are ASCII and one of a kind, titles carry no direction of their own."""

import datetime
import unicodedata

import pytest

from helpcenter.content import library
from helpcenter.content.slugs import is_slug, slug_of
from helpcenter.content.sync import sync
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
MARKS = "a" + "\u0301" * 1_000


def published(folder, files):
    """Publish *files*, and return what changed."""
    with writing() as session:
        return sync(write(folder, files), session, now=NOW)


@pytest.mark.parametrize("name", ["café", "\u202egnp.exe", "a\u200bb", "Ａdmin", "ﬁle", "раураl", MARKS, "\u2066x\u2069", "👩\u200d💻", "ﷺ" * 100])
def test_a_slug_is_always_ascii_and_short(name):
    assert is_slug(slug_of(name))
    assert slug_of(name).isascii()
    assert len(slug_of(name)) <= 80


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("café", unicodedata.normalize("NFD", "café")),
        ("admin", "Ａdmin"),
        ("file", "ﬁle"),
        ("raural", "раураl"),
        ("ab", "a\u200bb"),
        ("x", "X"),
    ],
    ids=["NFC and NFD", "full width", "ligature", "Cyrillic", "zero width", "capital"],
)
def test_of_two_names_that_look_alike_one_has_the_address(library_app, tmp_path, first, second):
    changes = published(tmp_path, {f"en/{first}.md": "# One\n\nx", f"en/{second}.md": "# Two\n\ny", "en/good.md": "# Good\n\nz"})

    assert [problem.code for problem in changes.broken] == ["duplicate-slug"]
    assert len(changes.added) == 2


def test_a_title_turns_no_other_text_around(library_app, tmp_path):
    published(tmp_path, {"en/a.md": '---\ntitle: "Pay \u202etxt.exe\u2066 now"\ntags: ["\u202ex"]\ndescription: "\u202ed"\n---\nx\n'})
    found = library.find_article(db.session, "en", "a")

    assert (found.title, found.tags, found.description) == ("Pay txt.exe now", ["x"], "d")


def test_a_thousand_combining_marks_break_only_their_own_article(library_app, tmp_path):
    changes = published(tmp_path, {"en/a.md": f"---\ntitle: {MARKS}\n---\nx\n", "en/b.md": f"# B\n\n{MARKS}\n\n## {MARKS}\n", "en/good.md": "# Good\n\nz"})

    assert [problem.path for problem in changes.broken] == ["en/a.md"]
    assert len(changes.added) == 2
