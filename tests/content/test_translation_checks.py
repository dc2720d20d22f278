"""Checks of translations: made from an older text, or written in another language."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from helpcenter.content.checks import check_folder, check_library
from helpcenter.content.folder import ArticleFile
from helpcenter.content.problems import INFO, WARNING, Problem
from helpcenter.content.reader import read_article
from helpcenter.content.translation_checks import FEWEST_WORDS, foreign_language, pieces_of
from tests.content.folders import ROOT, shared, write

SITE = "languages: [en, lv, pl, sv, kk]\n"
ENGLISH = "Open the page of your invoices, choose the one that you want to pay, and press the button below it. You get a letter when we have your money."
LATVIAN = "Atveriet savu rēķinu lapu, izvēlieties rēķinu, kuru gribat apmaksāt, un nospiediet pogu zem tā. Kad nauda ir saņemta, jums tiek nosūtīta vēstule."


def found(folder: Path, code: str) -> list[Problem]:
    """Return the problems with *code*."""
    return [problem for problem in check_folder(folder) if problem.code == code]


def source(words: str = "By card.", significance: str = "medium") -> str:
    """Return the source of a translation."""
    return f"---\ntitle: Pay\nsignificance: {significance}\n---\n{words}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a translation that fits its source."""
    write(tmp_path, {"site.yaml": SITE, "en/pay.md": source()})
    text_hash = read_article(ArticleFile("en/pay.md", "en", "en"), tmp_path).text_hash
    return write(tmp_path, {"lv/pay.md": f"---\ntitle: Maksāt\nsource_hash: {text_hash[:10]}\n---\nAr karti.\n"})


class TestStaleTranslations:
    def test_one_that_fits_is_fine(self, folder: Path) -> None:
        assert found(folder, "stale-translation") == []

    @pytest.mark.parametrize(("significance", "severity"), [("typo", INFO), ("medium", WARNING), ("major", WARNING)])
    def test_one_made_from_another_text_is_named_with_what_to_do(self, folder: Path, significance: str, severity: str) -> None:
        write(folder, {"en/pay.md": source("By card or phone.", significance)})
        (problem,) = found(folder, "stale-translation")

        assert (problem.path, problem.line, problem.severity) == ("lv/pay.md", 3, severity)
        assert problem.message == (
            f"en/pay.md has changed since this translation was made (significance: {significance});"
            " read both, then run `helpcenter translations accept lv pay`."
        )

    def test_a_draft_that_is_being_translated_is_told_too(self, folder: Path) -> None:
        write(folder, {"en/pay.md": source("By card or phone.")})
        text = (folder / "lv/pay.md").read_text()
        write(folder, {"lv/pay.md": text.replace("title", "draft: true\ntitle")})

        assert len(found(folder, "stale-translation")) == 1

    def test_without_a_source_or_without_a_hash_there_is_nothing_to_say(self, folder: Path) -> None:
        write(folder, {"en/pay.md": source().replace("title", "draft: true\ntitle"), "pl/pay.md": "# Płać\n"})

        assert found(folder, "stale-translation") == []

    def test_a_translation_of_another_translation_is_fine(self, folder: Path) -> None:
        latvian = read_article(ArticleFile("lv/pay.md", "lv", "lv"), folder).text_hash
        write(folder, {"pl/pay.md": f"---\ntitle: Płać\nsource_hash: {latvian}\n---\nKartą.\n"})

        assert found(folder, "stale-translation") == []


class TestLanguages:
    """Only a text that is mostly in another language is accused."""

    @pytest.mark.parametrize(
        ("name", "text", "accused"),
        [
            ("translated", LATVIAN, False),
            ("not translated", ENGLISH, True),
            ("mostly not", f"{LATVIAN}\n\n{ENGLISH}\n\n{ENGLISH}", True),
            ("mostly", f"{LATVIAN}\n\n{LATVIAN}\n\n{ENGLISH}", False),
            ("short", "Open the page and choose the invoice that you want to pay.", False),
            ("code", f"{LATVIAN}\n\n```\n" + f"{ENGLISH}\n" * 4 + "```\n", False),
            ("names", "- Microsoft Outlook\n- Google Chrome\n- Mozilla Firefox\n" * 20, False),
            ("code in lines", f"{LATVIAN} `{ENGLISH}`", False),
        ],
    )
    def test_what_is_accused(self, tmp_path: Path, name: str, text: str, accused: bool) -> None:
        write(tmp_path, {"site.yaml": SITE, "lv/pay.md": f"---\ntitle: Maksāt\n---\n{text}\n"})
        problems = found(tmp_path, "language-mismatch")

        assert bool(problems) == accused
        if accused:
            assert problems[0].message == "Most of the text is not in lv, the language of its folder; it reads like en."
            assert (problems[0].severity, problems[0].line) == (WARNING, 4)

    def test_a_draft_may_still_be_in_the_language_of_its_source(self, tmp_path: Path) -> None:
        write(tmp_path, {"site.yaml": SITE, "lv/pay.md": f"---\ntitle: Maksāt\ndraft: true\n---\n{ENGLISH}\n\n{ENGLISH}\n"})

        assert found(tmp_path, "language-mismatch") == []

    def test_english_is_seen_where_the_site_has_none(self, tmp_path: Path) -> None:
        write(tmp_path, {"site.yaml": "languages: [lv]\n", "lv/pay.md": f"# Maksāt\n\n{ENGLISH}\n"})

        assert len(found(tmp_path, "language-mismatch")) == 1

    @pytest.mark.parametrize("name", ["articles", "helpcenter-projectops"])
    def test_real_articles_are_accused_exactly_where_they_stand_in_the_wrong_folder(self, tmp_path: Path, name: str) -> None:
        if name == "articles":
            folder, wanted = ROOT / name, set()
        else:
            folder = tmp_path
            for lang in ("en", "kk", "lv", "pl", "sv"):
                shutil.copytree(shared(name) / lang / "sales", folder / lang / "sales")
                shutil.copy(shared(name) / lang / "ThirdPartyNotices.md", folder / lang)
            # These are in English in every folder.
            wanted = {f"{lang}/ThirdPartyNotices.md" for lang in ("kk", "lv", "pl", "sv")}
        checked = check_library(folder)
        languages = checked.site.languages
        accused = {each.source.path for each in checked.compiled if foreign_language(each, languages)}
        assert accused == wanted
        swapped = seen = 0
        for number, each in enumerate(one for one in checked.compiled if one.source.path not in accused):
            if sum(map(len, pieces_of(each))) >= FEWEST_WORDS:
                elsewhere = next(lang for lang in languages[number % 5 :] + languages if lang != each.source.lang)
                wrong = replace(each, source=replace(each.source, file=replace(each.source.file, lang=elsewhere)))
                swapped += 1
                seen += foreign_language(wrong, languages) == each.source.lang

        assert swapped >= 90
        assert seen >= 0.99 * swapped
