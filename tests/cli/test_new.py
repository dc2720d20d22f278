"""`helpcenter new`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpcenter.cli import program
from helpcenter.content.checks import check_library
from helpcenter.content.problems import ERROR, WARNING, FolderRefused
from helpcenter.content.site import load_site


@pytest.fixture
def folder(environ: dict[str, str]) -> Path:
    """Return the content folder."""
    return Path(environ["HELPCENTER_ARTICLES"])


@pytest.fixture
def new(environ: dict[str, str]):
    """Return what runs `helpcenter new`."""

    def run(*arguments: str) -> Result:
        return CliRunner(env=environ).invoke(program, ["new", *arguments])

    return run


def complaints(environ: dict[str, str]) -> list[str]:
    """Return the errors and warnings of `helpcenter check`."""
    answer = CliRunner(env=environ).invoke(program, ["check", "--quiet"])
    return [line for line in answer.output.splitlines() if ": " in line]


def refused(answer: Result, said: str) -> None:
    """Check that the program ended with exit code 2 and one line that has *said*."""
    assert answer.exit_code == 2
    assert answer.output.startswith("helpcenter: ") and answer.output.count("\n") == 1
    assert said in answer.output


class TestArticle:
    def test_a_draft_is_made_that_no_check_complains_of(self, environ, folder, new):
        before = complaints(environ)
        answer = new("article", 'Pay: "by" card', "--section", "payments")

        assert (answer.exit_code, answer.output) == (0, "en/payments/pay-by-card.md\n")
        (made,) = (each for each in check_library(folder).compiled if each.source.path == "en/payments/pay-by-card.md")
        assert (made.source.title, made.source.front.draft, made.source.section) == ('Pay: "by" card', True, "payments")
        assert made.rendered.text == ""
        assert complaints(environ) == before

    @pytest.mark.parametrize(
        ("title", "lang", "path"),
        [
            ("Құпия сөзді өзгерту", "kk", "kk/qupiya-sozdi-ozgertu.md"),
            ("Rēķini un maksājumi", "lv", "lv/rekini-un-maksajumi.md"),
            ("Łódź żółć", "pl", "pl/lodz-zolc.md"),
            ("Så här gör du", "sv", "sv/sa-har-gor-du.md"),
        ],
    )
    def test_the_slug_is_the_title_in_latin_letters(self, folder, new, title, lang, path):
        answer = new("article", title, "--lang", lang)

        assert answer.output == f"{path}\n"
        assert (folder / path).exists()

    def test_nothing_is_overwritten(self, folder, new):
        new("article", "Pay by card")
        (folder / "en/pay-by-card.md").write_text("# Mine\n")
        refused(new("article", "Pay, by card!"), "en/pay-by-card.md")

        assert (folder / "en/pay-by-card.md").read_text() == "# Mine\n"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["Find an invoice", "--section", "other"], "is that of en/payments/find-an-invoice.md; give another with --slug."),
            (["Hello", "--lang", "xx"], "The site has no language 'xx'; it has en, lv, pl, sv, kk."),
            ([" \t"], "There is no text"),
            (["a" * 301], "This text cannot be used"),
        ],
    )
    def test_what_cannot_be_done_is_one_line(self, new, arguments, said):
        refused(new("article", *arguments), said)

    def test_a_folder_that_does_not_exist_is_refused(self, new):
        # `main` makes the one line of it, as of every refused folder.
        answer = new("article", "Hello", "--to", "/nowhere/at/all")

        assert isinstance(answer.exception, FolderRefused) and "does not exist" in str(answer.exception)

    def test_a_section_that_nobody_listed_is_named(self, new):
        assert "site.yaml has no section payment. Did you mean payments?" in new("article", "Hello", "--section", "payment").output

    @pytest.mark.parametrize("section", ["../../outside", "/etc", "a/../../b", "..%2f"])
    def test_no_file_is_made_outside_of_the_folder(self, folder, new, section):
        before = {path for path in folder.parent.rglob("*") if not path.is_relative_to(folder / "en")}
        new("article", "Hello", "--section", section)

        assert {path for path in folder.parent.rglob("*") if not path.is_relative_to(folder / "en")} == before

    def test_a_folder_that_leads_elsewhere_is_refused(self, folder, new, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        (folder / "en/away").symlink_to(tmp_path / "elsewhere")
        refused(new("article", "Hello", "--section", "away"), "leads out of the content folder")

        assert list((tmp_path / "elsewhere").iterdir()) == []


class TestTranslation:
    def test_a_copy_knows_its_source_and_is_a_draft(self, environ, folder, new):
        before = complaints(environ)
        answer = new("translation", "sv", "payments/find-an-invoice")

        assert answer.exit_code == 0
        assert answer.output.splitlines()[:3] == [
            "sv/payments/find-an-invoice.md",
            "Made from en/payments/find-an-invoice.md. To translate:",
            "  title: Find your invoices",
        ]
        assert "  heading: Download an invoice" in answer.output and "words of text" in answer.output
        by_path = {each.source.path: each.source for each in check_library(folder).compiled}
        made, source = by_path["sv/payments/find-an-invoice.md"], by_path["en/payments/find-an-invoice.md"]
        assert made.front.draft and made.key == source.key
        assert source.text_hash.startswith(made.front.source_hash) and len(made.front.source_hash) == 16
        assert (made.title, made.front.description, made.markdown) == (source.title, source.front.description, source.markdown)
        assert (made.front.redirect_from, made.front.updated) == ((), None)
        assert complaints(environ) == before

    def test_a_translated_draft_is_fresh_once_it_is_published(self, environ, folder, new):
        runner = CliRunner(env=environ)
        new("translation", "sv", "payments/find-an-invoice")
        file = folder / "sv/payments/find-an-invoice.md"
        file.write_text(file.read_text().replace("draft: true # Take this line out to publish.\n", "").replace("Find your invoices", "Fakturor"))
        runner.invoke(program, ["sync"])
        table = runner.invoke(program, ["translations", "--lang", "sv", "--only", "fresh"]).output

        assert [line.split()[0] for line in table.splitlines()[:2]] == ["Article", "payments/find-an-invoice"]

    def test_keys_of_their_own_are_taken_along(self, folder, new):
        (folder / "en/payments/other.md").write_text(
            "---\ntitle: Other\ntranslation_key: shared\norder: 7\ntags: [a, b]\nslug: elsewhere\n---\n## <a name='x'></a>Why **not**\n"
        )
        assert "  heading: Why not\n" in new("translation", "sv", "shared").output
        text = (folder / "sv/payments/other.md").read_text()

        assert "translation_key: shared\n" in text and "order: 7\n" in text and "slug" not in text

    @pytest.mark.parametrize(
        ("lang", "key", "said"),
        [
            ("lv", "payments/find-an-invoice", "There is a translation already: lv/payments/find-an-invoice.md."),
            ("en", "payments/find-an-invoice", "There is a translation already: en/payments/find-an-invoice.md."),
            ("sv", "payments/find-an-invoce", "Did you mean payments/find-an-invoice?"),
            ("xx", "payments/find-an-invoice", "has no language"),
        ],
    )
    def test_what_cannot_be_done_is_one_line(self, new, lang, key, said):
        refused(new("translation", lang, key), said)


class TestSection:
    def test_the_section_comes_last_and_the_rest_stays(self, environ, folder, new):
        before = (folder / "site.yaml").read_text()
        answer = new("section", "payments/cards", "Cards: all")

        assert answer.output == "site.yaml\nPut articles into en/payments/cards/.\n"
        site, problems = load_site(folder)
        assert not problems
        assert [section.key for section in site.sections] == ["payments", "internet", "payments/cards"]
        assert site.sections[-1].title == {"en": "Cards: all"}
        added = "  - key: payments/cards\n    title:\n      en: 'Cards: all'\n"
        assert (folder / "site.yaml").read_text().replace(added, "") == before

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name: A",
            "# A comment\nname: A\n",
            "sections:\n- key: a\n  title: {en: A}\n\n# the end\nname: A\n",
            "sections:   # in order\n    - {key: a}\n    # - {key: b}\nname: A\n",
            "name: A\nsections:\n",
            "sections:\n  - key: a\n    title:\n      en: >\n        Long\n\n        text\n",
        ],
    )
    def test_any_usual_form_of_the_file_is_kept(self, folder, new, text):
        (folder / "site.yaml").write_text(text) if text else (folder / "site.yaml").unlink()
        keys = [section.key for section in load_site(folder)[0].sections]
        answer = new("section", "new", "New")

        assert answer.exit_code == 0, answer.output
        site, problems = load_site(folder)
        assert not problems and [section.key for section in site.sections] == [*keys, "new"]
        assert all(line in (folder / "site.yaml").read_text().splitlines() for line in text.splitlines())

    @pytest.mark.parametrize("text", ["sections: [{key: a}]\n", "{sections: []}\n", "sections: {\n"])
    def test_a_form_of_its_own_is_left_alone(self, folder, new, text):
        (folder / "site.yaml").write_text(text)
        refused(new("section", "new", "New"), "add this to its sections yourself")

        assert (folder / "site.yaml").read_text() == text

    def test_a_section_that_exists_is_refused(self, new):
        refused(new("section", "payments", "Paying"), "There is a section payments already.")


class TestRule:
    def test_a_rule_is_valid_and_its_test_passes(self, environ, folder, new):
        answer = new(
            "rule", "router.restart", "Restart the router", "--article", "internet/restart-the-router",
            "--example", "how do i restart my router", "--example", "the router must be switched off and on",
            "--example", "reboot the router", "--example", "turn the modem off and on",
        )  # fmt: skip

        assert answer.exit_code == 0, answer.output
        assert answer.output.splitlines()[:2] == ["bot/en/router-restart.yaml", "tests/conversations/en/router-restart.yaml"]
        assert [line for line in complaints(environ) if "router-restart" in line or "router.restart" in line] == []

        (folder / "bot/en/router-restart.yaml").write_text("rules: []\n")

        assert any("CONVERSATION" in line for line in complaints(environ))

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["a.b", "Title"], "say what with --answer TEXT or --article KEY"),
            (["a.b", "Title", "--article", "internet/restart-the-ruter"], "Did you mean internet/restart-the-router?"),
            (["a\nb", "Title", "--answer", "Yes."], "intent: "),
            (["a.b", "Title", "--answer", "Yes.", "--lang", "xx"], "has no language"),
        ],
    )
    def test_what_cannot_be_done_is_one_line(self, folder, new, arguments, said):
        before = sorted(folder.rglob("*"))
        refused(new("rule", *arguments), said)

        assert sorted(folder.rglob("*")) == before

    def test_a_rule_that_exists_is_refused(self, new):
        assert new("rule", "a.b", "Title", "--answer", "Yes.").exit_code == 0
        refused(new("rule", "a.b", "Title", "--answer", "No."), "There is a rule a.b in en already.")


def test_nothing_made_is_a_warning_or_an_error(folder, new):
    new("article", "Pay by card")
    new("translation", "kk", "payments/find-an-invoice")
    new("section", "travel", "Travel")
    problems = check_library(folder).problems

    assert [problem for problem in problems if problem.severity in (ERROR, WARNING) and problem.path.startswith(("en/pay-by", "kk/"))] == []
