"""Trees of Jekyll: pages, posts and collections, permalinks, Liquid and kramdown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from helpcenter.content.importers.trees.attributes import settle_attributes
from helpcenter.content.importers.trees.blocks import KINDS, alert, image, video
from helpcenter.content.importers.trees.fronts import listing, mapping, read_settings, split_front
from helpcenter.content.importers.trees.liquid import Tag, choose, keep_raw, replace_blocks, replace_outputs, replace_tags
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.text import Text
from helpcenter.content.importers.trees.tree import Tree, is_markdown, joined, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE
from helpcenter.content.slugs import section_key, slug_of

CONFIGS = ("_config.yml", "_config.yaml")
DATED = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})-(?P<name>.+)\Z")
# Folders of Jekyll that hold no pages.
PARTS = frozenset({"_includes", "_layouts", "_sass", "_data", "_plugins", "_site", "_assets"})
BESIDE = frozenset({"readme", "license", "contributing", "changelog", "code_of_conduct", "security"})
STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
}
BLOCKS = frozenset({"highlight", "comment", "capture", "for", "tablerow", "case"})
TAG_LINK = frozenset({"link", "post_url"})
NAMED_INCLUDES = frozenset({"note", "tip", "warning", "important", "caution", "danger", "info", "alert", "callout", "notice"})
KRAMDOWN = re.compile(r"^[ \t]*\{:[:/][^{}\n]*\}[ \t]*$", re.MULTILINE)
KRAMDOWN_COMMENT = re.compile(r"\{::comment\}")
MATH = re.compile(r"\$\$[^$]{1,2000}\$\$")
LOGIC = re.compile(r"\{%-?\s*(?:if|unless|for|case|assign|capture)\b")
URL_FILTER = re.compile(r"^[\"'](?P<path>[^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url))")
MAX_INCLUDES = 8


class Jekyll(Style):
    """A site of Jekyll."""

    name = "jekyll"
    heading_is_title = False

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.config: dict[str, Any] = {}
        self.base = ""
        self.permalink = STYLES["date"]
        self.collections: dict[str, dict[str, Any]] = {}
        self.only_leads: list[Page] = []

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether there is a configuration of Jekyll, or a folder of its posts."""
        return any(name in tree.sizes for name in CONFIGS) or tree.has_folder("_posts")

    def pages(self) -> Iterator[Page]:
        """Yield pages, posts and the documents of collections."""
        self._read_config()
        pages = []
        for source in self.tree.below(""):
            if is_markdown(source) and not source.lower().endswith(".mdx"):
                page = self._page(source)
                if page:
                    pages.append(page)
        used = {page.lang for page in pages}
        default = self._default()
        self.languages = [default, *sorted(used - {default})]
        yield from pages

    def _default(self) -> str:
        told = str(self.config.get("default_lang") or self.config.get("lang") or self.config.get("locale") or DEFAULT_LANGUAGE)
        code = language_code(told) or DEFAULT_LANGUAGE
        return code.partition("-")[0]

    def _read_config(self) -> None:
        path = next((name for name in CONFIGS if name in self.tree.sizes), "")
        value = read_settings(self.tree.read(path) or "") if path else {}
        if value is None:
            self.lose(path, "settings", "The settings cannot be read as YAML; permalinks and collections are not known.")
        self.config = mapping(value)
        self.site_name = str(self.config.get("title") or "")
        self.old_site = str(self.config.get("url") or "").rstrip("/") if str(self.config.get("url") or "").startswith("http") else ""
        self.base = str(self.config.get("baseurl") or "").strip("/")
        told = str(self.config.get("permalink") or "date")
        self.permalink = STYLES.get(told, told)
        collections = self.config.get("collections")
        named = collections if isinstance(collections, dict) else {str(name): {} for name in listing(collections)}
        self.collections = {str(name): mapping(settings) for name, settings in named.items()}

    def _page(self, source: str) -> Page | None:
        folders = source.split("/")[:-1]
        special = next((folder for folder in folders if folder.startswith("_")), "")
        collection = special[1:] if special not in ("", "_posts", "_drafts") else ""
        if special in PARTS or (collection and collection not in self.collections and self.config):
            return None
        text = self.tree.read(source)
        if text is None or not text.startswith("---"):
            # Without front matter Jekyll copies a file as it is.
            return None
        if not folders and without_suffix(source).lower() in BESIDE:
            return None
        page = self.read_page(source, "", "")
        if page is None:
            return None
        self._defaults(page, collection or ("posts" if special == "_posts" else "drafts" if special == "_drafts" else "pages"))
        if page.front.text("redirect_to"):
            self.only_leads.append(page)
            return None
        self._place(page, special, collection)
        return page

    def _defaults(self, page: Page, kind: str) -> None:
        """Give the page what the settings say of its folder and kind."""
        for row in map(mapping, listing(self.config.get("defaults"))):
            scope = mapping(row.get("scope"))
            folder = str(scope.get("path") or "").strip("/")
            if str(scope.get("type") or kind) == kind and (not folder or page.source.startswith(folder)):
                for key, value in mapping(row.get("values")).items():
                    if key in ("lang", "category", "categories", "permalink", "tags", "section"):
                        page.front.values.setdefault(str(key), value)

    def _place(self, page: Page, special: str, collection: str) -> None:
        inner = page.source
        if special:
            before, _, after = inner.partition(f"{special}/")
            inner = before + after
        stem = without_suffix(inner)
        parts = stem.split("/")
        code = language_code(parts[0]) if len(parts) > 1 else None
        told = language_code(page.front.text("lang") or page.front.text("language") or page.front.text("locale"))
        page.lang = told or code or self._default()
        if code and (told is None or told == code):
            parts = parts[1:]
        dated = DATED.match(parts[-1])
        if dated and special in ("_posts", "_drafts"):
            parts[-1] = dated["name"]
            date = f"{dated['year']}-{int(dated['month']):02}-{int(dated['day']):02}"
            page.front.values.setdefault("date", date)
        if special == "_drafts":
            page.front.values["draft"] = "true"
        page.key = "/".join(parts)
        page.is_section = parts[-1].lower() == "index"
        self._put_in_section(page, special, collection)
        shared = page.front.text("ref") or page.front.text("lang-ref") or page.front.text("page_id")
        if shared:
            page.wanted = page.stem
            page.key = f"ref/{slug_of(shared)}"
        page.addresses = [self._address(page, parts, special, collection), *page.front.texts("redirect_from")]
        page.front.values.pop("categories", None)
        tags = page.front.values.get("tags")
        if isinstance(tags, str):
            page.front.values["tags"] = tags.split()

    def _put_in_section(self, page: Page, special: str, collection: str) -> None:
        """Give the page its section: the category of a post, the parent that a theme shows, the folder, the collection."""
        categories = self._categories(page)
        parent = page.front.text("parent")
        named = categories[0] if categories and special == "_posts" else parent if not page.folder else ""
        folder = named or page.folder or collection
        page.section = section_key(folder) if folder else ""
        if named:
            self.section(page.section).title.setdefault(page.lang, named)

    def _categories(self, page: Page) -> list[str]:
        value = page.front.values.get("categories") or page.front.values.get("category")
        return [str(one) for one in value] if isinstance(value, list) else str(value).split() if isinstance(value, str) else []

    def _address(self, page: Page, parts: list[str], special: str, collection: str) -> str:
        told = page.front.text("permalink")
        pattern = told or self.permalink
        if not told and collection:
            pattern = str(self.collections.get(collection, {}).get("permalink") or "/:collection/:path.html")
        elif not told and special != "_posts":
            pretty = pattern.endswith("/")
            path = "/".join(parts[:-1] if page.is_section else parts)
            return self._based(f"/{path}/" if pretty or page.is_section else f"/{path}.html")
        page.slug = page.front.text("slug") or ("" if ":" in told else told.strip("/").rpartition("/")[2].removesuffix(".html"))
        date = re.match(r"(\d{4})-(\d{2})-(\d{2})", page.front.text("date"))
        year, month, day = date.groups() if date else ("", "", "")
        values = {
            "categories": "/".join(slug_of(one) for one in self._categories(page)), "year": year, "short_year": year[2:], "month": month,
            "i_month": month.lstrip("0"), "day": day, "i_day": day.lstrip("0"), "title": page.front.text("slug") or parts[-1],
            "slug": page.front.text("slug") or parts[-1], "name": parts[-1], "path": "/".join(parts), "basename": parts[-1],
            "collection": collection, "output_ext": ".html",
        }  # fmt: skip
        return self._based(re.sub(r":([a-z_]+)", lambda m: values.get(m.group(1), ""), pattern))

    def _based(self, path: str) -> str:
        return re.sub(r"/{2,}", "/", f"/{self.base}/{path}")

    def convert(self, page: Page) -> None:
        """Turn Liquid and kramdown into our Markdown."""
        text = page.text
        if "{%" in text.text or "{{" in text.text:
            self._liquid(page, text, page.source, {}, 0)
        text.edit([(start, end, "") for start, end in text.between(KRAMDOWN_COMMENT, "{:/comment}")])
        text.keep_code()
        text.sub(KRAMDOWN, lambda _m, _line: "")
        settle_attributes(page, self.lose, boxes=True)
        formula = MATH.search(text.text)
        if formula:
            self.lose(page.source, "math", "Formulas stay as they are written; they are not drawn here.", text.line_at(formula.start()))

    def _liquid(self, page: Page, text: Text, path: str, given: dict[str, str], level: int) -> None:
        keep_raw(text)
        replace_blocks(text, BLOCKS, lambda tag, inside: self._block(page, text, tag, inside))
        for condition, line in choose(text, frozenset({"if", "unless"}), lambda tag, said: self._holds(page, tag, said)):
            self.lose(path, "liquid", f"It is not known whether {condition[:120]} holds; the text stays.", line)
        replace_outputs(text, lambda said, line: self._output(page, path, said, given, line))
        replace_tags(text, lambda tag: self._tag(page, path, tag, level))

    def _block(self, page: Page, text: Text, tag: Tag, inside: str) -> str:
        if tag.name == "highlight":
            language = tag.rest.split()[0] if tag.rest else ""
            return "\n".join(text.keep(line) for line in (f"```{language}", *inside.strip("\n").split("\n"), "```"))
        if tag.name != "comment":
            self.lose(page.source, "liquid", f"{{% {tag.name} {tag.rest[:80]} %}} was left out with what stood in it.", tag.line)
        return ""

    def _holds(self, page: Page, tag: str, said: str) -> bool | None:
        found = re.fullmatch(r"(?:page|site)\.([\w.-]+)\s*(?:(==|!=)\s*[\"']([^\"']*)[\"'])?", said)
        if not found:
            return None
        value = self._named(page, said.split()[0], {})
        holds = bool(value) and value != "false" if not found.group(2) else (value == found.group(3)) == (found.group(2) == "==")
        return not holds if tag == "unless" else holds

    def _named(self, page: Page, name: str, given: dict[str, str]) -> str | None:
        """Return the value of `site.x`, `page.x` or `include.x`; None when there is none."""
        kind, _, rest = name.partition(".")
        if kind == "include":
            return given.get(rest)
        value: Any = self.config if kind == "site" else page.front.values if kind == "page" else None
        if kind == "site" and rest.startswith("data."):
            return self._data(rest.split(".")[1:])
        for part in rest.split("."):
            value = mapping(value).get(part)
        return str(value) if isinstance(value, str) else None

    def _data(self, names: list[str]) -> str | None:
        for length in range(len(names), 0, -1):
            stem = "_data/" + "/".join(names[:length])
            path = next((found for found in (self.tree.find(stem + ending) for ending in (".yml", ".yaml", ".json")) if found), None)
            if path:
                value = read_settings(self.tree.read(path) or "")
                for part in names[length:]:
                    value = mapping(value).get(part)
                return str(value) if isinstance(value, str) else None
        return None

    def _output(self, page: Page, path: str, said: str, given: dict[str, str], line: int) -> str:
        address = URL_FILTER.match(said)
        if address:
            return address["path"]
        name = said.partition("|")[0].strip()
        if name in ("site.baseurl", "site.url", "site.github.url"):
            return ""
        if re.fullmatch(r"[\"'][^\"']*[\"']", name):
            return name[1:-1]
        value = self._named(page, name, given)
        if value is None:
            self.lose(path, "liquid", f"{{{{ {said[:100]} }}}} was left out.", line)
            return ""
        return value

    def _tag(self, page: Page, path: str, tag: Tag, level: int) -> str | None:
        if tag.name in TAG_LINK:
            return self._link(tag)
        if tag.name in ("include", "include_relative", "include_cached"):
            return self._include(page, path, tag, level)
        if tag.name == "endcomment":
            return ""
        self.lose(path, "liquid", f"{{% {tag.name} {tag.rest[:80]} %}} was left out.", tag.line)
        return ""

    def _link(self, tag: Tag) -> str:
        name = tag.rest.strip().strip("\"'")
        if tag.name == "link":
            return f"/{name.lstrip('/')}"
        return next((f"/{path}" for path in self.tree.sizes if "_posts/" in path and without_suffix(path).endswith(name)), f"/_posts/{name}.md")

    def _include(self, page: Page, path: str, tag: Tag, level: int) -> str:
        name = tag.rest.split()[0] if tag.rest else ""
        stem = posixpath.splitext(name.rpartition("/")[2])[0].lower()
        arguments = tag.arguments
        known = self._known_include(stem, arguments, tag.line)
        if known:
            return known
        found = self.tree.find(joined(path, name) if tag.name == "include_relative" else f"_includes/{name}")
        content = self.tree.read(found) if found and level < MAX_INCLUDES else None
        if found is None or content is None:
            self.lose(path, "include", f"There is no file {name[:160]} to include.", tag.line)
            return ""
        self.parts.add(found)
        if LOGIC.search(content):
            self.lose(path, "include", f"{found} is a template with conditions or loops, which are not run; it was left out.", tag.line)
            return ""
        inner = Text(split_front(content).body)
        self._liquid(page, inner, found, arguments, level + 1)
        return inner.whole().strip("\n")

    def _known_include(self, stem: str, arguments: dict[str, str], line: int) -> str:
        """Return what the includes of well-known themes show, by their documented arguments."""
        if stem in NAMED_INCLUDES and (arguments.get("content") or arguments.get("text")):
            kind = arguments.get("type", stem).lower()
            content = arguments.get("content") or arguments.get("text") or ""
            return "\n".join(one for _n, one in alert(kind if kind in KINDS else "note", arguments.get("title", ""), [(line, content)], line))
        if stem in ("video", "youtube", "youtubeplayer", "vimeo") and arguments.get("id"):
            host = "https://vimeo.com/" if "vimeo" in (stem, arguments.get("provider")) else "https://youtu.be/"
            found = video(host + arguments["id"])
            return f"\n{found}\n" if found else ""
        source = arguments.get("image_path") or arguments.get("file") or arguments.get("src") or arguments.get("url") or ""
        if stem in ("figure", "image", "img", "inline_image") and source:
            return image(source, arguments.get("alt", ""), arguments.get("caption", ""))
        return ""

    def settle(self, pages: list[Page]) -> None:
        """Bring translations with the same permalink to one key, that of the default language."""
        rank = {lang: number for number, lang in enumerate(self.languages)}
        keys: dict[str, str] = {}
        taken = {(page.lang, page.key) for page in pages}
        for page in sorted(pages, key=lambda page: rank[page.lang]):
            link = page.front.text("permalink")
            if link and ":" not in link:
                first = keys.setdefault(re.sub(rf"^/?{re.escape(page.lang)}/", "/", link), page.key)
                if (page.lang, first) not in taken:
                    page.key = first

    def redirects(self) -> Iterable[tuple[str, str, str, int | None]]:
        """Yield the pages that only lead to another address."""
        for page in self.only_leads:
            parts = without_suffix(page.source).split("/")
            old = page.front.text("permalink") or self._address(page, parts, "", "")
            self.lose(page.source, "redirect-page", "The page only leads elsewhere; its address is in redirects.yaml.")
            yield old, page.front.text("redirect_to"), page.source, page.front.lines.get("redirect_to")

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what an address without the base means."""
        if target.startswith("/") and self.base:
            yield self._based(target)
