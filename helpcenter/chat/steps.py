"""Read a visitor's words as one of the choices of a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpcenter.chat import words
from helpcenter.chat.schema import ChoiceSource
from helpcenter.chat.slots import read_option

# "No, it still does not work" is an answer; a longer sentence may be another question.
MOST_WORDS_AFTER = 6


def named_choice(text: str, choices: Sequence[ChoiceSource], lang: str, *, loosely: bool) -> ChoiceSource | None:
    """Return the choice that was named: by its label, by words of `also`, or by a plain yes or no.

    With *loosely* a word that only one label has is enough.
    """
    for listed in (words.YES, words.NO):
        if words.is_exactly(text, listed):
            return yes_or_no(choices, listed)
    owners = {name: choice for choice in choices for name in (choice.label, *choice.also) if not is_yes_or_no(name)}
    named = read_option(text, [choice.label for choice in choices], lang, loosely=False) or read_option(
        text, list(owners), lang, loosely=loosely
    )
    if named is None and loosely:
        return begun_with_yes_or_no(text, choices)
    return owners.get(named) if named else None


def yes_or_no(choices: Sequence[ChoiceSource], listed: str) -> ChoiceSource | None:
    """Return the choice that is the yes or the no: the one that says so in `also`, else the only one whose label does."""
    told = only(choice for choice in choices if any(words.is_exactly(name, listed) for name in choice.also))
    return told or only(choice for choice in choices if is_labelled(choice.label, listed))


def begun_with_yes_or_no(text: str, choices: Sequence[ChoiceSource]) -> ChoiceSource | None:
    """Return the choice for "no, it does not": a few words that begin with a yes or a no."""
    first, *rest = words.plain_words(text) or ("",)
    if 0 < len(rest) <= MOST_WORDS_AFTER:
        return next((yes_or_no(choices, listed) for listed in (words.YES, words.NO) if words.is_exactly(first, listed)), None)
    return None


def only(found: Iterable[ChoiceSource]) -> ChoiceSource | None:
    """Return the one choice found, None when there are none or several."""
    found = list(found)
    return found[0] if len(found) == 1 else None


def is_labelled(label: str, listed: str) -> bool:
    """Tell whether a label begins with the yes or the no; in Kazakh the no stands at the end."""
    said = words.plain_words(label)
    ends = said[:1] if listed == words.YES else (*said[:1], *said[-1:])
    return any(words.is_exactly(word, listed) for word in ends)


def is_yes_or_no(text: str) -> bool:
    """Tell whether words are a plain yes or no."""
    return words.is_exactly(text, words.YES) or words.is_exactly(text, words.NO)
