"""Trees of other tools become our content folder: every fixture as wanted, published without an error, and twice the same."""

from __future__ import annotations

import base64
import json
import os
import random
from pathlib import Path

import pytest

from helpcenter.content.checks import check_library
from helpcenter.content.importers.article import ImportRefused
from helpcenter.content.importers.report import Report
from helpcenter.content.importers.trees.source import TreeSource
from helpcenter.content.importers.writing import write
from helpcenter.content.problems import ERROR
from helpcenter.content.site import load_site
from tests.content.folders import shared
from tests.content.folders import write as write_tree
from tests.content.importers.trees.wanted import FIXTURES, LOSSES, STYLES, files_of, imported, losses_of, source_of


def brought(tree: Path, folder: Path, *, style: str = "", version: str = "fpt") -> Report:
    """Import *tree* into *folder*."""
    return write(TreeSource(tree, style=style, version=version), folder)


def whats(report: Report) -> dict[str, str]:
    """Return the losses by code, the last of each as `file:line`."""
    return {loss.what: f"{loss.source}:{loss.line}" for loss in report.losses}


@pytest.mark.parametrize("style", STYLES)
def test_each_style_is_found_out_and_becomes_what_is_wanted(style, tmp_path):
    source, report = imported(style, tmp_path)

    wanted = files_of(FIXTURES / style / "wanted")
    losses = wanted.pop(LOSSES)
    assert source.style_name == style
    assert files_of(tmp_path) == wanted
    assert losses_of(report) == losses


@pytest.mark.parametrize("style", STYLES)
def test_what_was_imported_is_published_without_an_error(style, tmp_path):
    imported(style, tmp_path)

    checked = check_library(tmp_path)

    assert [str(problem) for problem in checked.problems if problem.severity == ERROR] == []
    assert checked.compiled


