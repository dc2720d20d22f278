"""Turn the text of a rule into a bubble: plain text, and safe HTML.

Everything is escaped first. Of Markdown only bold, links to http(s) addresses or to articles, and line breaks are known.
What a visitor typed is filled in last, escaped, so it can never become markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

BOLD = re.compile(r"\*\*([^*\n]{1,500})\*\*")
LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s{}]{1,500})\)")
PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
WEB = re.compile(r"^https?://[^\s\"'<>]+$", re.IGNORECASE)
ARTICLE = re.compile(r"^[\w./-]+$")

# The address of an article by its key, or None.
FindUrl = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message, plain and as HTML."""

    text: str
    html: str


def render(template: str, find_url: FindUrl, values: Mapping[str, str] | None = None) -> Bubble:
    """Return the bubble of a template with the values filled in."""
    values = values or {}
    plain = LINK.sub(lambda match: plain_link(match, find_url), BOLD.sub(r"\1", template))
    marked = LINK.sub(lambda match: html_link(match, find_url), str(escape(template)))
    marked = BOLD.sub(r"<strong>\1</strong>", marked).replace("\n", "<br>\n")
    return Bubble(
        PLACE.sub(lambda match: values.get(match[1], match[0]), plain).strip(),
        PLACE.sub(lambda match: filled(values.get(match[1], match[0])), marked).strip(),
    )


def filled(value: str) -> str:
    """Return a value as HTML: escaped, with its line breaks."""
    return str(escape(value)).replace("\n", "<br>\n")


def address(target: str, find_url: FindUrl) -> str | None:
    """Return where a link leads: a web address, or an article's page; None for anything else."""
    if WEB.match(target):
        return target
    key = target.removeprefix("article:")
    return find_url(key) if ARTICLE.match(key) else None


def html_link(match: re.Match[str], find_url: FindUrl) -> str:
    """Return a link of an already escaped text, or its words when it leads nowhere."""
    url = address(str(Markup(match[2]).unescape()), find_url)
    if url is None:
        return match[1]
    return f'<a href="{escape(url)}" rel="noopener">{match[1]}</a>'


def plain_link(match: re.Match[str], find_url: FindUrl) -> str:
    """Return a link as plain text: its words, then its address."""
    url = address(match[2], find_url)
    if url is None or url.partition("://")[2] == match[1]:
        return match[1]
    return f"{match[1]} ({url})"


def places(template: str) -> list[str]:
    """Return the names of the values that a template asks for."""
    return PLACE.findall(template)


def pick(variants: Sequence[str], seed: str, purpose: str) -> str:
    """Return one of the variants: always the same for a conversation, spread evenly over conversations."""
    if len(variants) == 1:
        return variants[0]
    number = int.from_bytes(hashlib.sha256(f"{seed}\x00{purpose}".encode()).digest()[:8], "big")
    return variants[number % len(variants)]


def shorten(text: str, limit: int) -> str:
    """Return at most *limit* characters of a text, cut between words."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"
