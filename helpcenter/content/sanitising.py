"""The last step before HTML is stored: only what an article needs is left."""

from __future__ import annotations

import re

import nh3

TEXT_TAGS = set("a abbr b bdi bdo br cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub".split())
TAGS = TEXT_TAGS | set(
    "sup time u var wbr blockquote caption col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img"
    " li ol p pre section summary table tbody td tfoot th thead tr ul video".split()
)
# Their content is no text for readers; it goes with them.
DROPPED_WHOLE = set(
    "script style template noscript iframe object embed svg math title textarea select xmp noembed noframes".split()
)
ATTRIBUTES = {
    "*": {"id", "class", "lang", "title", "aria-label"},
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "abbr"},
    "col": {"span"},
    "colgroup": {"span"},
    "time": {"datetime"},
    "details": {"open"},
    "video": {"src", "controls"},
}
VALUES = {
    "div": {"role": {"region", "note"}, "tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
    "span": {"role": {"img"}},
    "section": {"role": {"doc-endnotes"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "th": {"scope": {"col", "row", "colgroup", "rowgroup"}},
    "ol": {"type": {"1", "a", "A", "i", "I"}},
    "bdo": {"dir": {"ltr", "rtl"}},
    "video": {"preload": {"none"}},
} | {tag: {"dir": {"ltr", "rtl", "auto"}} for tag in ("p", "blockquote", "q", "bdi")}
SCHEMES = {"http", "https", "mailto", "tel"}

# Classes that articles may carry: those that rendering makes, and the language of a code block. Others could dress text
# up as a part of the page.
CLASSES = frozenset(
    "markdown-alert markdown-alert-note markdown-alert-tip markdown-alert-important markdown-alert-warning"
    " markdown-alert-caution markdown-alert-title contains-task-list task-list-item task-box task-done footnotes"
    " footnotes-list footnote-item footnote-ref footnote-backref table-scroll align-left align-center align-right"
    " broken-link external-image tabs tab transcript video video-link code code-title code-language".split()
)
CODE_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}\Z")
ID = re.compile(r"[^\s\"'<>&]{1,200}\Z")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Only videos of the content folder play; those of other sites are links.
VIDEO = re.compile(r"/assets/(?![/\\])[^\s\\]{1,2000}\Z")
NUMBER = re.compile(r"\d{1,5}\Z")
NUMBERS = frozenset({"width", "height", "colspan", "rowspan", "span", "start", "value"})
# Ids that the page around the article uses; an article must not take them.
PAGE_IDS = frozenset("main content top search q results nav menu header footer toc vote chat contact".split())
ROUNDS = 5


def has_known_scheme(url: str) -> bool:
    """Return whether *url* has no scheme or one of ours, also when read without the white space that hides it."""
    scheme = SCHEME.match("".join(character for character in url if character.isprintable() and not character.isspace()))
    return scheme is None or scheme.group(1).lower() in SCHEMES


def allow(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute keeps, or None when it goes."""
    if name == "class":
        kept = [word for word in value.split() if word in CLASSES or (tag == "code" and CODE_LANGUAGE.match(word))]
        return " ".join(kept) or None
    if name == "id":
        return value if ID.match(value) and value not in PAGE_IDS else None
    if tag == "video" and name == "src":
        return value if VIDEO.match(value) else None
    if name in ("href", "src"):
        return value if has_known_scheme(value) else None
    if name in NUMBERS:
        return value if NUMBER.match(value) else None
    if name == "rel":
        return "noopener noreferrer" if value else None
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED_WHOLE,
    attributes=ATTRIBUTES,
    attribute_filter=allow,
    link_rel=None,
    tag_attribute_values=VALUES,
    url_schemes=SCHEMES,
)


def clean(html: str) -> str:
    """Return *html* with nothing in it but what articles may have; cleaning twice changes nothing.

    A browser's parser moves misnested tags, so one round may make something that the next would change. Markup that
    has not settled after a few rounds is shown as text.
    """
    for _round in range(ROUNDS):
        cleaned = CLEANER.clean(html)
        if cleaned == html:
            return html
        html = cleaned
    return html if CLEANER.clean(html) == html else nh3.clean_text(html)
