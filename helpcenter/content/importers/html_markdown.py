"""HTML of other tools as our Markdown: what readers saw there, they see here.

markdownify walks the tree; what it says differently from our dialect, or would get wrong, is said here: text that looks
like Markdown, bold text beside letters, tables with more than text in them, code with its language.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup, NavigableString, Tag
from markdownify import MarkdownConverter

from helpcenter.content.importers.html_cleaning import HEADINGS, INLINE, Surroundings, clean
from helpcenter.content.importers.html_parsing import parse, tags

MAX_HTML = 2_000_000
ROW, CELL = "\x1e", "\x1f"
SPECIAL = re.compile(r"([\\`*\[\]<~])")
LOOSE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
ENTITY = re.compile(r"&(?=#?\w+;)")
BRACES = re.compile(r"\{(?=[{%#])")
LINE_START = re.compile(r"(\s*)(?:(#{1,6}(?=\s|$)|[-+](?=\s|$)|[-=]+\s*$|[-=:|](?=[\s:|-])|>|:::)|(\d{1,9})([.)](?=\s|$)))")
BACKTICKS = re.compile(r"`+")
BLANKS = re.compile(r"\n{3,}")
TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
LINE = re.compile(r"^(?=.)", re.MULTILINE)
DESTINATION = re.compile(r"[\s()<>\\\"\x00-\x1f]")
CLOSING_HASHES = re.compile(r"(#+)$")
# Inside a table that stays HTML: elements and attributes that our sanitiser keeps.
HTML_ATTRIBUTES = frozenset({"href", "src", "alt", "colspan", "rowspan", "start", "id"})


def to_markdown(html: str, around: Surroundings) -> str:
    """Return *html* as Markdown of our dialect; what cannot come along is told to `around.lose`."""
    if len(html) > MAX_HTML:
        around.lose("too-large", f"the text has {len(html) // 1024} KB of HTML; what is beyond {MAX_HTML // 1024} KB was cut off")
        html = html[:MAX_HTML]
    soup = parse(html)
    clean(soup, around)
    hide_rich_tables(soup)
    text = Converter().convert_soup(soup)
    return tidy(text)


def tidy(text: str) -> str:
    """Return *text* without more empty lines than needed, code blocks excepted."""
    fences = re.split(r"(^[ >]*(`{3,})[^`\n]*\n.*?^[ >]*\2[ ]*$)", text, flags=re.MULTILINE | re.DOTALL)
    # Groups: text between fences, a whole fence, its backticks.
    pieces = [piece if at % 3 == 1 else BLANKS.sub("\n\n", TRAILING.sub("", piece)) for at, piece in enumerate(fences) if at % 3 != 2]
    return "".join(pieces).strip("\n")


def hide_rich_tables(soup: BeautifulSoup) -> None:
    """Put tables that Markdown cannot say, and lists of definitions, aside as HTML."""
    for tag in tags(soup, ("table", "dl")):
        if tag.parent is None or tag.find_parent(["table", "dl", "raw"]) is not None:
            continue
        if tag.name == "dl" or is_rich(tag):
            raw = soup.new_tag("raw")
            raw.append(NavigableString(plain_html(tag)))
            tag.replace_with(raw)


def is_rich(table: Tag) -> bool:
    """Return whether *table* has merged cells, or blocks in its cells, or no cells at all."""
    if table.find(["ul", "ol", "pre", "blockquote", "table", "dl", "details", "hr", "raw"]) is not None:
        return True
    cells = table.find_all(["td", "th"])
    spans = (str(cell.get(name) or "1") != "1" for cell in cells for name in ("colspan", "rowspan"))
    paragraphs = (len(cell.find_all("p")) > 1 for cell in cells)
    return not cells or any(spans) or any(paragraphs)


def plain_html(tag: Tag) -> str:
    """Return *tag* as HTML in one block: no empty line in it, no attribute but those that articles may have."""
    for each in (tag, *tag.find_all(True)):
        alert = each.name == "blockquote" and each.attrs.get("data-alert")
        each.attrs = {name: value for name, value in each.attrs.items() if name in HTML_ATTRIBUTES and value not in ("", "1")}
        if alert or each.name in HEADINGS:
            each.name = "blockquote" if alert else "strong"
    for pre in tag.find_all("pre"):
        pre.string = pre.get_text().replace("\n", "\x1e")
    text = re.sub(r"[ \t]*\n\s*", " ", tag.decode(formatter="minimal")).replace("\x1e", "&#10;")
    return re.sub(r"(</?(?:table|thead|tbody|tfoot|tr|dl|dt|caption)>)\s*", r"\1", text).replace("<tr>", "\n<tr>").replace("<dt>", "\n<dt>")


class Converter(MarkdownConverter):
    """Turns a cleaned tree into Markdown."""

    class Options(MarkdownConverter.DefaultOptions):
        """How markdownify writes what it writes itself; wrapping at no width only joins lines."""

        heading_style = "atx"
        bullets = "-"
        newline_style = "backslash"
        wrap = True
        wrap_width = None

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Return *text* so that Markdown reads it as the same text."""
        text = SPECIAL.sub(r"\\\1", text)
        text = LOOSE_UNDERSCORE.sub(r"\\_", text)
        text = ENTITY.sub(r"\\&", text)
        return BRACES.sub(r"\\{", text)

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        """Return a piece of text; what would begin a block at the start of a line is escaped."""
        text = super().process_text(el, parent_tags=parent_tags)
        if parent_tags and "_noformat" in parent_tags:
            return text
        before = el.previous_sibling
        if before is None or (isinstance(before, Tag) and before.name not in INLINE and before.name not in ("img", "q")):
            return LINE_START.sub(_escape_start, text, count=1) if LINE_START.match(text) else text
        return text

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return bold text."""
        return inline(el, text, parent_tags, "**", "strong")

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return stressed text."""
        return inline(el, text, parent_tags, "*", "em")

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return text that is struck out."""
        return inline(el, text, parent_tags, "~~", "del")

    def convert_kbd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return the name of a key; markdownify left its text as it is."""
        return f"<kbd>{self.escape(text.strip(), parent_tags)}</kbd>" if text.strip() else text

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return text below the line."""
        return f"<sub>{text}</sub>" if text.strip() and "_noformat" not in parent_tags else text

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return text above the line."""
        return f"<sup>{text}</sup>" if text.strip() and "_noformat" not in parent_tags else text

    def convert_mark(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return marked text."""
        return f"<mark>{text}</mark>" if text.strip() and "_noformat" not in parent_tags else text

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a quote within a sentence."""
        return f"“{text}”"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return code within a sentence, between more backticks than it has."""
        text = " ".join(text.split()) if "pre" not in parent_tags else text
        if not text or "pre" in parent_tags:
            return text
        ticks = "`" * (max((len(run) for run in BACKTICKS.findall(text)), default=0) + 1)
        space = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{ticks}{space}{text}{space}{ticks}"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a code block with its language."""
        text = el.get_text()
        if not text.strip():
            return ""
        ticks = "`" * max(3, max((len(run) for run in BACKTICKS.findall(text)), default=0) + 1)
        if "_inline" in parent_tags:
            return f" `` {' '.join(text.split())} `` "
        return f"\n\n{ticks}{el.get('data-language', '')}\n{text}\n{ticks}\n\n"

    def convert_raw(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return HTML that stays."""
        return f"\n\n{el.get_text().strip()}\n\n"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a link, or the place that one leads to."""
        if "_noformat" in parent_tags:
            return text
        anchor = f'<a id="{escape(str(el["id"]))}"></a>' if el.get("id") else ""
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        href, said = str(el.get("href") or ""), " ".join(text.split()) if "\n" in text and "\\\n" not in text else text.strip()
        if not href or not said:
            return anchor + text
        if el.get_text().strip() == href and re.match(r"https?://[^\s<>]+\Z", href):
            return f"{anchor}{before}<{href}>{after}"
        return f"{anchor}{before}[{said}]({destination(href)}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return an image; a caption is its title."""
        alt = self.escape(" ".join(str(el.get("alt") or "").split()), parent_tags)
        caption = " ".join(str(el.get("title") or "").split()).replace("\\", "\\\\").replace('"', '\\"')
        title = f' "{self.escape(caption, parent_tags) if "<" in caption else caption}"' if caption else ""
        return f"![{alt}]({destination(str(el.get('src') or ''))}{title})"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - markdownify's name
        """Return a heading with its level in our article, and its id."""
        text = " ".join(text.split())
        if not text:
            return ""
        if "_inline" in parent_tags:
            return f" **{text}** "
        closing = CLOSING_HASHES.sub(lambda found: "\\" + found.group(), text)
        named = f" {{#{el['id']}}}" if el.get("id") else ""
        return f"\n\n{'#' * int(el.get('data-level') or 2)} {closing}{named}\n\n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a quote, or the alert that the cleaning found in it."""
        text = text.strip("\n").strip()
        if not text or "_inline" in parent_tags:
            return f" {text} "
        alert = f"[!{el['data-alert']}]\n" if el.get("data-alert") else ""
        return "\n\n" + "\n".join(f"> {line}".rstrip() for line in (alert + text).split("\n")) + "\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return an item of a list."""
        text = text.strip()
        in_order = el.parent is not None and el.parent.name == "ol"
        bullet = f"{el.get('data-number', '1')}. " if in_order else "- "
        if not text:
            return bullet.strip() + "\n"
        indented = LINE.sub(" " * len(bullet), text)
        return f"{bullet}{indented[len(bullet) :]}\n"

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a list; a comment keeps it apart from one that follows directly."""
        if "li" in parent_tags and el.find("p") is None:
            return "\n" + text.rstrip()
        before = el.find_previous_sibling()
        apart = "<!-- -->\n\n" if before is not None and before.name == el.name and not isinstance(el.previous_sibling, str) else ""
        return f"\n\n{apart}{text.rstrip()}\n\n"

    convert_ul = convert_list
    convert_ol = convert_list

    def convert_details(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a part that unfolds."""
        return f"\n\n<details>\n{text.strip()}\n\n</details>\n\n"

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return what stands above a part that unfolds; Markdown is not read in that line."""
        return f"\n\n<summary>{escape(' '.join(el.get_text().split()), quote=False)}</summary>\n\n"

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return an image that stands alone."""
        return f"\n\n{text.strip()}\n\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a cell, to be put together by its table."""
        return " ".join(text.replace("\\\n", "<br>").split()) + CELL

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a row, to be put together by its table."""
        return text + ROW

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return the end of a line, none at the end of a block."""
        if "_noformat" in parent_tags:
            return " "
        following = el.next_sibling
        if following is None or (isinstance(following, str) and not following.strip() and following.next_sibling is None):
            return ""
        return "<br>" if "_inline" in parent_tags else "\\\n"

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a table of text; the first row is its head."""
        rows = [row.split(CELL)[:-1] for row in text.split(ROW) if CELL in row]
        if not rows:
            return ""
        columns = max(map(len, rows))
        head = rows.pop(0) if el.find("th") is not None else [""] * columns
        lines = [head, ["---"] * columns, *rows]
        table = "\n".join("| " + " | ".join(pipe_safe(cell) for cell in [*row, *[""] * (columns - len(row))]) + " |" for row in lines)
        caption = el.find("caption")
        return f"\n\n{caption.get_text().strip() if caption else ''}\n\n{table}\n\n"

    def convert_caption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return nothing: the table says its caption itself."""
        return ""


def _escape_start(found: re.Match[str]) -> str:
    space, mark, number, point = found.groups()
    return f"{space}\\{mark}" if mark else f"{space}{number}\\{point}"


def pipe_safe(cell: str) -> str:
    """Return a cell in which no | ends it."""
    return cell.replace("|", "\\|")


def destination(href: str) -> str:
    """Return *href* so that it can stand between the parentheses of a link.

    >>> destination("../a b.md"), destination("https://example.com/a_(b)")
    ('../a%20b.md', 'https://example.com/a_%28b%29')
    """
    return DESTINATION.sub(lambda found: quote(found.group(), safe=""), href)


def inline(el: Tag, text: str, parent_tags: set[str], mark: str, tag: str) -> str:
    """Return *text* between marks; between HTML tags where Markdown would not see the marks as such."""
    said = text.strip()
    if not said or "_noformat" in parent_tags:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    clings_left = not before and _clings(el.previous_sibling, -1) and not said[0].isalnum()
    clings_right = not after and _clings(el.next_sibling, 0) and not said[-1].isalnum()
    beside = not before and isinstance(el.previous_sibling, Tag) and el.previous_sibling.name in ("strong", "em", "del")
    beside = beside or (not after and isinstance(el.next_sibling, Tag) and el.next_sibling.name in ("strong", "em", "del"))
    nested = el.parent is not None and el.parent.name in ("strong", "em")
    # Stars inside stars, or between them, are read in ways that nobody foresees.
    if clings_left or clings_right or beside or nested or "\\\n" in said:
        return f"{before}<{tag}>{said}</{tag}>{after}"
    return f"{before}{mark}{said}{mark}{after}"


def _clings(neighbour: Any, end: int) -> bool:
    if isinstance(neighbour, Tag):
        return neighbour.name in INLINE
    return isinstance(neighbour, str) and bool(neighbour) and not neighbour[end].isspace()
