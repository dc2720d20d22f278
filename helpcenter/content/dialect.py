"""The Markdown parser, and how its tokens become HTML: CommonMark, what GitHub adds, and blocks between colons."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin

from helpcenter.content.blocks import blocks_plugin
from helpcenter.content.figures import code_of
from helpcenter.content.labels import Labels
from helpcenter.content.nesting import nesting_plugin

ALIGNMENT = re.compile(r"text-align:(left|center|right)")


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the parser of articles. Raw HTML is let through here and cleaned after rendering."""
    markdown = MarkdownIt("commonmark", {"html": True}).use(gfm_plugin).use(blocks_plugin).use(nesting_plugin)
    rules = {
        "list_item_open": list_item_open,
        "fence": fence,
        "code_block": code_block,
        "table_open": table_open,
        "table_close": table_close,
        "th_open": cell_open,
        "th_close": heading_cell_close,
        "td_open": cell_open,
        "alert_open": alert_open,
        "footnote_ref": footnote_ref,
        "footnote_block_open": footnote_block_open,
        "footnote_anchor": footnote_anchor,
    }
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


def labels_of(env: Any) -> Labels:
    """Return the labels given to this rendering."""
    return env["labels"]


def list_item_open(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return a list item; a task has a box that is seen and read, but cannot be ticked."""
    token = tokens[index]
    opening = self.renderToken(tokens, index, options, env)
    if "checked" not in (token.meta or {}):
        return opening
    done = token.meta["checked"]
    label = labels_of(env).task_done if done else labels_of(env).task_open
    classes = "task-box task-done" if done else "task-box"
    return f'{opening}<span class="{classes}" role="img" aria-label="{escapeHtml(label)}">{"☑" if done else "☐"}</span> '


def fence(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return a code block that scrolls by keyboard, with its language as class."""
    token = tokens[index]
    language = code_of(token.info).language
    attribute = f' class="language-{escapeHtml(language)}"' if language else ""
    return f'<pre tabindex="0"><code{attribute}>{escapeHtml(token.content)}</code></pre>\n'


def code_block(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return an indented code block."""
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


def table_open(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return a table's start inside a region that scrolls by keyboard and has a name."""
    env["tables"] = env.get("tables", 0) + 1
    label = escapeHtml(labels_of(env).table % {"n": env["tables"]})
    return f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}">\n<table>\n'


def table_close(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return the end of a table and its region."""
    return "</table>\n</div>\n"


def cell_open(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return a cell's start; alignment is a class, because pages allow no style attributes."""
    token = tokens[index]
    found = ALIGNMENT.search(str(token.attrs.get("style", "")))
    # The empty corner of a table is the heading of nothing.
    tag = token.tag if tokens[index + 1].content.strip() else "td"
    scope = ' scope="col"' if tag == "th" else ""
    return f'<{tag}{scope} class="align-{found.group(1)}">' if found else f"<{tag}{scope}>"


def heading_cell_close(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return the end of what `cell_open` has begun."""
    return "</th>\n" if tokens[index - 1].content.strip() else "</td>\n"


def alert_open(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return an alert's start, with its title in the article's language."""
    token = tokens[index]
    kind = str(token.meta.get("kind", "NOTE"))
    title = next((t for t in tokens[index : index + 4] if t.type == "inline"), None)
    if title is not None and title.children and title.content.upper() == kind:
        title.children[0].content = labels_of(env).alerts.get(kind, title.content)
    return f'<div class="{escapeHtml(str(token.attrs["class"]))}" role="note">\n'


def footnote_ref(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return the raised number that leads to a footnote."""
    name, number = _footnote_names(tokens[index])
    label = escapeHtml(f"{labels_of(env).footnote} {number}")
    target = f'href="#fn{number}" id="fnref{name}" aria-label="{label}"'
    return f'<sup class="footnote-ref"><a {target}>{number}</a></sup>'


def footnote_block_open(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return the start of the footnotes."""
    label = escapeHtml(labels_of(env).footnotes)
    return f'<section class="footnotes" role="doc-endnotes" aria-label="{label}">\n<ol class="footnotes-list">\n'


def footnote_anchor(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Return the link from a footnote back to the text."""
    name, _number = _footnote_names(tokens[index])
    label = escapeHtml(labels_of(env).back_to_text)
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="{label}">↩</a>'


def _footnote_names(token: Token) -> tuple[str, str]:
    number = str(int(token.meta["id"]) + 1)
    again = int(token.meta.get("subId", 0))
    return (f"{number}-{again}" if again else number), number
