"""`helpcenter check` finds what an editor should mend, with file and line."""

import pytest

from helpcenter.content.checks import check_folder
from helpcenter.content.problems import FolderRefused
from tests.content.folders import ROOT, write

TEXT = "description: Everything that one needs to know about paying by card here.\n"


def found(folder, files):
    """Return what a check of *files* in *folder* finds, as (place, code)."""
    return {(f"{p.path}:{p.line}", p.code) for p in check_folder(write(folder, {"site.yaml": "languages: [en]", **files}))}


@pytest.mark.parametrize(
    ("article", "line", "code"),
    [
        ("---\ntitle: [\n---\n", 3, "front-matter"),
        (b"\xff\xfea", 1, "encoding"),
        ("---\ntitle: T\ntitel: T\n---\n", 3, "unknown-key"),
        ("---\ntitle: T\ndate: soon\n---\n", 3, "ignored-value"),
        ("---\ntitle: T\nlang: lv\n---\n", 3, "language"),
        ("---\ntitle: T\nslug: A B\n---\n", 3, "slug"),
        ("Text", 1, "no-title"),
        ("---\ntitle: T\n---\n\n\n[a](gone.md)", 6, "broken-link"),
        ("---\ntitle: T\n---\n[a](#gone)", 4, "broken-anchor"),
        ("---\ntitle: T\n---\n\n[a](b.md#gone)", 5, "broken-anchor"),
        ("# T\n\n![a](gone.png)", 3, "broken-image"),
        ("# T\n\n![](../_assets/a.svg)", 3, "missing-alt"),
        ("# T\n\n![a](https://example.com/a.png)", 3, "remote-image"),
        ("# T\n\n## A\n\n#### B", 5, "heading-jump"),
        ("# T\n\n# U", 3, "second-h1"),
        ("---\ntitle: " + "t" * 61 + "\n---\n", 2, "long-title"),
        ("---\ntitle: T\ndescription: " + "t " * 90 + "\n---\n", 3, "long-description"),
        ("---\ntitle: T\ndescription: Short.\n---\n", 3, "short-description"),
        ("---\ntitle: T\n---\n", 1, "no-description"),
        ("---\ntitle: T\nrelated: [gone]\n---\n", 3, "broken-related"),
        ("---\ntitle: T\nredirect_from: [b]\n---\n", 3, "redirect-shadow"),
        ("<div>" * 200, 1, "too-heavy"),
    ],
)
def test_what_is_found_in_an_article(tmp_path, article, line, code):
    files = {"en/a.md": article, "en/b.md": f"---\ntitle: B\n{TEXT}---\n## Here\n", "_assets/a.svg": "<svg/>"}

    assert (f"en/a.md:{line}", code) in found(tmp_path, files)
    # The good article beside it has nothing.
    assert not [place for place, _ in found(tmp_path, files) if place.startswith("en/b.md")]


def test_duplicate_slugs_orphan_languages_and_missing_translations(tmp_path):
    files = {
        "site.yaml": "languages: [en, lv]",
        "en/a.md": f"---\ntitle: A\n{TEXT}---\n",
        "en/x/a.md": f"---\ntitle: A\n{TEXT}---\n",
        "lv/a.md": f"---\ntitle: A\n{TEXT}---\n",
        "de/a.md": "# A",
    }

    assert found(tmp_path, files) == {
        ("en/x/a.md:1", "duplicate-slug"),
        ("en/x/a.md:1", "missing-translation"),
        ("de:1", "orphan-language"),
    }


def test_an_unknown_key_is_said_once_with_the_nearest_and_the_number_of_files(tmp_path):
    write(tmp_path, {f"en/{name}.md": f"---\ntitle: {name}\ntgas: x\n{TEXT}---\n" for name in "abc"})

    assert [str(p) for p in check_folder(tmp_path)] == [
        "en/a.md:3: unknown-key There is no key tgas; it is ignored. Did you mean tags? It stands in 3 files."
    ]


def test_a_link_to_a_heading_of_another_article_is_followed_in_every_language(tmp_path):
    files = {
        "site.yaml": "languages: [en, lv]\n",
        "en/a.md": f"---\ntitle: A\n{TEXT}---\n[b](b.md#hēading)",
        "lv/a.md": f"---\ntitle: A\n{TEXT}---\n[b](b.md#virsraksts) [c](c.md#see)",
        "en/b.md": f"---\ntitle: B\n{TEXT}---\n## Hēading",
        "lv/b.md": f"---\ntitle: B\nslug: bb\n{TEXT}---\n## Virsraksts",
        "en/c.md": f"---\ntitle: C\n{TEXT}---\n## See",
    }

    assert found(tmp_path, files) == {("en/c.md:1", "missing-translation")}


def test_the_sample_articles_have_no_error_and_no_warning():
    assert [str(problem) for problem in check_folder(ROOT / "articles") if problem.severity != "info"] == []


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FolderRefused, match="does not exist"):
        check_folder(tmp_path / "nowhere")


def test_a_folder_without_articles_has_one_error(tmp_path):
    assert found(tmp_path, {}) == {(".:1", "no-articles")}
