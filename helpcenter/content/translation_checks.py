"""Checks of translations, from the files alone: made from an older text, or not written in the language of their folder."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from helpcenter.content.compilation import Compiled
from helpcenter.content.plain_text import text_of
from helpcenter.content.problems import INFO, WARNING, Problem
from helpcenter.content.reader import ArticleSource
from helpcenter.content.site import Site
from helpcenter.content.translations import TYPO, source_language
from helpcenter.language.detect import detect

CODE = re.compile(r"<(pre|code|kbd)\b.*?</\1>", re.DOTALL)
# A line of fewer words may be names and menu items; an article of which fewer can be read is not judged at all.
FEWEST_IN_LINE = 6
FEWEST_WORDS = 24
# So much of the text has to be in another language. Measured with this and what is below on 688 articles in English, Latvian, Polish,
# Swedish and Kazakh: none accused wrongly in its own folder (4 rightly), and 1,312 of 1,312 seen in the folder of another language.
MOST_OF_IT = 0.5
# What is read of a long article: pieces from all over it.
MOST_PIECES = 8
WORDS_IN_PIECE = 20
# Half-done pages are mostly in this one, whether the site has it or not.
ENGLISH = "en"


def check_translation_age(sources: list[ArticleSource], site: Site) -> Iterator[Problem]:
    """Yield the translations whose `source_hash` is not that of their source as it is now."""
    by_key: dict[str, dict[str, ArticleSource]] = defaultdict(dict)
    for source in sources:
        by_key[source.key].setdefault(source.lang, source)
    for by_lang in by_key.values():
        code = source_language(site, {lang for lang, source in by_lang.items() if not source.front.draft})
        for lang, translation in by_lang.items():
            if code not in (None, lang) and is_older(translation, by_lang):
                yield stale_translation(translation, by_lang[code])


def is_older(translation: ArticleSource, by_lang: dict[str, ArticleSource]) -> bool:
    """Return whether *translation* says that it was made from a text that no other language has now."""
    made_from = translation.front.source_hash
    others = (source for lang, source in by_lang.items() if lang != translation.lang)
    return bool(made_from) and not any(source.text_hash.startswith(made_from) for source in others)


def stale_translation(translation: ArticleSource, source: ArticleSource) -> Problem:
    """Return what is said of a translation that is older than *source*."""
    significance = source.front.significance
    message = (
        f"{source.path} has changed since this translation was made (significance: {significance});"
        f" read both, then run `helpcenter translations accept {translation.lang} {translation.key}`."
    )
    severity = INFO if significance == TYPO else WARNING
    return Problem(translation.path, translation.front.lines["source_hash"], "stale-translation", severity, message)


def check_languages(compiled: list[Compiled], site: Site) -> Iterator[Problem]:
    """Yield the articles that are mostly not written in the language of their folder; short ones and drafts are believed."""
    for each in compiled:
        source = each.source
        if source.front.draft:
            continue
        other = foreign_language(each, list(dict.fromkeys([*site.languages, ENGLISH])))
        if other:
            message = f"Most of the text is not in {source.lang}, the language of its folder; it reads like {other}."
            yield Problem(source.path, source.body_line, "language-mismatch", WARNING, message)


def foreign_language(each: Compiled, languages: list[str]) -> str | None:
    """Return which of *languages* most of the article is in when that is not its own, else None."""
    words: Counter[str] = Counter()
    for piece in pieces_of(each):
        words[detect(" ".join(piece), languages, each.source.lang)] += len(piece)
    total = words.total()
    own = words.pop(each.source.lang, 0)
    return words.most_common(1)[0][0] if total >= FEWEST_WORDS and total - own >= MOST_OF_IT * total else None


def pieces_of(each: Compiled) -> list[list[str]]:
    """Return some pieces from all over the article as words: parts of long lines, without code."""
    text, _headings = text_of(CODE.sub(" ", each.rendered.html))
    lines = (line.split() for line in (each.source.title, each.source.front.description, *text.split("\n")))
    pieces = [line[start : start + WORDS_IN_PIECE] for line in lines for start in range(0, len(line), WORDS_IN_PIECE)]
    long = [piece for piece in pieces if len(piece) >= FEWEST_IN_LINE]
    return long[:: max(1, -(-len(long) // MOST_PIECES))]
