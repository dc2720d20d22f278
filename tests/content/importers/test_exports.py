"""Exports of other help centers: what readers had there, they have here, and a second import changes nothing."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from helpcenter.content.checks import check_library
from helpcenter.content.importers.article import ImportRefused
from helpcenter.content.importers.exports import open_export
from helpcenter.content.importers.freescout import FreeScout
from helpcenter.content.importers.helpscout import HelpScout
from helpcenter.content.importers.intercom import Intercom
from helpcenter.content.importers.phpmyfaq import PhpMyFaq
from helpcenter.content.importers.report import Report
from helpcenter.content.importers.writing import write
from helpcenter.content.importers.zendesk import Zendesk
from helpcenter.content.problems import ERROR
from helpcenter.content.site import load_site
from tests.content.importers.test_writing import files

FIXTURES = Path(__file__).parent / "fixtures"
READERS = {reader.kind: reader for reader in (Zendesk, Intercom, HelpScout, PhpMyFaq, FreeScout)}
KINDS = sorted(READERS)


def imported(kind: str, folder: Path, place: Path | None = None) -> Report:
    """Import the fixture of *kind*, or *place*, into *folder*."""
    return write(READERS[kind](place or FIXTURES / kind), folder)


def lost(report: Report) -> dict[str, list[str]]:
    """Return the losses of *report*: by code, what they were about."""
    found: dict[str, list[str]] = {}
    for loss in report.losses:
        found.setdefault(loss.what, []).append(loss.source)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_imported_can_be_published(kind, tmp_path):
    imported(kind, tmp_path)

    checked = check_library(tmp_path)
    errors = {problem.code for problem in checked.problems if problem.severity == ERROR}

    assert errors == set()
    assert load_site(tmp_path)[1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_import_changes_nothing(kind, tmp_path):
    first = imported(kind, tmp_path)
    before = files(tmp_path)

    second = imported(kind, tmp_path)

    assert files(tmp_path) == before
    assert (second.added, second.changed, second.edited, second.redirects, second.assets) == ([], [], [], 0, 0)
    assert second.unchanged == len(first.added)
    assert second.losses == first.losses


@pytest.mark.parametrize("kind", KINDS)
def test_a_zip_is_read_like_a_folder(kind, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "export"), "zip", FIXTURES / kind)

    imported(kind, tmp_path / "from-zip", Path(archive))
    imported(kind, tmp_path / "from-folder")

    assert files(tmp_path / "from-zip") == files(tmp_path / "from-folder")


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_something_else_is_refused(kind, tmp_path):
    (tmp_path / "notes.json").write_text('{"notes": [1, 2]}')

    with pytest.raises(ImportRefused, match="has no articles"):
        imported(kind, tmp_path / "to", tmp_path)


STRANGE = [1, "x", None, [], {}, [[]], [{}], {"articles": 7}, {"articles": {"items": 7}}, {"data": {"a": 1}}, {"categories": [{"articles": 7}]}]
STRANGE += [
    {"articles": [{"id": None, "title": ["x"], "body": {"a": 1}, "locale": 7, "vote_count": "x", "position": 1e99, "html_url": 5, "label_names": 7}]},
    {"articles": [{"id": 1, "title": "", "body": "\ud800\x00<p>x", "locale": "../..", "html_url": "http://[", "section_id": {}}]},
    {"data": [{"id": 1, "body": "x", "title": None, "translated_content": {"xx": 7, "de": {"title": "y", "url": "//["}}, "statistics": {"reactions": float("nan")}}]},
    {"article": {"id": "a", "text": "x", "name": 7, "categories": "k", "related": 7, "keywords": {}}},
    {"sections": [{"id": 1, "parent_section_id": 1, "name": ""}, {"id": 2, "parent_section_id": 3}, {"id": 3, "parent_section_id": 2}], "articles": [{"id": 1, "section_id": 2}]},
    [{"faq": {"id": 1, "language": "../x", "category": " >> " * 50, "question": None, "answer": 7, "last_modified": "soon"}}],
    {"categories": [{"id": "../..", "name": "../../etc", "articles": [{"id": "../x", "title": "../../x", "text": "<p>x</p>", "url": "\\\\x"}]}]},
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_records_of_any_form_are_imported_or_refused_and_stay_in_the_folder(kind, value, tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from/articles.json").write_text(json.dumps(value))

    try:
        imported(kind, tmp_path / "to", tmp_path / "from")
    except ImportRefused:
        pass

    assert {path.name for path in tmp_path.iterdir()} <= {"from", "to"}
    assert all(not problem.code.startswith("front") for problem in (check_library(tmp_path / "to").problems if (tmp_path / "to").is_dir() else ()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[1e999999]", b"<!DOCTYPE a [<!ENTITY b 'c'>]><phpmyfaq/>", b"<phpmyfaq"])
def test_a_file_that_cannot_be_read_is_named(kind, content, tmp_path):
    (tmp_path / "export.json").write_bytes(content)

    with pytest.raises(ImportRefused):
        imported(kind, tmp_path / "to", tmp_path / "export.json")


def test_a_zip_with_names_that_lead_out_of_it_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../articles.json", "{}")

    with pytest.raises(ImportRefused, match="outside"):
        open_export(tmp_path / "evil.zip")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("articles.json", b" " * (250 * 1024 * 1024))

    with pytest.raises(ImportRefused, match="two hundred times"):
        open_export(tmp_path / "bomb.zip")


def test_links_out_of_an_exports_folder_are_not_followed(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/articles.json").write_text(json.dumps({"articles": [{"id": 1, "title": "Secret", "body": "x"}]}))
    (tmp_path / "from").mkdir()
    (tmp_path / "from/link").symlink_to(tmp_path / "secret")
    (tmp_path / "from/articles.json").symlink_to(tmp_path / "secret/articles.json")

    assert open_export(tmp_path / "from").names == []


class TestZendesk:
    """Zendesk Guide."""

    @pytest.fixture
    def folder(self, tmp_path):
        """Return the content folder of the fixture."""
        imported("zendesk", tmp_path)
        return tmp_path

    def test_an_article_reads_as_an_editor_would_have_written_it(self, folder):
        text = (folder / "en/money/paying/pay-by-card.md").read_text()

        assert text.startswith("---\ntitle: Pay by card\norder: 2\nkeywords:\n- credit card\n- money\nfeatured: true\nupdated: '2024-12-24'\n---\n")
        for part in (
            "## Before you pay {#h_01GX2}",
            "[the invoice](find-an-invoice.md#h_download) first, or mail [pay@example.com](mailto:pay@example.com)",
            "> [!WARNING]\n> Never send your **PIN**.",
            "[How to pay](https://www.youtube.com/watch?v=dQw4w9WgXcQ)",
            '```python\namount = 10 < 20\nprint("`paid`")\n```',
            "| Cash\\|coins | 0 |",
            "See [the plans](../plans/plans.md)",
        ):
            assert part in text

    def test_files_of_one_name_are_told_apart_by_their_number(self, folder):
        text = (folder / "en/money/paying/pay-by-card.md").read_text()
        name = text.partition("![The amount](")[2].partition(")")[0]

        shown = (folder / "en/money/paying" / name).resolve().read_bytes()

        assert shown == (FIXTURES / "zendesk/attachments/9002/image.png").read_bytes()

    def test_translations_share_a_name_and_link_within_their_language(self, folder):
        text = (folder / "lv/money/paying/find-an-invoice.md").read_text()

        assert "title: Atrast rēķinu" in text
        assert "[Maksāt](pay-by-card.md)" in text
        assert "> [!NOTE]\n> Nekad nesūtiet PIN." in (folder / "lv/money/paying/pay-by-card.md").read_text()

    def test_two_articles_of_one_title_have_two_names(self, folder):
        assert (folder / "en/money/paying/cards/pay-by-card-2.md").exists()

    @pytest.mark.parametrize("path", ["en/money/plans/plans.md", "en/money/plans/coming-soon.md"])
    def test_what_was_not_for_everybody_is_a_draft(self, folder, path):
        assert "\ndraft: true\n" in (folder / path).read_text()

    def test_sections_keep_order_titles_and_descriptions(self, folder):
        site, _problems = load_site(folder)

        assert [section.key for section in site.sections] == ["money", "money/paying", "money/paying/cards", "money/plans"]
        assert site.section("money/paying").title == {"en": "Paying", "lv": "Maksājumi"}
        assert site.section("money/paying").description == {"en": "How to pay", "lv": "Kā maksāt"}

    def test_votes_are_counts_of_those_up_and_those_down(self, folder):
        assert "zendesk\ten\tmoney/paying/pay-by-card\t10\t2\n" in (folder / "imported-votes.tsv").read_text()

    def test_losses_are_told_by_name(self, tmp_path):
        found = lost(imported("zendesk", tmp_path / "again"))

        assert found["restricted"] == ["Plans (103, en)"]
        assert found["outdated"] == ["Atrast rēķinu (102, lv)"]
        assert found["link"] == found["dropped"] == ["Pay by card (101, en)"]
        assert set(found) == {"restricted", "outdated", "link", "dropped", "attachment", "content-tags"}

    def test_a_title_that_changed_keeps_the_name(self, folder, tmp_path):
        shutil.copytree(FIXTURES / "zendesk", tmp_path / "later")
        later = tmp_path / "later/articles-1.json"
        later.write_text(later.read_text().replace('"title": "Find an invoice"', '"title": "Invoices"'))

        report = imported("zendesk", folder, tmp_path / "later")

        assert "en/money/paying/find-an-invoice.md" in report.changed
        assert "title: Invoices" in (folder / "en/money/paying/find-an-invoice.md").read_text()


class TestOthers:
    """Intercom, Help Scout, phpMyFAQ and FreeScout: what is their own."""

    def test_intercom_says_boxes_by_colour_and_votes_by_share(self, tmp_path):
        report = imported("intercom", tmp_path)
        text = (tmp_path / "en/account/team/invite-teammates.md").read_text()

        assert "> [!WARNING]\n> Only admins can." in text
        assert "[roles](../roles.md#h_1)" in text
        assert "intercom\ten\taccount/team/invite-teammates\t6\t1\n" in (tmp_path / "imported-votes.tsv").read_text()
        assert "\ndraft: true\n" in (tmp_path / "en/secret-plans.md").read_text()
        assert (tmp_path / "pl/account/team/invite-teammates.md").exists()
        assert lost(report) == {"frame": ["Invite teammates (11, en)"], "image": ["Invite teammates (11, en)"]}

    def test_help_scout_keeps_private_articles_back_and_its_own_redirects(self, tmp_path):
        report = imported("helpscout", tmp_path)
        redirects = (tmp_path / "redirects.yaml").read_text()

        assert "  /customer/login: /en/articles/sign-in\n" in redirects
        assert '  /blog: "https://blog.example.com"\n' in redirects
        assert "\ndraft: true\n" in (tmp_path / "en/inside/inside-only.md").read_text()
        assert "\ndraft: true\n" in (tmp_path / "en/guides/first-steps/unfinished.md").read_text()
        assert "related:\n- guides/mail/sign-out\n" in (tmp_path / "en/guides/first-steps/sign-in.md").read_text()
        assert set(lost(report)) == {"restricted", "category", "text", "unpublished-changes"}

    def test_phpmyfaq_unescapes_answers_and_takes_addresses_from_the_sitemap(self, tmp_path):
        report = imported("phpmyfaq", tmp_path)
        text = (tmp_path / "en/paying/cards/how-do-i-pay-by-card.md").read_text()

        assert "Enter the number & the date. [Lost it?](../i-lost-my-card.md)\n\n```php\necho 1 < 2;\n```" in text
        assert "  /index.php?action=faq&cat=3&id=1&artlang=de: /de/articles/how-do-i-pay-by-card\n" in (tmp_path / "redirects.yaml").read_text()
        assert lost(report) == {"category": ["I lost my card (2, en)"]}

    def test_phpmyfaq_without_a_sitemap_says_that_addresses_are_missing(self, tmp_path):
        report = imported("phpmyfaq", tmp_path, FIXTURES / "phpmyfaq/export.json")

        assert "redirects" in lost(report)

    def test_phpmyfaq_xml_gives_the_same_articles(self, tmp_path):
        rows = [row["faq"] for row in json.loads((FIXTURES / "phpmyfaq/export.json").read_text())]
        soup = BeautifulSoup("<phpmyfaq></phpmyfaq>", "html.parser")
        for row in rows:
            article = soup.new_tag("article", id=str(row["id"]))
            for name in ("language", "category", "keywords", "question", "answer", "author"):
                article.append(soup.new_tag(name, string=row[name]))
            article.append(soup.new_tag("data", string=row["last_modified"]))
            soup.phpmyfaq.append(article)
        (tmp_path / "export.xml").write_text(f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<!-- XML output -->\n{soup}')

        imported("phpmyfaq", tmp_path / "xml", tmp_path / "export.xml")
        imported("phpmyfaq", tmp_path / "json", FIXTURES / "phpmyfaq/export.json")

        assert files(tmp_path / "xml") == files(tmp_path / "json")

    def test_freescout_says_its_language_in_the_files_name(self, tmp_path):
        imported("freescout", tmp_path)

        assert "title: Installera" in (tmp_path / "sv/start/install.md").read_text()
        assert "> [!NOTE]\n> Needs PHP.\n\nThen [update](update.md)." in (tmp_path / "en/start/install.md").read_text()
        assert load_site(tmp_path)[0].name == "Example Support"

    def test_freescout_publishes_nothing_when_drafts_cannot_be_told_apart(self, tmp_path):
        mixed = json.loads((FIXTURES / "freescout/kb.en.json").read_text())
        mixed["categories"][0]["articles"][0]["status"] = 1
        (tmp_path / "kb.en.json").write_text(json.dumps(mixed))

        report = imported("freescout", tmp_path / "to", tmp_path / "kb.en.json")

        assert all(b"\ndraft: true\n" in content for path, content in files(tmp_path / "to").items() if path.endswith(".md"))
        assert "draft" in lost(report)
