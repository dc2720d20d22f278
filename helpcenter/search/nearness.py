"""Which of a few texts is most like a query, by the letters they share: for when no word is found anywhere."""

from collections.abc import Sequence

from helpcenter.language.analysis import fold

__all__ = ["nearest_texts"]

LETTERS = 3
# Below this share of the query's letter groups the likeness is chance.
NEAR = 0.25


def nearest_texts(query: str, texts: Sequence[str]) -> list[int]:
    """Return the numbers of the *texts* that share enough with *query*, the most like it first.

    >>> nearest_texts("delivring", ["Invoices and payments", "Orders and delivery"])
    [1]
    """
    asked = letter_groups(query)
    shares = [len(asked & letter_groups(text)) / len(asked) if asked else 0.0 for text in texts]
    return sorted((number for number, share in enumerate(shares) if share >= NEAR), key=lambda number: -shares[number])


def letter_groups(text: str) -> set[str]:
    """Return the groups of three letters in the words of *text*, beginnings of words marked.

    >>> sorted(letter_groups("Box"))
    [' bo', 'box']
    """
    words = [f" {word}" for word in fold(text).split()]
    return {word[at : at + LETTERS] for word in words for at in range(max(len(word) - LETTERS + 1, 1))}
