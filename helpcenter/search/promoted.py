"""Answers that editors put above the hits, and queries that lead straight to a page: promoted.yaml.

Queries are compared by their keys, so any form of a word, any order and any spelling without diacritics counts as the
same query. See docs/search.md for the file.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from helpcenter.content.hardened_yaml import Document, Place, YamlRefused, load
from helpcenter.content.problems import ERROR, Problem, nearest
from helpcenter.language.analysis import analyse
from helpcenter.language.cleaning import TextRefused, clean_text

__all__ = ["PROMOTED_FILE", "Promoted", "Promotions", "load_promotions"]

PROMOTED_FILE = "promoted.yaml"
CODE = "promoted"
MAX_BYTES = 512 * 1024
MOST_ROWS = 1_000
MOST_PHRASES = 200
LONGEST_PHRASE = 100
LONGEST_NOTE = 300
MOST_ANSWERS = 2
MOST_WORDS = 120
PAGES = ("home", "contact", "chat")
SECTION, ARTICLE = "section/", "article/"

READ_CHARACTERS = 1_000


class Keys(NamedTuple):
    """The words of a query: those with a topic (all of them when none has), and all."""

    topic: frozenset[str]
    every: frozenset[str]

    def asks(self, phrase: "Keys") -> bool:
        """Return whether this query is *phrase*, give or take words without a topic that *phrase* has not."""
        return self.topic == phrase.topic and phrase.every <= self.every

    def holds(self, phrase: "Keys") -> bool:
        """Return whether all words of *phrase* are in this query."""
        return phrase.every <= self.every


@dataclass(frozen=True)
class Promoted:
    """An article to be shown above the hits, with the editor's note by language."""

    article: str
    note: Mapping[str, str] = field(default_factory=dict)


class Promotions:
    """What promoted.yaml says, compiled: which queries get an answer above the hits, and which lead elsewhere."""

    def __init__(self, payload: Mapping[str, Any] | None = None) -> None:
        # Language and words with a topic -> all words, and what they stand for.
        self.whole: dict[tuple[str, frozenset[str]], list[tuple[Keys, Promoted]]] = {}
        self.within: dict[str, list[tuple[Keys, Promoted]]] = {}
        self.targets: dict[tuple[str, frozenset[str]], list[tuple[Keys, str]]] = {}
        for row in (payload or {}).get("promoted", ()):
            promoted = Promoted(row["article"], row["note"])
            for lang, phrase in phrases(row["queries"]):
                wanted = keys_of(phrase, lang)
                self.whole.setdefault((lang, wanted.topic), []).append((wanted, promoted))
            for lang, phrase in phrases(row["keywords"]):
                self.within.setdefault(lang, []).append((keys_of(phrase, lang), promoted))
        for row in (payload or {}).get("redirects", ()):
            for lang, phrase in phrases(row["queries"]):
                wanted = keys_of(phrase, lang)
                self.targets.setdefault((lang, wanted.topic), []).append((wanted, row["to"]))

    def answers(self, text: str, lang: str) -> list[Promoted]:
        """Return the answers to put above the hits of *text*: those for the whole query first."""
        asked = keys_of(text, lang)
        found = [promoted for wanted, promoted in self.whole.get((lang, asked.topic), ()) if asked.asks(wanted)]
        found += [promoted for wanted, promoted in self.within.get(lang, ()) if asked.holds(wanted)]
        return list({promoted.article: promoted for promoted in reversed(found)}.values())[::-1][:MOST_ANSWERS]

    def target(self, text: str, lang: str) -> str | None:
        """Return where the query *text* leads, as the file names it, or None."""
        asked = keys_of(text, lang)
        return next((target for wanted, target in self.targets.get((lang, asked.topic), ()) if asked.asks(wanted)), None)


