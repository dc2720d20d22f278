"""What is nested too deep stays text, and is found; the parser by itself would drop it and all that follows."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_block.paragraph import paragraph
from mdit_py_plugins.footnote.index import footnote_def

TOO_DEEP = "too_deep"
# The parser takes 20 levels. A list needs two for itself, and one for its text.
DEEPEST = 17
NESTING = (list_block, blockquote, footnote_def)


def nesting_plugin(markdown: MarkdownIt) -> None:
    """Teach *markdown* to keep what is nested too deep; used after all plugins, so that no rule stands before this one."""
    first = markdown.block.ruler.get_all_rules()[0]
    markdown.block.ruler.before(first, TOO_DEEP, too_deep)


def too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines from *start* as a plain paragraph when they would begin one more list, quote or footnote."""
    if state.level <= DEEPEST or not any(rule(state, start, end, True) for rule in NESTING):
        return False
    if not silent:
        place = len(state.tokens)
        paragraph(state, start, end, silent)
        state.tokens[place].meta[TOO_DEEP] = True
    return True
