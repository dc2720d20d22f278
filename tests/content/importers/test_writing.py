"""Imported articles in a content folder: a second import changes nothing, and no editor loses a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpcenter.content.carried_votes import load_carried_votes
from helpcenter.content.importers.article import Asset, ImportedArticle, ImportedSection, Source
from helpcenter.content.importers.report import Report
from helpcenter.content.importers.writing import write
from helpcenter.content.site import load_site


class Shelf(Source):
    """A source that gives the articles it was made with."""

    kind = "shelf"

    def __init__(self, *given: ImportedArticle) -> None:
        super().__init__()
        self.given = given

    def articles(self) -> Iterator[ImportedArticle]:
        """Yield the articles."""
        yield from self.given


def article(name: str = "pay", text: str = "Pay by card.", *, lang: str = "en", section: str = "money", **more: object) -> ImportedArticle:
    """Return an article about paying."""
    return ImportedArticle(f"{name} ({lang})", lang, section, name, {"title": name.title()}, text, **more)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of *folder* by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def whats(report: Report) -> list[str]:
    """Return the codes of what was lost."""
    return [loss.what for loss in report.losses]


def test_an_article_becomes_a_file_with_front_matter(tmp_path):
    report = write(Shelf(article()), tmp_path)

    assert (tmp_path / "en/money/pay.md").read_text() == "---\ntitle: Pay\n---\n\nPay by card.\n"
    assert report.added == ["en/money/pay.md"]


def test_a_second_import_changes_nothing(tmp_path):
    source = (article(assets=[Asset("imported/x.png", b"x")]), article(lang="lv", text="Maksā ar karti."))
    write(Shelf(*source), tmp_path)
    before = files(tmp_path)

    report = write(Shelf(*source), tmp_path)

    assert files(tmp_path) == before
    assert (report.unchanged, report.added, report.changed, report.assets) == (2, [], [], 0)


def test_a_changed_source_changes_the_file(tmp_path):
    write(Shelf(article()), tmp_path)

    report = write(Shelf(article(text="Pay in cash.")), tmp_path)

    assert "Pay in cash." in (tmp_path / "en/money/pay.md").read_text()
    assert report.changed == ["en/money/pay.md"]


@pytest.mark.parametrize(("new_text", "losses"), [("Pay by card.", []), ("Pay in cash.", ["edited"])])
def test_a_file_that_an_editor_changed_is_kept(tmp_path, new_text, losses):
    write(Shelf(article()), tmp_path)
    (tmp_path / "en/money/pay.md").write_text("Ed was here.")

    report = write(Shelf(article(text=new_text)), tmp_path)

    assert (tmp_path / "en/money/pay.md").read_text() == "Ed was here."
    assert report.edited == ["en/money/pay.md"]
    assert whats(report) == losses


def test_other_ends_of_lines_are_no_edit(tmp_path):
    write(Shelf(article()), tmp_path)
    path = tmp_path / "en/money/pay.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    report = write(Shelf(article(text="Pay in cash.")), tmp_path)

    assert report.changed == ["en/money/pay.md"]


def test_a_file_that_was_there_before_is_kept(tmp_path):
    (tmp_path / "en/money").mkdir(parents=True)
    (tmp_path / "en/money/pay.md").write_text("Ed was here first.")

    report = write(Shelf(article()), tmp_path)

    assert (tmp_path / "en/money/pay.md").read_text() == "Ed was here first."
    assert report.edited == ["en/money/pay.md"]


def test_a_file_that_an_editor_deleted_does_not_come_back(tmp_path):
    write(Shelf(article(), article("close")), tmp_path)
    (tmp_path / "en/money/pay.md").unlink()

    report = write(Shelf(article(), article("close")), tmp_path)

    assert not (tmp_path / "en/money/pay.md").exists()
    assert report.edited == ["en/money/pay.md"]


def test_a_file_whose_source_is_gone_is_reported_and_deleted_only_when_asked(tmp_path):
    write(Shelf(article(), article("close", assets=[Asset("imported/x.png", b"x")])), tmp_path)

    reported = write(Shelf(article()), tmp_path)
    stayed = (tmp_path / "en/money/close.md").exists()
    pruned = write(Shelf(article()), tmp_path, prune=True)

    assert reported.vanished == ["en/money/close.md"]
    assert stayed
    assert pruned.pruned == ["_assets/imported/x.png", "en/money/close.md"]
    assert not (tmp_path / "en/money/close.md").exists()
    assert not (tmp_path / "_assets").exists()


def test_pruning_spares_what_an_editor_changed(tmp_path):
    write(Shelf(article(), article("close")), tmp_path)
    (tmp_path / "en/money/close.md").write_text("Ed was here.")

    report = write(Shelf(article()), tmp_path, prune=True)

    assert (tmp_path / "en/money/close.md").read_text() == "Ed was here."
    assert report.vanished == ["en/money/close.md"]


def test_an_article_that_moved_leaves_no_copy_behind(tmp_path):
    write(Shelf(article(id="7")), tmp_path)

    report = write(Shelf(article(id="7", section="paying")), tmp_path)

    assert report.moved == ["en/money/pay.md → en/paying/pay.md"]
    assert not (tmp_path / "en/money").exists()


def test_a_dry_run_writes_nothing(tmp_path):
    report = write(Shelf(article(assets=[Asset("imported/x.png", b"x")])), tmp_path / "new", dry_run=True)

    assert report.added == ["en/money/pay.md"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"section": "../../etc"},
        {"section": "/etc"},
        {"name": "../pay"},
        {"name": "Pay.md"},
        {"name": ".htaccess"},
        {"lang": ".."},
        {"lang": "bot"},
        {"lang": "EN"},
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path, wrong):
    (tmp_path / "folder").mkdir()

    report = write(Shelf(article(**wrong), article("close")), tmp_path / "folder")

    assert whats(report) == ["path"]
    assert {path for path in files(tmp_path) if path.endswith(".md")} == {"folder/en/money/close.md"}


@pytest.mark.parametrize("name", ["../../x.png", "a/../../../x.png", "a\\..\\x.png", "x\x00.png"])
def test_no_asset_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "folder").mkdir()

    report = write(Shelf(article(assets=[Asset(name, b"x")])), tmp_path / "folder")

    assert whats(report) == ["asset"]
    assert all(path.startswith(("folder/en/", "folder/.imports/", "folder/site.yaml")) for path in files(tmp_path))


def test_no_link_in_the_folder_leads_out_of_it(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/pay.md").write_text("Not yours.")
    (tmp_path / "folder/en").mkdir(parents=True)
    (tmp_path / "folder/en/money").symlink_to(tmp_path / "elsewhere")

    report = write(Shelf(article(), article("close")), tmp_path / "folder")

    assert whats(report) == ["path", "path"]
    assert files(tmp_path / "elsewhere") == {"pay.md": b"Not yours."}


def test_two_articles_of_one_path_are_reported(tmp_path):
    report = write(Shelf(article(), article(text="Another.")), tmp_path)

    assert whats(report) == ["path"]
    assert "Pay by card." in (tmp_path / "en/money/pay.md").read_text()


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"files": 7}', '{"files": {"en/money/pay.md": 7}, "names": [1]}', "[" * 100_000])
def test_a_broken_ledger_makes_files_the_editors_own(tmp_path, broken):
    write(Shelf(article()), tmp_path)
    (tmp_path / ".imports/shelf.json").write_text(broken)

    report = write(Shelf(article(text="Pay in cash.")), tmp_path)

    assert report.edited == ["en/money/pay.md"]
    assert "Pay by card." in (tmp_path / "en/money/pay.md").read_text()


def test_a_source_that_fails_half_way_leaves_whole_files_that_are_known_as_ours(tmp_path):
    class Torn(Shelf):
        def articles(self):
            yield from self.given
            raise OSError("torn")

    with pytest.raises(OSError, match="torn"):
        write(Torn(article()), tmp_path)
    report = write(Shelf(article(text="Pay in cash.")), tmp_path)

    assert report.changed == ["en/money/pay.md"]


def test_a_folder_without_site_yaml_gets_one_with_titles_in_each_language(tmp_path):
    source = Shelf(article(), article(lang="lv"), article("close", section="account"))
    source.languages = ["lv", "en", "pl"]
    source.sections = [
        ImportedSection("account", {"en": "Account"}, order=1),
        ImportedSection("money", {"en": "Money", "lv": "Nauda"}, {"lv": "Par naudu."}),
        ImportedSection("empty", {"en": "Empty"}),
    ]

    report = write(source, tmp_path)
    site, problems = load_site(tmp_path)

    assert problems == []
    assert report.site_written
    assert site.languages == ["lv", "en"]
    assert [(section.key, section.title) for section in site.sections] == [("money", {"en": "Money", "lv": "Nauda"}), ("account", {"en": "Account"})]


def test_the_site_yaml_of_an_editor_stays_and_what_it_lacks_is_told(tmp_path):
    (tmp_path / "site.yaml").write_text("languages: [en]  # mine\n")

    report = write(Shelf(article(), article(lang="lv")), tmp_path)

    assert (tmp_path / "site.yaml").read_text() == "languages: [en]  # mine\n"
    assert [loss.detail for loss in report.losses] == ["languages: lv is missing; its articles are not published", "sections: money is missing"]


def test_old_addresses_lead_to_the_article_in_their_language(tmp_path):
    source = (article(old_paths=["/hc/en/1-Pay", "/hc/en/1"]), article(lang="lv", old_paths=["/hc/lv/1"]))

    report = write(Shelf(*source), tmp_path)
    again = write(Shelf(*source), tmp_path)

    assert (tmp_path / "redirects.yaml").read_text() == (
        "redirects:\n  /hc/en/1-Pay: /en/articles/pay\n  /hc/en/1: /en/articles/pay\n  /hc/lv/1: /lv/articles/pay\n"
    )
    assert (report.redirects, again.redirects) == (3, 0)


def test_a_draft_has_no_redirect_yet(tmp_path):
    draft = article(old_paths=["/hc/en/1"])
    draft.front["draft"] = True

    write(Shelf(draft), tmp_path)

    assert not (tmp_path / "redirects.yaml").exists()


def test_what_editors_wrote_in_redirects_yaml_stays_letter_by_letter(tmp_path):
    mine = '# Ours\nredirects:\n    "/hc/en/1": gone   # on purpose\n    /old: money/pay\n\n'
    (tmp_path / "redirects.yaml").write_text(mine)

    report = write(Shelf(article(old_paths=["/hc/en/1", "/hc/en/1?x=a b"])), tmp_path)

    assert (tmp_path / "redirects.yaml").read_text() == mine.rstrip("\n") + '\n    "/hc/en/1?x=a b": /en/articles/pay\n'
    assert report.redirects == 1


def test_a_redirect_that_an_editor_took_out_does_not_come_back(tmp_path):
    write(Shelf(article(old_paths=["/hc/1", "/hc/2"])), tmp_path)
    (tmp_path / "redirects.yaml").write_text("redirects:\n  /hc/2: /en/articles/pay\n")

    write(Shelf(article(old_paths=["/hc/1", "/hc/2"])), tmp_path)

    assert (tmp_path / "redirects.yaml").read_text() == "redirects:\n  /hc/2: /en/articles/pay\n"


@pytest.mark.parametrize("broken", ["redirects: [", "redirects: {/a: b}\n", "other: 1\n"])
def test_a_redirects_yaml_that_cannot_be_added_to_is_told_and_stays(tmp_path, broken):
    (tmp_path / "redirects.yaml").write_text(broken)

    report = write(Shelf(article(old_paths=["/hc/1"])), tmp_path)

    assert (tmp_path / "redirects.yaml").read_text() == broken
    assert whats(report) == ["redirects"]


@pytest.mark.parametrize("empty", ["", "# Nothing yet\n", "redirects:\n", "redirects: {}\n", "redirects: # none\n"])
def test_an_empty_redirects_yaml_is_filled(tmp_path, empty):
    (tmp_path / "redirects.yaml").write_text(empty)

    report = write(Shelf(article(old_paths=["/hc/1"])), tmp_path)

    assert report.redirects == 1
    assert "  /hc/1: /en/articles/pay\n" in (tmp_path / "redirects.yaml").read_text()


def test_votes_of_the_old_tool_are_listed_and_never_counted_twice(tmp_path):
    (tmp_path / "imported-votes.tsv").write_text("source\tlang\tkey\thelpful\tnot_helpful\nother\ten\tmoney/pay\t1\t1\n")

    write(Shelf(article(votes=(12, 3)), article("close", votes=(0, 0))), tmp_path)
    write(Shelf(article(votes=(13, 3))), tmp_path)

    assert load_carried_votes(tmp_path).sums() == {("en", "money/pay"): (14, 4)}
    assert (tmp_path / "imported-votes.tsv").read_text().count("\n") == 3
