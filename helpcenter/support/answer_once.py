"""An answer that may help others: the words of a reply without whom they were for and who wrote them."""

import re

from helpcenter.language.masking import mask_private
from helpcenter.support.models import Message, SupportRequest

NAME_MASK = "[name]"
SHORTEST_NAME = 2
# Names take endings in most of our languages (Ādams, Ādam, Ādamam): a long one is known by its beginning.
LONG_NAME, LONGEST_ENDING = 5, 4
# A line this short with a name in it greets or signs.
FEW_WORDS = 4


def without_persons(request: SupportRequest, message: Message) -> tuple[str, str]:
    """Return subject and text of an answer without names, addresses, long numbers and the reference of *request*.

    Nobody can promise that nothing personal is left: a person reads it before it is published.
    """
    names = [*name_words(request.name), *name_words(message.author_name)]
    subject, text = (mask_names(mask_private(given.replace(request.reference, "")), names) for given in (request.subject, message.text))
    return " ".join(subject.split()), without_greeting(text)


def name_words(name: str | None) -> list[str]:
    """Return the parts of a name that are looked for."""
    return [word for word in re.findall(r"[^\W\d_]+", name or "") if len(word) >= SHORTEST_NAME]


def mask_names(text: str, names: list[str]) -> str:
    """Return *text* with every form of *names* masked.

    >>> mask_names("Labdien, Ādam! Bērziņam to nesakām.", ["Ādams", "Bērziņš"])
    'Labdien, [name]! [name] to nesakām.'
    """
    for name in names:
        stem = name[:-1] if len(name) >= LONG_NAME else name
        ending = rf"\w{{0,{LONGEST_ENDING}}}" if len(name) >= LONG_NAME else ""
        text = re.sub(rf"\b{re.escape(stem)}{ending}\b", NAME_MASK, text)
    return text


def without_greeting(text: str) -> str:
    r"""Return *text* without lines at its ends that only greet or sign.

    >>> without_greeting("Hello [name],\n\nHold the button.\n\nBest wishes,\n[name]")
    'Hold the button.\n\nBest wishes,'
    """
    lines = text.strip().splitlines()
    while lines and (not lines[0].strip() or is_about_a_name(lines[0])):
        lines.pop(0)
    while lines and (not lines[-1].strip() or is_about_a_name(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def is_about_a_name(line: str) -> bool:
    """Return whether a line is short and has a name in it."""
    return NAME_MASK in line and len(line.split()) <= FEW_WORDS
