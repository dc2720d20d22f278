"""Sections that articles name in their own words: translations stand in the section of their source.

Trees without section folders say `category: Accessibility` in English and `category: Hjälpmedel` in Swedish. Keyed by
these words the languages would fall apart. So the source's category is the key, and the other words become titles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol

from helpcenter.content.reader import ArticleSource
from helpcenter.content.site import Section, Site
from helpcenter.content.slugs import section_key

HALF_A_VOTE = 0.5

Place = tuple[str, str]  # section, language


class Placed(Protocol):
    """An article that is published: its language, key and section."""

    lang: str
    key: str
    section: str


def source_sections(sources: Iterable[Placed], kept: Iterable[Placed], site: Site) -> dict[str, Placed]:
    """Return by key the article whose section its translations share: of the first language that has one."""
    order = {lang: rank for rank, lang in enumerate(dict.fromkeys([*site.chain(site.default_language), *site.languages]))}
    found: dict[str, Placed] = {}
    for article in (*kept, *sources):
        first = found.get(article.key)
        if first is None or order.get(article.lang, len(order)) < order.get(first.lang, len(order)):
            found[article.key] = article
    return found


def followers(sources: list[ArticleSource], kept: Mapping[str, Placed], site: Site) -> list[str]:
    """Return the paths of kept articles that stand in another section than their source, which is new or has changed."""
    firsts = source_sections(sources, kept.values(), site)
    changed = {id(source) for source in sources}
    return [path for path, row in kept.items() if id(firsts[row.key]) in changed and firsts[row.key].section != row.section]


def align(sources: list[ArticleSource], kept: Iterable[Placed], site: Site, earlier: Iterable[Section]) -> None:
    """Put each of *sources* that names its section by a category into the section of its source, and agree on titles."""
    kept, earlier = list(kept), list(earlier)
    named = [source for source in sources if source.section_title]
    if not named:
        return
    firsts = source_sections(sources, kept, site)
    meant = meanings(named, firsts, earlier)
    # Decided for all before any is changed: a source is the measure of others.
    sections = []
    for source in named:
        first = firsts[source.key]
        alone = first is source and source.lang != site.default_language
        sections.append(meant.get((source.section, source.lang), source.section) if alone else first.section)
    for source, section in zip(named, sections, strict=True):
        source.section = section
    agree_on_titles(named, kept, earlier)


def meanings(named: list[ArticleSource], firsts: Mapping[str, Placed], earlier: list[Section]) -> dict[Place, str]:
    """Return which section a category of one language means: the one where most of its articles have their source."""
    votes: dict[Place, Counter[str]] = defaultdict(Counter)
    for section in earlier:
        for lang, title in section.title.items():
            votes[section_key(title.replace("/", " ")), lang][section.key] += 1
    for source in named:
        if firsts[source.key] is not source:
            votes[source.section, source.lang][firsts[source.key].section] += 1
    return {place: most_frequent(counted) for place, counted in votes.items()}


def agree_on_titles(named: list[ArticleSource], kept: list[Placed], earlier: list[Section]) -> None:
    """Give all articles of a section and language the category that most of them have; kept ones count with the title so far."""
    present = Counter((row.section, row.lang) for row in kept)
    votes: dict[Place, Counter] = defaultdict(Counter)
    for section in earlier:
        for lang, title in section.title.items():
            # Of two that as many say, the one so far stays.
            votes[section.key, lang][title] += present[section.key, lang] + HALF_A_VOTE
    for source in named:
        votes[source.section, source.lang][source.section_title] += 1
    for source in named:
        source.section_title = most_frequent(votes[source.section, source.lang])


def most_frequent(counted: Counter) -> str:
    """Return what was counted most often, the first by letter of several."""
    return min(counted, key=lambda name: (-counted[name], name))
