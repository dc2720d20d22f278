"""Old addresses that editors list in redirects.yaml, mostly those of an earlier help center, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from helpcenter.content.catalogue import PUBLISHED, Catalogue
from helpcenter.content.hardened_yaml import Document, YamlRefused, load
from helpcenter.content.models import PathRedirect
from helpcenter.content.problems import ERROR, WARNING, Problem, nearest

REDIRECTS_FILE = "redirects.yaml"
KEY = "redirects"
GONE = "gone"
MAX_BYTES = 4 * 1024 * 1024
MOST_REDIRECTS = 20_000
LONGEST_PATH = 500
LONGEST_TARGET = 1_000
MOST_PARTS = 12
MOST_PARAMETERS = 8
ROWS_AT_ONCE = 200
# Addresses of the program itself, which no redirect can have.
OURS = frozenset({"api", "assets", "static", "staff", "theme", "widget", "requests", "healthz", "readyz", "metrics"})



@dataclass
class Redirects:
    """What redirects.yaml says: where each old address leads; None when the file cannot be read, and the last one stays."""

    targets: dict[str, str] | None = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Places:
    """What is on the site: the keys of its articles, whether a path of the site leads to something, and its languages."""

    keys: Collection[str]
    has_page: Callable[[str], bool]
    languages: Collection[str]


def places_of(catalogue: Catalogue, sections: Collection[str]) -> Places:
    """Return what is on the site of *catalogue*."""

    def has_page(path: str) -> bool:
        first, _, rest = path.strip("/").partition("/")
        section = rest.removeprefix("sections/") if first in catalogue.site.languages else rest
        return section != rest and section in sections or catalogue.published(path, catalogue.site.default_language) is not None

    return Places({entry.key for entry in catalogue.by_path.values()}, has_page, catalogue.site.languages)


def plain_address(text: str) -> str | None:
    """Return the path, and the query in order, of an address as it is compared; None for what is none.

    >>> plain_address("https://old.example/hc/en%2Dus/1-find/?b=2&a=1#top")
    '/hc/en-us/1-find?a=1&b=2'
    """
    try:
        parts = urlsplit(text.strip())
        query = sorted(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return None
    path = plain_path(parts.path)
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(letter) < 32 for letter in text):
        return None
    return f"{path}?{urlencode(query)}" if query else path


def plain_path(path: str) -> str:
    """Return *path* written in one way: unquoted, without a slash at the end."""
    return unquote(path).rstrip("/") or "/"


def asked_addresses(path: str, query: str) -> list[str]:
    """Return the old addresses that a request for *path* and *query* may mean, the most exact first."""
    plain = plain_path(path)
    whole = plain_address(f"{quote(plain)}?{query}") if query else None
    # Campaigns and readers add parameters of their own to what an old address had.
    given = whole.partition("?")[2].split("&")[:MOST_PARAMETERS] if whole else []
    some = [f"{plain}?{'&'.join(kept)}" for count in (2, 1) for kept in combinations(given, count)]
    parts = plain.split("/")[1:][:MOST_PARTS]
    above = ["/" + "/".join(parts[:count]) + "/*" for count in range(len(parts), 0, -1)]
    found = [whole, *some, plain, *above]
    return [each for each in dict.fromkeys(found) if each and len(each) <= LONGEST_PATH]


def load_redirects(folder: Path, places: Places) -> Redirects:
    """Return what redirects.yaml in *folder* says. A line with a problem is left out, or led as far as it goes."""
    path = folder / REDIRECTS_FILE
    if not path.exists() and not path.is_symlink():
        return Redirects()
    try:
        document = load(read_file(path, folder), most_nodes=2 * MOST_REDIRECTS + 10)
        rows = rows_of(document)
    except YamlRefused as refused:
        return Redirects(None, [problem(refused.line, "bad-redirects", refused.message)])
    return _Reader(document, rows, places).read()


def read_file(path: Path, folder: Path) -> str:
    """Return the text of the file. Raises YamlRefused."""
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()) or not path.is_file():
            raise YamlRefused(1, "It is not a file of the content folder; copy it there.")
        if path.stat().st_size > MAX_BYTES:
            raise YamlRefused(1, f"The file has more than {MAX_BYTES // 1024} KB.")
        return path.read_text("utf-8-sig")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise YamlRefused(1, f"The file cannot be read as UTF-8 text: {error}.") from error


def rows_of(document: Document) -> Mapping[str, Any]:
    """Return the mapping below `redirects`. Raises YamlRefused."""
    value = document.value if document.value is not None else {}
    if not isinstance(value, dict):
        raise YamlRefused(1, "Expected the key redirects: with one line for each old address.")
    for name in value:
        if name != KEY:
            raise YamlRefused(document.line_of((name,)), f"There is no key {name[:60]}.{nearest(name, [KEY])}")
    rows = value.get(KEY) or {}
    if not isinstance(rows, dict):
        raise YamlRefused(document.line_of((KEY,)), "Expected one line for each old address: /old: where it leads.")
    if len(rows) > MOST_REDIRECTS:
        raise YamlRefused(document.line_of((KEY,)), f"There are more than {MOST_REDIRECTS} redirects.")
    return rows


def problem(line: int, code: str, message: str, severity: str = ERROR) -> Problem:
    """Return what is wrong on a *line* of redirects.yaml."""
    return Problem(REDIRECTS_FILE, line, code, severity, message)


class _Reader:
    """Reads redirects.yaml line by line, noting what is wrong."""

    def __init__(self, document: Document, rows: Mapping[str, Any], places: Places) -> None:
        self.document, self.rows, self.places = document, rows, places
        self.problems: list[Problem] = []
        self.targets: dict[str, str] = {}
        self.lines: dict[str, int] = {}

    def read(self) -> Redirects:
        """Return the lines that can be used."""
        for written, given in self.rows.items():
            line = self.document.line_of((KEY, written))
            path = self.old_address(written, line)
            target = self.target(given, line) if path else None
            if path and target:
                self.targets[path], self.lines[path] = target, line
        self.targets = self.ends()
        for path, line in self.lines.items():
            if path in self.targets:
                self.look_at(path, line)
        return Redirects(self.targets, sorted(set(self.problems)))

    def note(self, line: int, code: str, message: str, severity: str = ERROR) -> None:
        """Note what is wrong on *line*."""
        self.problems.append(problem(line, code, message, severity))

    def old_address(self, written: str, line: int) -> str | None:
        """Return the old address as it is compared, None for one that cannot be used."""
        shown = written[:80]
        path = plain_address(written)
        if path is None or path in ("/", "/*") or len(path) > LONGEST_PATH or ("*" in path and not path.endswith("/*")):
            message = f"{shown} is no old address; write a path such as /hc/articles/1, or /hc/* for all below it."
            self.note(line, "bad-redirect", message)
            return None
        if path in self.lines:
            self.note(line, "bad-redirect", f"{shown} stands here twice (first on line {self.lines[path]}); the first counts.")
            return None
        return path

    def target(self, given: Any, line: int) -> str | None:
        """Return where a line leads: `gone`, a key, a path of this site, or an https address."""
        text = given.strip() if isinstance(given, str) else ""
        if not text or len(text) > LONGEST_TARGET or any(ord(letter) < 32 for letter in text):
            self.note(line, "bad-redirect", "It leads nowhere; name an article's key, a path, an https address, or gone.")
            return None
        if text == GONE:
            return GONE
        if text.startswith("https://") and is_web_address(text):
            return text
        if "://" in text or text.startswith("//") or "\\" in text:
            self.note(line, "bad-redirect", f"{text[:80]} is no https address; redirects lead to https or to this site.")
            return None
        return text if text.startswith("/") else text.removesuffix(".md")

    def ends(self) -> dict[str, str]:
        """Return where each path leads in the end, so that nobody is sent twice, without those that lead to no end."""
        ends: dict[str, str | None] = {}
        for path in self.targets:
            way: dict[str, None] = {}
            place: str | None = path
            while place is not None and place not in way and place not in ends:
                way[place] = None
                place = self.after(self.targets[place])
            if place is None:
                end: str | None = self.targets[next(reversed(way))]
            else:
                end = ends.get(place)
            for each in reversed(way):
                ends[each] = end
        for path, end in ends.items():
            self.look_at_way(path, end)
        return {path: end for path, end in ends.items() if end is not None}

    def after(self, target: str) -> str | None:
        """Return the old address that answers for *target*, None when a page does."""
        if not target.startswith("/"):
            return None
        whole, _, query = target.partition("#")[0].partition("?")
        first = plain_path(whole).split("/")[1]
        if first in OURS:
            return None
        asked = asked_addresses(unquote(whole), query)
        # Below a language stand pages that only the web knows, such as those of tags.
        return next((each for each in asked if each in self.targets and not (first in self.places.languages and each.endswith("/*"))), None)

    def look_at_way(self, path: str, end: str | None) -> None:
        """Note that *path* leads to another old address, or to no end."""
        if end is None:
            self.note(self.lines[path], "redirect-loop", f"{path[:80]} leads to no end; name an article.")
        elif self.after(self.targets[path]) is not None:
            message = f"{path[:80]} leads to an old address; readers are sent straight on to {end[:80]}. Name that here."
            self.note(self.lines[path], "redirect-chain", message, WARNING)

    def look_at(self, path: str, line: int) -> None:
        """Note an old address that is one of today's, and a target that is not there."""
        first = path.partition("?")[0].split("/")[1]
        if first in OURS or self.places.has_page(path.partition("?")[0]):
            self.note(line, "redirect-shadow", f"{path[:80]} is an address of this site; readers get that page.", WARNING)
        target = self.targets[path]
        if target == GONE or target.startswith("https://"):
            return
        if target.startswith("/"):
            if PUBLISHED.match(target.partition("?")[0].partition("#")[0]) and not self.places.has_page(plain_path(urlsplit(target).path)):
                self.note(line, "broken-redirect", f"There is no article at {target[:80]}.")
        elif target not in self.places.keys:
            self.note(line, "broken-redirect", f"There is no article {target[:80]}.{nearest(target, self.places.keys)}")


