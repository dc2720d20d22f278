"""What to read next: the editor's choice first, then what shares words and what readers went on to."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from helpcenter.content.models import Article
from helpcenter.content.outline import Outline, Summary
from helpcenter.search.engine import Hit, SearchEngine

MOST_RELATED = 4
HITS = 12
MOST_HEADINGS = 8
# A hit shares enough words when it scores this share of what the article itself scores for them.
ALIKE = 0.25
# So many readers who went on make a candidate of an article that shares no words.
FEWEST_READERS = 3
# With so many readers, having been read next counts half of its whole weight.
HALF_SURE = 5


@dataclass(frozen=True)
class Related:
    """An article to read next, and why: `chosen` by an editor, else by its share of words and by its readers."""

    key: str
    chosen: bool = False
    words: float = 0.0
    readers: int = 0

    @property
    def score(self) -> float:
        """How much speaks for it: up to 1 for words, up to 1 for readers."""
        return self.words + self.readers / (self.readers + HALF_SURE)

    @property
    def why(self) -> str:
        """The reason in a few words."""
        return "chosen by the editor" if self.chosen else f"shared words {self.words:.2f}, read next by {self.readers}"


def related_to(shown: Article, outline: Outline, engine: SearchEngine, readers: Mapping[str, int]) -> list[Related]:
    """Return what to read after *shown*, the best first; *readers* says how many went on to which article.

    Articles in the reader's language come before those that stand in for a translation. At most twice as many are
    returned as are shown, so that the list stays full when one expires.
    """
    chosen = [Related(article.key, chosen=True) for name in shown.related if (article := outline.named(plain(name, shown)))]
    alike = shared_words(shown, engine)
    candidates = alike.keys() | {key for key, times in readers.items() if times >= FEWEST_READERS}
    found = [Related(key, words=alike.get(key, 0.0), readers=readers.get(key, 0)) for key in candidates if key in outline.by_key]
    found.sort(key=lambda one: (outline.by_key[one.key].lang != outline.lang, -one.score, one.key))
    by_key = {one.key: one for one in reversed([*chosen, *found]) if one.key != shown.key}
    order = dict.fromkeys(one.key for one in [*chosen, *found] if one.key != shown.key)
    return [by_key[key] for key in order][: 2 * MOST_RELATED]


def plain(name: str, shown: Article) -> str:
    """Return *name* without `..`, when an editor wrote a path from the article's own folder."""
    if not name.startswith("."):
        return name
    return posixpath.normpath(posixpath.join(posixpath.dirname(shown.key), name)).lstrip("./")


def shared_words(shown: Article, engine: SearchEngine) -> dict[str, float]:
    """Return the articles that the index finds for the title, keywords and headings of *shown*, each with its share.

    The share is the hit's score as part of the score that the article itself has for its own words.
    """
    headings = [str(heading["text"]) for heading in shown.headings if heading["level"] == 2]
    text = " ".join([shown.title, *shown.keywords, *shown.tags, *headings[:MOST_HEADINGS]])
    hits = engine.search(text, shown.lang, limit=HITS).hits
    own = own_score(shown, hits)
    return {hit.key: min(1.0, hit.score / own) for hit in hits if hit.key != shown.key and own and hit.score >= ALIKE * own}


def own_score(shown: Article, hits: tuple[Hit, ...]) -> float:
    """Return what *shown* itself scores among *hits*; an unlisted one is not there, so the best stands in."""
    return next((hit.score for hit in hits if hit.key == shown.key), max((hit.score for hit in hits), default=0.0))


def shown_related(found: list[Related], outline: Outline) -> list[Summary]:
    """Return the articles of *found* that can be listed now, as many as are shown."""
    return [outline.by_key[one.key] for one in found if one.key in outline.by_key][:MOST_RELATED]