@pytest.mark.parametrize("style", STYLES)
def test_a_second_import_changes_nothing(style, tmp_path):
    imported(style, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    _source, report = imported(style, tmp_path)

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert (report.added, report.changed, report.edited, report.redirects) == ([], [], [], 0)


@pytest.mark.parametrize("style", STYLES)
def test_every_markdown_file_is_an_article_or_is_reported_by_name(style, tmp_path):
    source, report = imported(style, tmp_path)

    ledger = json.loads((tmp_path / ".imports/markdown.json").read_text())
    came = {entry.get("source") for entry in ledger["files"].values()}
    files = {path.relative_to(source_of(style)).as_posix() for path in source_of(style).rglob("*.md*") if path.is_file()}
    reported = {loss.source for loss in report.losses}
    assert {path for path in files - came if not any(path.startswith(place) for place in reported)} == set()
    assert source.files == len(files)


def test_nothing_outside_of_the_tree_is_read_or_followed(tmp_path):
    secret = write_tree(tmp_path / "outside", {"secret.md": "# Secret\n\ncanary\n", "secret.png": b"canary"})
    tree = write_tree(
        tmp_path / "tree",
        {"en/a.md": "# A\n\n![x](../../outside/secret.png) [y](../../outside/secret.md) ![z](link.png)\n\n[!INCLUDE [x](../../outside/secret.md)]\n"},
    )
    os.symlink(secret / "secret.md", tree / "en/link.md")
    os.symlink(secret / "secret.png", tree / "en/link.png")
    os.symlink(secret, tree / "en/folder")

    report = brought(tree, tmp_path / "to", style="microsoft-docs")

    written = [path for path in (tmp_path / "to").rglob("*") if path.is_file()]
    assert not any(b"canary" in path.read_bytes() for path in written)
    assert sorted(loss.source for loss in report.losses if loss.what == "symlink") == ["en/folder", "en/link.md", "en/link.png"]
    assert {"include", "unresolved-image", "unresolved-link"} <= whats(report).keys()


def test_files_that_cannot_be_read_are_named(tmp_path):
    files = {
        "en/good.md": "# Good\n\nText.\n",
        "en/latin.md": "# M\n\nÅngström\n".encode("latin-1"),
        "en/nul.md": b"# Nul\n\n\x00\n",
        "en/wide.md": "# Wide\n\nÅngström\n".encode("utf-16"),
        "en/long.md": "# Long\n\n" + "word " * 60_000,
    }
    tree = write_tree(tmp_path / "tree", files)
    with (tree / "en/huge.md").open("wb") as huge:
        huge.truncate(50 * 1024 * 1024)

    report = brought(tree, tmp_path / "to")

    said = {loss.source: loss.what for loss in report.losses}
    assert said == {"en/latin.md": "encoding", "en/nul.md": "encoding", "en/long.md": "too-large", "en/huge.md": "too-large"}
    assert whats(report)["encoding"].startswith("en/")
    assert sorted(report.added) == ["en/good.md", "en/wide.md"]


def test_pictures_that_are_too_large_or_no_pictures_are_left_and_named(tmp_path):
    tree = write_tree(tmp_path / "tree", {"en/a.md": "# A\n\n![Big](big.png) [Form](form.exe)\n", "en/form.exe": b"%PDF"})
    with (tree / "en/big.png").open("wb") as big:
        big.truncate(33 * 1024 * 1024)

    report = brought(tree, tmp_path / "to")

    assert {loss.what for loss in report.losses} == {"too-large", "asset-type", "asset-left"}
    assert (tmp_path / "to/en/a.md").read_text() == "---\ntitle: A\n---\n\nBig Form\n"


def test_a_picture_written_into_the_text_becomes_a_file(tmp_path):
    picture = base64.b64encode(b"\x89PNG" + bytes(9_000)).decode()
    tree = write_tree(tmp_path / "tree", {"en/a.md": f"# A\n\n![Box](data:image/png;base64,{picture}) ![Bad](data:image/png;base64,%)\n"})

    report = brought(tree, tmp_path / "to")

    assert [path.read_bytes()[:4] for path in (tmp_path / "to/_assets").rglob("*.png")] == [b"\x89PNG"]
    assert whats(report) == {"embedded-image": "en/a.md:3"}
    assert [str(problem) for problem in check_library(tmp_path / "to").problems if problem.severity == ERROR] == []


def test_front_matter_that_is_not_yaml_is_read_line_by_line(tmp_path):
    tree = write_tree(tmp_path / "tree", {"en/a.md": "---\ntitle: Kept\nbad: [1\n---\nText.\n"})

    report = brought(tree, tmp_path / "to")

    assert (tmp_path / "to/en/a.md").read_text() == "---\ntitle: Kept\n---\n\nText.\n"
    assert whats(report)["front-matter"].startswith("en/a.md:")


def test_two_pages_of_one_name_get_the_same_names_every_time_and_in_every_language(tmp_path):
    pages = {f"{lang}/{folder}/overview.md": f"# Overview of {folder}\n\nText.\n" for lang in ("en", "lv") for folder in ("pay", "send")}
    tree = write_tree(tmp_path / "tree", pages)

    first = brought(tree, tmp_path / "one")
    second = brought(tree, tmp_path / "two")

    names = ["en/pay/overview.md", "en/send/send-overview.md", "lv/pay/overview.md", "lv/send/send-overview.md"]
    assert sorted(first.added) == sorted(second.added) == names
    assert whats(first)["duplicate-name"] == "en/send/overview.md:None"


def test_a_name_stays_when_a_page_of_the_same_name_comes_later(tmp_path):
    tree = write_tree(tmp_path / "tree", {"en/send/overview.md": "# Send\n\nText.\n"})
    brought(tree, tmp_path / "to")
    write_tree(tree, {"en/pay/overview.md": "# Pay\n\n[Send](../send/overview.md)\n"})

    report = brought(tree, tmp_path / "to")

    assert report.added == ["en/pay/pay-overview.md"]
    assert "[Send](../send/overview.md)" in (tmp_path / "to/en/pay/pay-overview.md").read_text()


def test_what_an_editor_changed_stays(tmp_path):
    tree = write_tree(tmp_path / "tree", {"en/a.md": "# A\n\nText.\n"})
    brought(tree, tmp_path / "to")
    (tmp_path / "to/en/a.md").write_text("---\ntitle: A\n---\n\nBetter.\n")

    report = brought(tree, tmp_path / "to")

    assert report.edited == ["en/a.md"]
    assert "Better." in (tmp_path / "to/en/a.md").read_text()


def test_another_edition_of_github_docs_can_be_asked_for(tmp_path):
    report = brought(source_of("github-docs"), tmp_path, version="ghes")

    text = (tmp_path / "en/pay/card.md").read_text()
    assert "For servers.\n" in text and "Only servers." in text and "For everybody." not in text and "New cards" not in text
    assert "en/pay/server.md" in report.added


def test_a_folder_without_markdown_and_an_unknown_style_are_refused(tmp_path):
    with pytest.raises(ImportRefused, match="no Markdown files"):
        brought(write_tree(tmp_path / "tree", {"a.txt": "x"}), tmp_path / "to")
    with pytest.raises(ImportRefused, match="There is no style sphinx; there are docusaurus"):
        TreeSource(tmp_path, style="sphinx")


# What each style's own rules are slow on when they are written carelessly.
HOSTILE = {
    "plain": ("<script>" * 8_000, "<!-- " * 12_000, "`a ``b ```c " * 4_000, "[a](b" * 10_000, "<figure>![](" * 4_000, "<iframe " * 8_000),
    "docusaurus": ("<Tabs>" * 8_000, ":::note\n" * 8_000, '<A b="{' * 6_000, "{/*" * 10_000, "export {\n" * 5_000),
    "hugo": ("{{< a >}}" * 6_000, '{{< a b="' * 6_000, "{{</*" * 8_000),
    "jekyll": ("{% raw %}" * 6_000, "{::comment}" * 5_000, "{% if a %}" * 6_000, "a\n{: .note }\n" * 5_000, "{% for %}" * 6_000),
    "github-docs": ("{% note %}" * 6_000, "{% ifversion x %}" * 4_000, "{% mac %}" * 6_000, "{% data " * 8_000),
    "mkdocs": ("".join(f"{' ' * (4 * depth)}!!! note\n" for depth in range(150)), "=== \"a\"\n" * 8_000, "--8<--\n" * 8_000, "++a" * 20_000),
    "microsoft-docs": ("# [a](#tab/x)\n" * 4_000, ":::image a:::\n" * 5_000, "[!INCLUDE [a](b" * 5_000, "::: zone pivot=\"a\"\n" * 5_000),
}


@pytest.mark.parametrize(("style", "hostile"), [(style, text) for style, texts in HOSTILE.items() for text in texts], ids=lambda text: text[:14])
def test_a_hostile_page_costs_seconds_at_most_and_harms_no_other(style, hostile, tmp_path):
    root = {"docusaurus": "docs", "github-docs": "content", "hugo": "content", "jekyll": "_docs", "mkdocs": "docs"}.get(style, "en")
    config = {"_config.yml": "collections: {docs: {output: true}}\n", "mkdocs.yml": "site_name: x\n", "data/variables/x.yml": "a: b\n"}
    pages = {f"{root}/good.md": "---\ntitle: Good\n---\nText.\n", f"{root}/bad.md": f"---\ntitle: Bad\n---\n{hostile}\n"}
    tree = write_tree(tmp_path / "tree", {**config, **pages})
    began = os.times()

    report = brought(tree, tmp_path / "to", style=style)

    spent = os.times()
    assert spent.user - began.user < 5
    assert [path for path in report.added if path.endswith("good.md")]


PIECES = (
    "{%", "%}", "{{", "}}", "{{<", ">}}", "{:", "}", "<Tabs>", "<TabItem value=\"a\">", "</TabItem>", "</Tabs>", ":::note", ":::", "!!! note", "=== \"a\"", "    ",
    "```", "`", "[a](b.md)", "![a](", ")", "](", "[", "]", "# ", "\n", "\n\n", "<!--", "-->", "<details>", "<summary>a</summary>", "</details>", "ifversion fpt",
    "endif", "else", "raw", "endraw", "include a.md", "note", "endnote", "[!INCLUDE [a](b.md)]", "#tab/a", "***", "--8<-- \"a.md\"", "tab \"a\"", "/tab", "tabs", "/tabs",
    "{/*", "*/}", "import a from './b.mdx'", "export const a = {", "\x02", "\x03", "\\", "|", "> ", "{#a}", ": a", "*[A]: b", "<a name=\"x\"></a>", "ā", "\t", "$$",
)  # fmt: skip


@pytest.mark.parametrize("longest", [14, 120])
@pytest.mark.parametrize("style", STYLES)
def test_no_page_breaks_the_rules_of_a_style_however_strange_it_is(style, longest, tmp_path):
    chance = random.Random(f"pages of {style}")
    root = {"docusaurus": "docs", "github-docs": "content", "hugo": "content", "jekyll": "_docs", "mkdocs": "docs"}.get(style, "en")
    pages = {f"{root}/p{number}.md": f"---\ntitle: P\n---\n{''.join(chance.choices(PIECES, k=chance.randint(3, longest)))}\n" for number in range(150)}
    tree = write_tree(tmp_path / "tree", {"_config.yml": "collections: {docs: {output: true}}\n", **pages})

    report = brought(tree, tmp_path / "to", style=style)

    assert [str(loss) for loss in report.losses if loss.what == "conversion"] == []
    assert len(report.added) == len(pages)
    assert not any({"\x02", "\x03"} & set(path.read_text()) for path in (tmp_path / "to").rglob("*.md"))
    if longest < 20:
        # Beyond that, pages are such noise that nobody could say which brackets belong together.
        assert [str(problem) for problem in check_library(tmp_path / "to").problems if problem.code in ("broken-link", "broken-image")] == []


@pytest.mark.parametrize(("name", "style"), [("gnome", "plain"), ("projectops", "microsoft-docs"), ("alchemy", "microsoft-docs")])
def test_the_shared_trees_import_whole(name, style, tmp_path):
    tree = shared(f"helpcenter-{name}")
    source = TreeSource(tree)

    report = write(source, tmp_path)

    came = len(report.added)
    reported = {loss.source for loss in report.losses if loss.what in ("section-page", "not-an-article", "part")}
    assert source.style_name == style
    assert came + len(reported) == sum(1 for _path in tree.rglob("*.md"))
    assert source.figures()["links_unresolved"] == sum(loss.what == "unresolved-link" for loss in report.losses)


def test_the_five_languages_of_projectops_line_up(tmp_path):
    brought(shared("helpcenter-projectops"), tmp_path)

    site, _problems = load_site(tmp_path)
    keys = {lang: {path.relative_to(tmp_path / lang).as_posix() for path in (tmp_path / lang).rglob("*.md")} for lang in site.languages}
    assert sorted(keys) == ["en", "kk", "lv", "pl", "sv"]
    assert keys["kk"] == keys["lv"] == keys["pl"] == keys["sv"]
    assert len(keys["en"] & keys["lv"]) > 60