def is_web_address(text: str) -> bool:
    """Return whether *text* is an address with a host and nothing that a browser reads in another way."""
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and "\\" not in text and " " not in text and not parts.username
    except ValueError:
        return False


def save_redirects(session: Session, targets: Mapping[str, str]) -> None:
    """Let the library's old addresses of other help centers be *targets*; writes only what differs."""
    published = published_redirects(session)
    left = [path for path, target in published.items() if targets.get(path) != target]
    for start in range(0, len(left), ROWS_AT_ONCE):
        session.execute(delete(PathRedirect).where(PathRedirect.path.in_(left[start : start + ROWS_AT_ONCE])))
    fresh = [{"path": path, "target": target} for path, target in targets.items() if published.get(path) != target]
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        session.execute(insert(PathRedirect), fresh[start : start + ROWS_AT_ONCE])


def published_redirects(session: Session) -> dict[str, str]:
    """Return where each published old address leads."""
    return dict(session.execute(select(PathRedirect.path, PathRedirect.target)).all())


def find_target(session: Session, path: str, query: str) -> str | None:
    """Return where the old address *path* with *query* leads, None when it is none."""
    asked = asked_addresses(path, query)
    rows = select(PathRedirect.path, PathRedirect.target).where(PathRedirect.path.in_(asked))
    found = dict(session.execute(rows).all())
    return next((found[address] for address in asked if address in found), None)
