"""HTML that came by mail: as plain text, and as HTML that does nothing but look like itself."""

from html.parser import HTMLParser

import nh3

LARGEST_HTML = 200_000
# nh3 is quadratic in nesting: 100 KB of <div> took it 4 seconds. Deeper than this, only the text is shown.
DEEPEST = 200
SKIPPED = frozenset({"head", "style", "script", "title", "template", "noscript"})
BLOCKS = frozenset(
    {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article", "header", "footer"}
)
VOID = frozenset({"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "embed", "source", "track", "wbr"})
# No images: loading one would tell the sender that and when the mail was read. No style, no form, no frame.
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "title", "template", "noscript"},
    attributes={"*": {"dir", "lang"}, "a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer nofollow",
)


class _Text(HTMLParser):
    """Collects what a reader would see, quotes marked with `>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.skipping = self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in VOID:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        if tag in SKIPPED:
            self.skipping += 1
        elif tag == "blockquote":
            self.pieces.append("\n\x01")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag == "br" or tag in BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - 1)
        if tag in SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif tag == "blockquote":
            self.pieces.append("\x02\n")
        elif tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.pieces.append(" ".join(f"|{data}|".split())[1:-1].replace("\x01", "").replace("\x02", ""))


def html_text(html: str) -> str:
    """Return *html* as plain text.

    >>> html_text("<p>It is <b>red</b>.</p><style>p {}</style><blockquote>Which colour?<br>Ann</blockquote>")
    'It is red.\\n\\n> Which colour?\\n> Ann'
    """
    parser = _read(html)
    lines, depth = [], 0
    for line in "".join(parser.pieces).split("\n"):
        depth += line.count("\x01")
        text = line.replace("\x01", "").replace("\x02", "").strip()
        lines.append(("> " * min(depth, 5) + text).rstrip() if text else "")
        depth = max(0, depth - line.count("\x02"))
    return _without_gaps(lines)


def safe_html(html: str) -> str:
    """Return *html* without anything that runs, loads, posts or frames; what is nested too deeply becomes plain text."""
    html = html[:LARGEST_HTML]
    if _read(html).deepest > DEEPEST:
        return f"<pre>{nh3.clean_text(html_text(html))}</pre>"
    return CLEANER.clean(html)


def _read(html: str) -> _Text:
    parser = _Text()
    parser.feed(html[:LARGEST_HTML])
    parser.close()
    return parser


def _without_gaps(lines: list[str]) -> str:
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()
