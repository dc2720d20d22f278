"""The editors' synonyms: one text file a language.

``invoice, bill, statement`` goes both ways, ``sim => sim card, esim`` one way;
``#`` starts a comment.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpcenter.language.analysis import analyse

__all__ = ["PlainSynonyms", "SynonymProblem", "compile_synonyms", "load_synonyms"]

ARROW = "=>"
MOST_LINES = 5_000
MOST_WORDS = 3
LONGEST_LINE = 1_000

# As it is published: language -> [[words, [other words, ...]], ...]
PlainSynonyms = Mapping[str, list[list]]
Compiled = dict[str, dict[tuple[str, ...], list[tuple[str, ...]]]]


@dataclass(frozen=True)
class SynonymProblem:
    """What is wrong with one line."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def load_synonyms(folder: Path) -> tuple[dict[str, list[list]], list[SynonymProblem]]:
    """Return the synonyms under *folder* by language, and the problems of its files.

    A line with a problem is left out, the others count.
    """
    synonyms: dict[str, list[list]] = {}
    problems: list[SynonymProblem] = []
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        synonyms[path.stem] = read_file(path, problems)
    return synonyms, problems


def read_file(path: Path, problems: list[SynonymProblem]) -> list[list]:
    """Return the pairs of one file, and add what is wrong with it to *problems*."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(SynonymProblem(path, 1, f"cannot be read as UTF-8 text: {error}"))
        return []
    if len(lines) > MOST_LINES:
        problems.append(SynonymProblem(path, MOST_LINES + 1, f"only the first {MOST_LINES} lines count"))
    pairs: list[list] = []
    for number, line in enumerate(lines[:MOST_LINES], 1):
        line = unicodedata.normalize("NFC", line.partition("#")[0]).strip()
        if line:
            try:
                pairs.extend(read_line(line, path.stem))
            except ValueError as error:
                problems.append(SynonymProblem(path, number, str(error)))
    return pairs


def read_line(line: str, lang: str) -> list[list]:
    """Return the pairs of one line; raises ValueError that says what to change."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"the line is longer than {LONGEST_LINE} characters")
    if line.count(ARROW) > 1:
        raise ValueError(f"more than one {ARROW}; write two lines")
    left, arrow, right = line.partition(ARROW)
    sources, targets = (terms(side, lang) for side in (left, right))
    if arrow and not (sources and targets):
        raise ValueError(f"words are missing beside {ARROW}")
    if not arrow and len(sources) < 2:
        raise ValueError(f"a synonym needs a second word: 'a, b' or 'a {ARROW} b'")
    if arrow:
        return [[source, targets] for source in sources]
    return [[source, [other for other in sources if other != source]] for source in sources]


def terms(side: str, lang: str) -> list[str]:
    """Return the comma-separated terms of *side*; raises ValueError for one that cannot be searched."""
    found = [" ".join(term.split()) for term in side.split(",")]
    if side.strip() and not all(found):
        raise ValueError("nothing stands between two commas")
    for term in filter(None, found):
        words = analyse(term, lang)
        if not words:
            raise ValueError(f"{term!r} has no word")
        if len(words) > MOST_WORDS:
            raise ValueError(f"{term!r} has more than {MOST_WORDS} words")
    return list(dict.fromkeys(filter(None, found)))


def compile_synonyms(synonyms: PlainSynonyms) -> Compiled:
    """Return *synonyms* by their keys, as queries are."""
    compiled: Compiled = {}
    for lang, pairs in synonyms.items():
        of_language = compiled.setdefault(lang, {})
        for source, others in pairs:
            known = of_language.setdefault(keys(source, lang), [])
            known.extend(each for other in others if (each := keys(other, lang)) not in known and each)
    return compiled


def keys(term: str, lang: str) -> tuple[str, ...]:
    """Return the keys of the words with a topic in *term*, of all words when none has."""
    tokens = analyse(term, lang)
    return tuple(token.key for token in tokens if not token.stop) or tuple(token.key for token in tokens)