def phrases(by_language: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield language and phrase of every phrase."""
    for lang, texts in by_language.items():
        for text in texts:
            yield lang, text


def keys_of(text: str, lang: str) -> Keys:
    """Return the keys by which two queries are the same.

    >>> keys_of("my invoices", "en").asks(keys_of("Invoice!", "en")), keys_of("pay", "en").asks(keys_of("cannot pay", "en"))
    (True, False)
    """
    tokens = analyse(text[:READ_CHARACTERS], lang, limit=MOST_WORDS)
    every = frozenset(token.key for token in tokens)
    return Keys(frozenset(token.key for token in tokens if not token.stop) or every, every)


def load_promotions(
    folder: Path, languages: Collection[str], *, articles: Collection[str], sections: Collection[str]
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return what promoted.yaml in *folder* says, ready to be published, and its problems.

    A row with a problem is left out. None when the file cannot be read at all: then what was published before stays.
    """
    path = folder / PROMOTED_FILE
    if not path.is_file():
        return {"promoted": [], "redirects": []}, []
    try:
        if path.stat().st_size > MAX_BYTES:
            raise YamlRefused(1, f"The file has more than {MAX_BYTES // 1024} KB.")
        document = load(path.read_text("utf-8-sig"))
    except YamlRefused as refused:
        return None, [problem(refused.line, refused.message)]
    except (OSError, UnicodeDecodeError) as error:
        return None, [problem(1, f"The file cannot be read as UTF-8 text: {error}.")]
    reader = _Reader(document, languages, articles, sections)
    return reader.read(), sorted(reader.problems)


def problem(line: int, message: str) -> Problem:
    """Return what is wrong on a *line* of promoted.yaml."""
    return Problem(PROMOTED_FILE, line, CODE, ERROR, message)


class _Refused(ValueError):
    """A row that cannot be used, with the place that is to blame."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class _Reader:
    """Reads one promoted.yaml row by row, noting what is wrong."""

    def __init__(self, document: Document, languages: Collection[str], articles: Collection[str], sections: Collection[str]) -> None:
        self.document = document
        self.languages, self.articles, self.sections = languages, articles, sections
        self.problems: list[Problem] = []
        self.taken: dict[tuple[str, frozenset[str]], int] = {}
        self.hosts: list[str] = []

    def read(self) -> dict[str, list]:
        """Return the rows that can be used."""
        payload: dict[str, list] = {"promoted": [], "redirects": []}
        top = self.document.value if self.document.value is not None else {}
        if not isinstance(top, dict):
            self.note((), "The file needs the keys promoted and redirects, each with a list.")
            return payload
        for name in top:
            if name not in ("promoted", "redirects", "hosts"):
                self.note((name,), f"There is no key {name[:60]}.{nearest(name, ('promoted', 'redirects', 'hosts'))}")
        try:
            self.hosts = self.strings(("hosts",), top.get("hosts") or [])
        except _Refused as refused:
            self.note(refused.place, str(refused))
        for name, read_row in (("promoted", self.answer), ("redirects", self.redirect)):
            payload[name] = [row for row in self.rows(name, top.get(name) or [], read_row) if row is not None]
        return payload

    def rows(self, name: str, given: Any, read_row: Any) -> Iterator[dict | None]:
        """Yield each row of the list *name*, None for one that cannot be used."""
        if not isinstance(given, list) or len(given) > MOST_ROWS:
            self.note((name,), f"{name} must be a list of at most {MOST_ROWS} rows.")
            return
        for number, row in enumerate(given):
            try:
                yield read_row((name, number), row)
            except _Refused as refused:
                self.note(refused.place, str(refused))
                yield None

    def answer(self, place: Place, row: Any) -> dict:
        """Return a row of promoted. Raises _Refused."""
        self.check_keys(place, row, ("article", "queries", "keywords", "note"))
        article = row.get("article")
        self.check_article((*place, "article"), article)
        queries = self.by_language((*place, "queries"), row.get("queries"))
        keywords = self.by_language((*place, "keywords"), row.get("keywords"))
        if not queries and not keywords:
            raise _Refused(place, "queries or keywords are missing, for example {en: [late fee]}.")
        self.claim((*place, "queries"), queries)
        return {"article": article, "queries": queries, "keywords": keywords, "note": self.texts((*place, "note"), row.get("note"))}

    def redirect(self, place: Place, row: Any) -> dict:
        """Return a row of redirects. Raises _Refused."""
        self.check_keys(place, row, ("to", "queries"))
        self.check_target((*place, "to"), row.get("to"))
        queries = self.by_language((*place, "queries"), row.get("queries"))
        if not queries:
            raise _Refused(place, "queries are missing, for example {en: [contact us]}.")
        self.claim((*place, "queries"), queries)
        return {"to": row["to"], "queries": queries}

    def check_keys(self, place: Place, row: Any, known: Sequence[str]) -> None:
        """Raise _Refused when *row* is no mapping or has a key that is not among *known*."""
        if not isinstance(row, dict):
            raise _Refused(place, f"A row with {' and '.join(known[:2])} is expected.")
        for name in row:
            if name not in known:
                raise _Refused((*place, name), f"There is no key {name[:60]}; a row has {', '.join(known)}.{nearest(name, known)}")

    def check_article(self, place: Place, article: Any) -> None:
        """Raise _Refused when there is no such article."""
        if not isinstance(article, str) or article not in self.articles:
            raise _Refused(place, f"There is no article {str(article)[:80]}.{nearest(str(article), self.articles)}")

    def check_target(self, place: Place, target: Any) -> None:
        """Raise _Refused when *target* is no page of ours and no address on a listed host."""
        if not isinstance(target, str):
            raise _Refused(place, f"to is missing: {', '.join(PAGES)}, {SECTION}<key>, {ARTICLE}<key> or an https address on one of hosts.")
        if target.startswith(ARTICLE):
            self.check_article(place, target.removeprefix(ARTICLE))
        elif target.startswith(SECTION):
            key = target.removeprefix(SECTION)
            if key not in self.sections:
                raise _Refused(place, f"There is no section {key[:80]}.{nearest(key, self.sections)}")
        elif ":" in target or target.startswith("/"):
            if not is_allowed(target, self.hosts):
                raise _Refused(place, f"{target[:80]} leads away from here; only https addresses on a host that hosts lists are allowed.")
        elif target not in PAGES:
            raise _Refused(place, f"There is no page {target[:60]}.{nearest(target, PAGES)}")

    def by_language(self, place: Place, given: Any) -> dict[str, list[str]]:
        """Return phrases by language. Raises _Refused."""
        found = {}
        for lang, texts in self.mapping(place, given).items():
            found[lang] = self.strings((*place, lang), texts)
            for text in found[lang]:
                if not keys_of(text, lang).every:
                    raise _Refused((*place, lang), f"{text[:60]!r} has no word.")
        return found

    def texts(self, place: Place, given: Any) -> dict[str, str]:
        """Return a text by language. Raises _Refused."""
        return {lang: self.text((*place, lang), text, LONGEST_NOTE) for lang, text in self.mapping(place, given).items()}

    def mapping(self, place: Place, given: Any) -> dict[str, Any]:
        """Return *given* by language. Raises _Refused for a language that the site has not."""
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise _Refused(place, f"{place[-1]} are given by language: {{{next(iter(self.languages), 'en')}: …}}.")
        for lang in given:
            if lang not in self.languages:
                raise _Refused((*place, lang), f"The site has no language {lang[:35]}; it has {', '.join(self.languages)}.")
        return given

    def strings(self, place: Place, given: Any) -> list[str]:
        """Return a list of texts. Raises _Refused."""
        if not isinstance(given, list) or len(given) > MOST_PHRASES:
            raise _Refused(place, f"A list of at most {MOST_PHRASES} is expected, in brackets.")
        return [self.text(place, text, LONGEST_PHRASE) for text in given]

    def text(self, place: Place, given: Any, limit: int) -> str:
        """Return one text, cleaned. Raises _Refused."""
        try:
            text = clean_text(given, limit=limit, lines=False)
        except TextRefused as refused:
            raise _Refused(place, f"{refused}.") from None
        if not text:
            raise _Refused(place, "A text is empty.")
        return text

    def claim(self, place: Place, queries: Mapping[str, list[str]]) -> None:
        """Note *queries* as taken. Raises _Refused for one that stands in the file already."""
        for lang, text in phrases(queries):
            name, line = (lang, keys_of(text, lang).every), self.document.line_of((*place, lang))
            if name in self.taken:
                raise _Refused((*place, lang), f"The query {text!r} ({lang}) stands on line {self.taken[name]} already.")
            self.taken[name] = line

    def note(self, place: Place, message: str) -> None:
        """Note what is wrong at *place*."""
        self.problems.append(problem(self.document.line_of(place), message))


def is_allowed(address: str, hosts: Collection[str]) -> bool:
    """Return whether *address* is an https address on one of *hosts*, without a name or port in it.

    >>> is_allowed("https://status.example/now", ["status.example"]), is_allowed("https://status.example@evil.example", ["status.example"])
    (True, False)
    """
    if "\\" in address or any(character.isspace() for character in address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" and parts.netloc in hosts
