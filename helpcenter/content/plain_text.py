"""The plain text of a rendered article, with the place of each heading in it."""

from __future__ import annotations

from html.parser import HTMLParser

BLOCKS = frozenset(
    "p div ul ol li dl dt dd blockquote pre table caption thead tbody tfoot tr figure figcaption section details summary"
    " hr h1 h2 h3 h4 h5 h6 br".split()
)
CELLS = frozenset({"td", "th"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
VOID = frozenset({"br", "hr", "img", "col", "wbr"})
# Marks for the eye: the arrow back from a footnote, its number, the box of a task, the language of a code block.
SKIPPED_CLASSES = frozenset({"footnote-backref", "footnote-ref", "task-box", "code-language"})
# What it holds is for browsers that cannot play it, and is said again beside it.
SKIPPED_TAG = "video"


class TextReader(HTMLParser):
    """Collects text from clean HTML: one line a block, cells apart, headings noted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.length = 0
        self.gap = ""  # what stands before the next word: nothing, a space, or a line end
        self.headings: list[dict[str, object]] = []
        self.heading: dict[str, object] | None = None
        self.first_piece = 0  # of the open heading
        self.preformatted = 0
        self.skipping = 0  # depth inside a skipped element
        self.after_cell = False
        self.in_tab = False  # right after the start of a tab, where its label stands

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where blocks and headings begin."""
        if tag in VOID:
            self.line_end() if tag in BLOCKS else None
            return
        given = dict(attrs)
        if self.skipping or tag == SKIPPED_TAG or SKIPPED_CLASSES.intersection((given.get("class") or "").split()):
            self.skipping += 1
            return
        if tag in CELLS:
            self.gap = " · " if self.after_cell else "\n"
        elif tag in BLOCKS:
            self.line_end()
        self.after_cell = False
        if tag in HEADINGS:
            self.heading = {"id": given.get("id") or "", "text": "", "level": HEADINGS[tag], "start": -1}
            if self.in_tab:
                self.heading["tab"] = True
        self.in_tab = tag == "section" and given.get("class") == "tab"
        self.preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """Note where blocks and headings end."""
        if tag in VOID:
            return
        if self.skipping:
            self.skipping -= 1
            return
        self.preformatted -= tag == "pre"
        if tag in HEADINGS and self.heading:
            self.heading["text"] = "".join(self.pieces[self.first_piece :]).strip()
            if self.heading["start"] != -1:
                self.headings.append(self.heading)
            self.heading = None
        if tag in CELLS:
            self.after_cell = True
        elif tag in BLOCKS:
            self.line_end()

    def handle_data(self, data: str) -> None:
        """Add text, its white space collapsed outside code blocks."""
        if self.skipping or not data:
            return
        if self.preformatted:
            self.add(data.rstrip("\n"))
            return
        text = " ".join(data.split())
        if data[0].isspace() and not self.gap:
            self.gap = " "
        if text:
            self.add(text)
            self.gap = " " if data[-1].isspace() else ""

    def add(self, text: str) -> None:
        """Add *text* after the gap that is due."""
        if self.gap and self.length:
            self.pieces.append(self.gap)
            self.length += len(self.gap)
        self.gap = ""
        if self.heading is not None and self.heading["start"] == -1:
            self.heading["start"] = self.length
            self.first_piece = len(self.pieces)
        self.pieces.append(text)
        self.length += len(text)

    def line_end(self) -> None:
        """Make the next text begin on its own line."""
        self.gap = "\n"


def text_of(html: str) -> tuple[str, list[dict[str, object]]]:
    """Return the text of clean *html* and its headings as {"id", "text", "level", "start"}, the label of a tab with "tab" as well.

    >>> text_of('<p>Hi</p><h2 id="a">Pay <em>now</em></h2><p>Card</p>')
    ('Hi\\nPay now\\nCard', [{'id': 'a', 'text': 'Pay now', 'level': 2, 'start': 3}])
    """
    reader = TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces), reader.headings
