"""Finding words in a template that nobody can translate, because they stand outside `{% trans %}` and `_()`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

SHOWN_ATTRIBUTES = ("alt", "aria-label", "aria-description", "placeholder", "title", "value", "content", "label")
SILENT_ELEMENTS = ("script", "style", "svg", "code")
WORD = re.compile(r"[^\W\d_]{2,}")
# Attributes that a macro writes outside a tag, and what mail programs of every language know.
NO_WORDS = re.compile(r'[a-z-]+="[^"]*"|^Re: ')
# Stands for what Jinja fills in; a space, because it may be inside a tag.
GAP = " "


def fixed_text(source: str) -> str:
    """Return *source* without what Jinja fills in and without what is translated."""
    parts, inside_trans, in_class, statement = [], False, False, []
    for _line, kind, value in Environment(extensions=["jinja2.ext.i18n"]).lex(source):
        if kind == "data":
            parts.append("" if inside_trans or in_class else value)
        elif kind == "block_begin":
            statement = []
        elif kind == "block_end":
            word = statement[0] if statement else ""
            inside_trans = word in ("trans", "pluralize") or (inside_trans and word != "endtrans")
            in_class = word == "block" and statement[1].endswith("_class")
            parts.append(GAP)
        elif kind == "variable_end":
            parts.append(GAP)
        elif kind == "name":
            statement.append(value)
    return "".join(parts)


class _Shown(HTMLParser):
    """Collects what a reader of a page sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._silent += tag in SILENT_ELEMENTS
        kind = dict(attrs).get("type", "")
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value and not (name == "value" and kind not in ("submit", "button")):
                if not (name == "content" and tag == "meta"):
                    self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def untranslated(path: Path) -> Iterator[str]:
    """Give each piece of the template at *path* that has words of its own."""
    text = fixed_text(path.read_text(encoding="utf-8"))
    if path.suffix == ".html":
        page = _Shown()
        page.feed(text)
        page.close()
        texts = page.texts
    else:
        texts = text.splitlines()
    for text in texts:
        if WORD.search(NO_WORDS.sub("", text)):
            yield " ".join(text.split())
