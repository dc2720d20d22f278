"""Where links and images lead: all articles of the library by path, key and slug."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from helpcenter.content.assets import IMAGE_TYPES, TYPES, asset_name, asset_url, find_asset, image_size
from helpcenter.content.entries import Entry
from helpcenter.content.folder import SUFFIXES
from helpcenter.content.labels import labels_in
from helpcenter.content.languages import language_code
from helpcenter.content.markup import Image
from helpcenter.content.site import Site
from helpcenter.content.snippets import Snippet, SnippetRefused, find_snippet, read_snippet

# Changes whenever rendering changes, so that the next sync renders everything again.
RENDERING = "2"
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
PUBLISHED = re.compile(r"/([A-Za-z-]{2,35})/articles/([^/?#]+)/?\Z")
# Pages of the site, below the language, that an article may send readers to.
PAGES = frozenset({"", "search", "chat", "contact"})
LINK, IMAGE, INCLUDE, VARIABLE = "link", "image", "include", "var"


class Catalogue:
    """Resolves what articles point at. Nothing outside the content folder is ever found."""

    def __init__(self, root: Path, site: Site, entries: Iterable[Entry]) -> None:
        self.root = root
        self.site = site
        self.by_path: dict[str, Entry] = {}
        self.by_key: dict[tuple[str, str], Entry] = {}
        self.by_slug: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            self.by_path[entry.path] = entry
            self.by_key[entry.lang, entry.key] = entry
            self.by_slug[entry.lang, entry.slug] = entry
        self.images: dict[str, Image | None] = {}
        self.snippets: dict[str, Snippet] = {}

    def reader(self, path: str, lang: str) -> References:
        """Return the resolver for the article in the file *path*."""
        return References(self, path, lang)

    def link(self, href: str, path: str, lang: str) -> str | None:
        """Return where *href*, written in the file *path* in *lang*, leads; None when nowhere."""
        scheme = SCHEME.match(href)
        if scheme:
            return href if scheme.group(1).lower() in SCHEMES else None
        if href.startswith("//"):
            return f"https:{href}"
        target, hash_mark, fragment = href.partition("#")
        target = unquote(target.partition("?")[0])
        if "\\" in target or "\x00" in target:
            return None
        found = self.place(target, path, lang)
        return f"{found}{hash_mark}{fragment}" if found else None

    def place(self, target: str, path: str, lang: str) -> str | None:
        """Return the address of *target*, a path without query and fragment."""
        if target.startswith("/"):
            return self.published(target, lang)
        inner = self.inner_path(target, path)
        if inner is None:
            return None
        if Path(target).suffix.lower() in TYPES:
            image = self.find_image(inner)
            return image.url if image else None
        for candidate in candidates(inner):
            entry = self.by_path.get(candidate) or self.by_key.get(self.key_at(candidate, lang))
            entry = entry or self.in_chain(self.key_at(candidate, lang)[1], lang)
            if entry:
                return self.address(entry, lang)
        # Other tools name an article by its slug alone.
        slug = target.removesuffix("/").removesuffix(".md")
        return self.by_slug_address(slug, lang) if "/" not in slug else None

    def published(self, target: str, lang: str) -> str | None:
        """Return *target*, an address on this site, when something is there."""
        article = PUBLISHED.match(target)
        if article:
            wanted = article.group(1).lower()
            return self.by_slug_address(article.group(2), wanted) if wanted in self.site.languages else None
        first, _, rest = target.strip("/").partition("/")
        if first in self.site.languages and rest in PAGES:
            return f"/{first}/{rest}"
        if target.startswith("/assets/") and find_asset(self.root, target.removeprefix("/assets/")):
            return target
        return None

    def inner_path(self, target: str, path: str) -> str | None:
        """Return *target* relative to the content folder, or None when it leads out of it."""
        inner = posixpath.normpath(posixpath.join(posixpath.dirname(path), target or posixpath.basename(path)))
        return None if inner.startswith("..") or inner.startswith("/") else inner

    def key_at(self, path: str, lang: str) -> tuple[str, str]:
        """Return the language and key that a path has when its front matter says nothing else."""
        tree, _, inner = path.partition("/")
        code = language_code(tree)
        if code is None or code not in self.site.languages:
            tree, inner, code = "", path, lang
        return code, posixpath.splitext(inner)[0] if inner.endswith(SUFFIXES) else inner

    def in_chain(self, key: str, lang: str) -> Entry | None:
        """Return the article *key* in *lang*, or in the first language of its chain that has it."""
        return next((self.by_key[code, key] for code in self.site.chain(lang) if (code, key) in self.by_key), None)

    def by_slug_address(self, slug: str, lang: str) -> str | None:
        """Return the address of the article that *slug* names in the chain of *lang*."""
        found = next((self.by_slug[code, slug] for code in self.site.chain(lang) if (code, slug) in self.by_slug), None)
        return self.address(found, lang) if found else None

    def address(self, entry: Entry, lang: str) -> str:
        """Return the address at which a reader of *lang* gets the article: translated, or standing in."""
        shown = self.in_chain(entry.key, lang) or entry
        taken = self.by_slug.get((lang, shown.slug))
        at = shown.lang if taken and taken.key != shown.key else lang
        return f"/{at}/articles/{quote(shown.slug)}"

    def image(self, src: str, path: str) -> Image | None:
        """Return the image *src* of the article in the file *path*, or None."""
        target = unquote(src.partition("#")[0].partition("?")[0])
        if SCHEME.match(src) or src.startswith("//") or Path(target).suffix.lower() not in IMAGE_TYPES:
            return None
        if target.startswith("/assets/"):
            return self.find_image(target.removeprefix("/assets/"))
        inner = self.inner_path(target.lstrip("/") if target.startswith("/") else target, "" if target.startswith("/") else path)
        return self.find_image(inner) if inner else None

    def find_image(self, inner: str) -> Image | None:
        """Return the image in the file *inner* of the content folder; each is read once a sync."""
        if inner not in self.images:
            self.images[inner] = self.read_image(inner)
        return self.images[inner]

    def snippet(self, name: str, lang: str) -> Snippet:
        """Return the snippet *name* for readers of *lang*; each file is read once a sync. Raises SnippetRefused."""
        path = find_snippet(self.root, name, self.site.chain(lang))
        if path not in self.snippets:
            self.snippets[path] = read_snippet(self.root, path)
        return self.snippets[path]

    def read_image(self, inner: str) -> Image | None:
        """Return the image in the file *inner*, or None when there is none that may be shown."""
        name = asset_name(inner)
        path = find_asset(self.root, name)
        if path is None:
            return None
        try:
            size = image_size(path) or (None, None)
            return Image(asset_url(name, path), *size)
        except OSError:
            return None


def candidates(path: str) -> list[str]:
    """Return the files that a relative link may mean: itself, with a suffix, or as a folder's own page."""
    if path.endswith(SUFFIXES):
        return [path]
    return [f"{path}.md", f"{path}/index.md", f"{path}/README.md"]


