"""Words that a person joined and no article has so: `routerproblem` is asked as `router problem`."""

from collections.abc import Iterator, Sequence

from helpcenter.language.analysis import Token, analyse, base_language
from helpcenter.search.snapshot import LanguageView

__all__ = ["taken_apart"]

# Languages that write compounds as one word, and the letters they may put between the parts.
LINKS = {
    "sv": ("s",), "da": ("s", "e"), "no": ("s", "e"), "nb": ("s", "e"), "nn": ("s", "e"), "nl": ("s", "en"),
    "de": ("s", "es", "n", "en"), "fi": (), "et": (),
}  # fmt: skip
SHORTEST = 4


def taken_apart(token: Token, view: LanguageView, others: Sequence[LanguageView], *, half_typed: bool) -> list[Token]:
    """Return the two words *token* is made of, or itself.

    Only a word that is nowhere, is no slip of a known one and, when it may be half typed, begins none is taken apart.
    """
    links = LINKS.get(base_language(view.lang))
    if links is None or len(token.folded) < 2 * SHORTEST or any(is_known(token, one) for one in (view, *others)):
        return [token]
    if view.vocabulary.corrections_of(token.folded) or (half_typed and view.vocabulary.starting_with(token.folded, 1)):
        return [token]
    found = [parts for parts in pairs(token, links, view.lang) if all(is_known(part, view) for part in parts)]
    # The evenest pair: a short part is the likeliest to be there by chance.
    return max(found, key=lambda parts: min(len(part.folded) for part in parts), default=[token])


def is_known(token: Token, view: LanguageView) -> bool:
    """Return whether some article in the language has *token* in any form."""
    return view.vocabulary.is_known(token.key, token.folded)


def pairs(token: Token, links: Sequence[str], lang: str) -> Iterator[list[Token]]:
    """Yield each two words with a topic that *token* may be made of, linking letters left out."""
    word = token.surface
    for at in range(SHORTEST, len(word) - SHORTEST + 1):
        for link in ("", *links):
            first = word[:at].removesuffix(link)
            if len(first) < SHORTEST or (link and not word[:at].endswith(link)):
                continue
            parts = [part for text in (first, word[at:]) for part in analyse(text, lang)]
            if len(parts) == 2 and not any(part.stop for part in parts):
                yield [part._replace(start=token.start, end=token.end) for part in parts]
