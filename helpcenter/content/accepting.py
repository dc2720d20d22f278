"""Accepting a translation: its file says which text of the source it was made from, in one line of front matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpcenter.content.folder import list_articles, read_bytes
from helpcenter.content.problems import BrokenFile, nearest
from helpcenter.content.reader import FENCE, FENCE_END, ArticleSource, read_article
from helpcenter.content.restoring import replace_file
from helpcenter.content.site import Site, load_site
from helpcenter.content.translations import source_language

# So many digits of a hash are written: nobody meets another text with the same ones.
DIGITS = 16
OWN_LINE = re.compile(r"^source_hash:[ \t]*(?:[\"']?[0-9A-Fa-f]*[\"']?)?(?P<rest>[ \t]*(?:#.*)?)$", re.MULTILINE)
UTF8_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class NotAccepted(Exception):
    """Why a translation cannot be accepted; the message says what to change."""


@dataclass(frozen=True)
class Accepted:
    """A translation whose file names its source now."""

    path: str
    source_path: str
    source_hash: str
    changed: bool


def accept(folder: Path, lang: str, keys: Sequence[str]) -> list[Accepted]:
    """Write into the translations of *keys* into *lang* that they fit their sources as they are now.

    Raises NotAccepted, and then nothing is written; FolderRefused when *folder* cannot be read.
    """
    site, _ = load_site(folder)
    root = folder.resolve()
    if lang not in site.languages:
        raise NotAccepted(f"The site has no language {lang}; it has {', '.join(site.languages)}.")
    articles = read_articles(root, site)
    done, contents = [], {}
    for key in keys:
        translation, source = pair(site, lang, key, articles)
        given = translation.front.source_hash
        # What is there may be as good: the beginning of the same hash.
        changed = not (given and source.text_hash.startswith(given))
        if changed:
            contents[translation.path] = with_source_hash(translation, root, source.text_hash[:DIGITS])
        done.append(Accepted(translation.path, source.path, source.text_hash[:DIGITS] if changed else given, changed))
    for path, content in contents.items():
        replace_file(root, path, content)
    return done


def read_articles(root: Path, site: Site) -> dict[str, dict[str, ArticleSource]]:
    """Return the articles of *root* by key and language; broken files are none."""
    found: dict[str, dict[str, ArticleSource]] = defaultdict(dict)
    for file in list_articles(root, site).files:
        try:
            source = read_article(file, root)
        except BrokenFile:
            continue
        found[source.key].setdefault(source.lang, source)
    return found


def pair(site: Site, lang: str, key: str, articles: dict[str, dict[str, ArticleSource]]) -> tuple[ArticleSource, ArticleSource]:
    """Return the translation of *key* into *lang* and its source. Raises NotAccepted."""
    by_lang = articles.get(key, {})
    if lang not in by_lang:
        known = [other for other, by_lang in articles.items() if lang in by_lang]
        raise NotAccepted(f"There is no article {key} in {lang}.{nearest(key, known)}")
    # A draft is nobody's source, but may be a translation that is ready.
    public = {code for code, source in by_lang.items() if code == lang or not source.front.draft}
    code = source_language(site, public) or lang
    if code == lang:
        raise NotAccepted(f"{by_lang[lang].path} is the source itself; there is nothing that it was translated from.")
    return by_lang[lang], by_lang[code]


def with_source_hash(article: ArticleSource, root: Path, wanted: str) -> bytes:
    """Return the file of *article* with `source_hash: wanted` and nothing else changed. Raises NotAccepted."""
    changed = insert_line(read_bytes(root, article.path).decode("utf-8"), wanted).encode("utf-8")
    try:
        after = read_article(article.file, root, changed)
    except BrokenFile:
        after = None
    same = after and {**after.front.values, "source_hash": ""} == {**article.front.values, "source_hash": ""}
    if not same or after.front.source_hash != wanted or after.markdown != article.markdown:
        raise NotAccepted(f"{article.path}: the front matter is written in a way of its own; add `source_hash: {wanted}` to it yourself.")
    return changed


def insert_line(text: str, wanted: str) -> str:
    """Return the text of a file with `source_hash` in its front matter: in its own place, else as the last line.

    >>> insert_line("---\\ntitle: Pay\\n---\\nBy card.\\n", "0123abcd")
    '---\\ntitle: Pay\\nsource_hash: 0123abcd\\n---\\nBy card.\\n'
    """
    mark, text = (UTF8_MARK, text[1:]) if text.startswith(UTF8_MARK) else ("", text)
    end = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n") if end == "\r\n" else text
    line = f"source_hash: {wanted}"
    opening = FENCE.match(text)
    closing = FENCE_END.search(text, opening.end()) if opening else None
    if closing is None:
        text = f"---\n{line}\n---\n{text}"
    else:
        front = text[opening.end() : closing.start()]
        own = OWN_LINE.search(front)
        front = f"{front[: own.start()]}{line}{own['rest']}{front[own.end() :]}" if own else f"{front}{line}\n"
        text = text[: opening.end()] + front + text[closing.start() :]
    return mark + text.replace("\n", end)
