"""Where each page stands in the content folder: its section, and a name that no other article has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helpcenter.content.importers.article import Names, Source
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.slugs import is_slug, section_key, slug_of

DATED = re.compile(r"\d{4}-\d{2}-\d{2}-")


def name_pages(pages: Iterable[Page], style: Style, source: Source) -> None:
    """Give every page its section and name; translations get the same ones, and two articles never share one.

    The default language comes first, then what stands higher in the tree, then the alphabet: the same tree always gives the same names.
    """
    names = Names(dict(source.known_names))
    named: dict[str, tuple[str, str]] = {}
    slugs: dict[tuple[str, str], str] = {}
    rank = {lang: number for number, lang in enumerate(style.languages)}
    ordered = sorted(pages, key=lambda page: (rank.get(page.lang, len(rank)), page.key.count("/"), page.key))
    for page in ordered:
        if page.key not in named:
            named[page.key] = (page.section or section_key(section_folder(page)), settled_name(page, names, source))
        page.section, page.name = named[page.key]
        slugs[page.lang, page.name] = page.key
    for page in ordered:
        settle_slug(page, slugs, source)


def section_folder(page: Page) -> str:
    """Return the folder that a page is in; a page that stands for its folder is in it too."""
    return page.folder


def settled_name(page: Page, names: Names, source: Source) -> str:
    """Return the name of *page*: the one it wants, with its folder's before it when another page has that."""
    wanted = page.wanted or page.stem
    slug = slug_of(wanted)
    known = page.key in names.known
    if names.taken.get(slug, page.key) != page.key and page.folder and not known:
        slug = slug_of(f"{page.folder.rpartition('/')[2]}-{wanted}"[:300])
    name = names.take(page.key, slug)
    if not known and name != slug_of(wanted):
        owner = names.taken[slug_of(wanted)]
        source.lose(page.source, "duplicate-name", f"{owner} has the name {slug_of(wanted)} already; this one is {name}.")
    return name


def settle_slug(page: Page, slugs: dict[tuple[str, str], str], source: Source) -> None:
    """Keep the address a page has in its own language, unless another article has it."""
    if not page.slug:
        return
    slug = page.slug if is_slug(page.slug) else slug_of(page.slug)
    if slug == page.name:
        return
    owner = slugs.setdefault((page.lang, slug), page.key)
    if owner != page.key:
        source.lose(page.source, "duplicate-slug", f"{owner} has the slug {slug} already; this one is {page.name}.")
    else:
        page.ours["slug"] = slug