class References:
    """Resolves for one article, and remembers what it asked for.

    The answers are hashed: while they stay the same, an article whose file did not change need not be rendered again.
    """

    def __init__(self, catalogue: Catalogue, path: str, lang: str) -> None:
        self.catalogue = catalogue
        self.path = path
        self.lang = lang
        self.here = path
        """The file that links are relative to: the article's, or that of a snippet in it."""
        self.asked: dict[tuple[str, str], str] = {}

    def link(self, href: str) -> str | None:
        """Return where *href* leads."""
        found = self.catalogue.link(href, self.here, self.lang)
        if not SCHEME.match(href):
            self.asked[self.kind(LINK), href] = found or ""
        return found

    def image(self, src: str) -> Image | None:
        """Return the image *src*."""
        found = self.catalogue.image(src, self.here)
        self.asked[self.kind(IMAGE), src] = repr(found)
        return found

    def kind(self, kind: str) -> str:
        """Return the kind of a question, with the snippet that asks it."""
        return kind if self.here == self.path else f"{kind}@{self.here}"

    def snippet(self, name: str) -> Snippet:
        """Return the snippet *name*. Raises SnippetRefused."""
        self.asked[INCLUDE, name] = ""
        found = self.catalogue.snippet(name, self.lang)
        self.asked[INCLUDE, name] = f"{found.path} {found.hash}"
        return found

    def variable(self, name: str) -> str | None:
        """Return the text of the variable *name* of site.yaml, or None."""
        found = self.catalogue.site.variable(name, self.lang)
        self.asked[VARIABLE, name] = repr(found)
        return found

    def ask_again(self, dependencies: Iterable[str]) -> str:
        """Return the hash of today's answers to the questions that were asked before."""
        for dependency in dependencies:
            kind, _, target = dependency.partition(":")
            kind, _, snippet = kind.partition("@")
            self.here = snippet or self.path
            with suppress(SnippetRefused):
                {LINK: self.link, IMAGE: self.image, INCLUDE: self.snippet, VARIABLE: self.variable}[kind](target)
        return self.hash()

    @property
    def dependencies(self) -> list[str]:
        """The questions, as stored beside the article."""
        return sorted(f"{kind}:{target}" for kind, target in self.asked)

    def hash(self) -> str:
        """Return the hash of all answers, and of the words that rendering itself adds."""
        labels = repr(labels_in(self.lang))
        answers = sorted(f"{kind}\0{target}\0{answer}" for (kind, target), answer in self.asked.items())
        return hashlib.sha256("\n".join([RENDERING, labels, *answers]).encode("utf-8", "replace")).hexdigest()
