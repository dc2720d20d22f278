"""Which tool a tree was made for."""

from __future__ import annotations

from helpcenter.content.importers.trees.docusaurus import Docusaurus
from helpcenter.content.importers.trees.github_docs import GitHubDocs
from helpcenter.content.importers.trees.hugo import Hugo
from helpcenter.content.importers.trees.jekyll import Jekyll
from helpcenter.content.importers.trees.microsoft_docs import MicrosoftDocs
from helpcenter.content.importers.trees.mkdocs import MkDocs
from helpcenter.content.importers.trees.page import Style
from helpcenter.content.importers.trees.plain import Plain
from helpcenter.content.importers.trees.tree import Lose, Tree

# In the order in which they are tried; anything is plain.
STYLES: dict[str, type[Style]] = {style.name: style for style in (Docusaurus, MkDocs, GitHubDocs, Hugo, Jekyll, MicrosoftDocs, Plain)}


def style_of(tree: Tree, lose: Lose, name: str = "", *, version: str = "") -> Style:
    """Return the style called *name*, or the first that *tree* looks like."""
    chosen = STYLES[name] if name else next(style for style in STYLES.values() if style.fits(tree))
    style = chosen(tree, lose)
    style.version = version
    return style
