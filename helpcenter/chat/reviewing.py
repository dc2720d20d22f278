"""Review the bot files beyond what is plainly wrong: manners, tests that are missing, rules that stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from helpcenter.chat.manners import check_manners, check_same_texts
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import FileRead
from helpcenter.chat.rules import read_files


def review(folder: Path, languages: Sequence[str]) -> Iterator[RuleProblem]:
    """Yield the warnings about the bot files under *folder*; what is plainly wrong, `load_rules` has told."""
    files = files_of(folder, languages)
    for of_lang in files.values():
        yield from check_manners(of_lang)
    yield from check_same_texts(files, languages)


def files_of(folder: Path, languages: Sequence[str]) -> dict[str, list[FileRead]]:
    """Return the readable files of each language that has any."""
    files = {lang: read_files(sorted((folder / lang).glob("**/*.yaml")), folder, []) for lang in languages}
    return {lang: of_lang for lang, of_lang in files.items() if of_lang}
