"""Plain trees: `<language>/…/name.md`, or one language without a folder of its own."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from helpcenter.content.folder import FRAGMENTS
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.tree import Tree, is_markdown, without_suffix
from helpcenter.content.languages import RESERVED_FOLDERS, language_code
from helpcenter.content.site import DEFAULT_LANGUAGE
from helpcenter.content.slugs import is_slug, section_key

# Texts beside the articles that are for other people than readers.
BESIDE = frozenset({"license", "license-code", "contributing", "code_of_conduct", "changelog", "security", "thirdpartynotices", "support"})
QUOTED_NOTE = re.compile(r"^(?P<lead>[ \t]*)>[ \t]*\*\*(?P<word>Note|Tip|Important|Warning|Caution):?\*\*:?[ \t]*(?P<rest>[^\n]*)$", re.MULTILINE)


class Plain(Style):
    """A tree that belongs to no tool: front matter if any, and CommonMark."""

    name = "plain"
    heading_is_title = False

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return True; what nobody else knows is plain."""
        return True

    def pages(self) -> Iterator[Page]:
        """Yield the Markdown files of every language folder."""
        trees = language_trees(self.tree)
        self.languages = ordered_languages(trees)
        for lang in self.languages:
            for source in self.tree.below(trees[lang]):
                inner = posixpath.relpath(source, trees[lang]) if trees[lang] else source
                if is_page(inner, at_root=not trees[lang]):
                    page = self.read_page(source, lang, without_suffix(inner))
                    if page:
                        yield self.prepared(page)

    def prepared(self, page: Page) -> Page:
        """Return *page* with what its path and front matter say of its place."""
        page.is_section = page.key.rpartition("/")[2].lower() in ("index", "readme", "_index")
        slug = page.front.text("slug") or page.front.text("permalink") or page.front.text("url")
        if slug:
            page.addresses += [slug] if slug.startswith("/") else []
            page.slug = slug.strip("/").rpartition("/")[2].removesuffix(".html")
            page.slug = "" if page.slug == page.stem and is_slug(page.slug) else page.slug
        page.addresses += page.front.texts("redirect_from") + page.front.texts("aliases")
        return page

    def settle(self, pages: list[Page]) -> None:
        """Make sections of categories where there are no folders; they have one key in all languages."""
        first: dict[str, str] = {}
        for page in pages:
            category = page.front.text("category")
            if category and not page.folder:
                first.setdefault(page.key, section_key(category.replace("/", " ")))
        titles: dict[tuple[str, str], Counter[str]] = {}
        for page in pages:
            category, key = page.front.text("category"), first.get(page.key)
            if category and key:
                page.section = key
                titles.setdefault((key, page.lang), Counter())[category] += 1
        for (key, lang), counted in titles.items():
            self.section(key).title[lang] = counted.most_common(1)[0][0]

    def convert(self, page: Page) -> None:
        """Keep the Markdown as it is, but for quotes that are alerts."""
        super().convert(page)
        if page.text.text.find("> **") >= 0:
            page.text.sub(QUOTED_NOTE, quoted_note)


def quoted_note(match: re.Match[str], _line: int) -> str:
    """Return the beginning of an alert for a quote that begins with a bold “Note:”."""
    lead, rest = match["lead"], match["rest"]
    return f"{lead}> [!{match['word'].upper()}]" + (f"\n{lead}> {rest}" if rest else "")


def language_trees(tree: Tree) -> dict[str, str]:
    """Return the folder of each language; nothing but the default one when no folder is named like a language.

    A folder named like a language counts only when it holds Markdown. `sv` stands before `sv-SE` for the same language.
    """
    found: dict[str, str] = {}
    for name in sorted({path.partition("/")[0] for path in tree.sizes if "/" in path and is_markdown(path)}):
        code = language_code(name)
        if code:
            found.setdefault(code, name)
    outside = sum(is_markdown(path) and path.partition("/")[0] not in found.values() for path in tree.sizes)
    inside = sum(is_markdown(path) for path in tree.sizes) - outside
    return found if found and inside >= outside else {DEFAULT_LANGUAGE: ""}


def ordered_languages(codes: dict[str, str]) -> list[str]:
    """Return language codes, English first."""
    return sorted(codes, key=lambda code: (code != DEFAULT_LANGUAGE, not code.startswith("en-"), code))


def is_page(inner: str, *, at_root: bool = True) -> bool:
    """Return whether the file *inner* of a language's folder is an article: not hidden, no fragment, no licence."""
    *folders, name = inner.split("/")
    if not is_markdown(name) or any(part.startswith((".", "_")) or part in FRAGMENTS for part in folders):
        return False
    if at_root and folders and folders[0] in RESERVED_FOLDERS:
        return False
    return without_suffix(name).lower() not in BESIDE and (not name.startswith("_") or name.lower().startswith("_index."))
