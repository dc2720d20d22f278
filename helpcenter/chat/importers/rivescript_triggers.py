"""The triggers of RiveScript as examples and patterns of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from helpcenter.chat.schema import compile_pattern

LONGEST_PATTERN = 4000
MOST_ITEMS = 200
WEIGHT = re.compile(r"\{weight=(\d{1,6})\}", re.IGNORECASE)
PLAIN = re.compile(r"^[^\W_]+(?:['’ -]+[^\W_]+)*$")
# A word, an array, a group, a wildcard, or the space between them.
PART = re.compile(r"@(\w+)|([*#_])|([()\[\]|])|(\s+)|([^\s*#_()\[\]|@]+)|(.)")
WILDCARDS = {"*": r".+?", "#": r"\d+", "_": r"[^\W\d_]+"}
ENDS = r"[\s\pP]*"
GAP = r"[\s\pP]+"


class TooLarge(ValueError):
    """A trigger that would make a pattern too large for a message to be held against."""


def without_weight(text: str) -> str:
    """Return a trigger without its priority.

    >>> without_weight("{weight=100}google *")
    'google *'
    """
    return " ".join(WEIGHT.sub("", text).split())


def weight_of(text: str) -> int:
    """Return a trigger's priority, 0 when it has none."""
    match = WEIGHT.search(text)
    return int(match[1]) if match else 0


def normal(text: str) -> str:
    """Return words as they are compared: small, without punctuation."""
    return " ".join(re.sub(r"[^\w\s*#@|()\[\]]", "", without_weight(text).casefold()).split())


def is_plain(text: str) -> bool:
    """Tell whether a trigger is words only."""
    return bool(PLAIN.match(without_weight(text)))


def is_catch_all(text: str) -> bool:
    """Tell whether a trigger hears everything."""
    return without_weight(text) in ("*", "[*]")


def as_pattern(text: str, arrays: Mapping[str, list[str]]) -> str:
    """Return a trigger as a pattern for a whole message. Raises ValueError when it is none.

    >>> as_pattern("call [me] *", {})
    '^[\\\\s\\\\pP]*call(?:[\\\\s\\\\pP]+(?:me))?[\\\\s\\\\pP]+.+?[\\\\s\\\\pP]*$'
    """
    items: list[tuple[str, bool]] = []
    """Each piece of the pattern, and whether it may be missing."""
    position, parts = 0, list(PART.finditer(text))
    while position < len(parts):
        match = parts[position]
        if match[3] in ("(", "["):
            closing = closing_of(parts, position)
            items.append((group(parts[position + 1 : closing], arrays), match[3] == "["))
            position = closing
        elif match[3] or match[6]:
            raise ValueError(f"`{match[0]}` stands where nothing is grouped")
        elif not match[4]:
            items.append((piece(match, arrays), False))
        position += 1
    pattern = f"^{ENDS}{joined(items)}{ENDS}$"
    if len(pattern) > LONGEST_PATTERN:
        raise TooLarge(f"its pattern would have {len(pattern)} characters, more than {LONGEST_PATTERN}")
    compile_pattern(pattern)
    return pattern


def joined(items: list[tuple[str, bool]]) -> str:
    """Return the pieces with gaps between them; a piece that may be missing takes its gap along."""
    whole, begun = "", False
    for piece_of, optional in items:
        if optional:
            whole += f"(?:{GAP}{piece_of})?" if begun else f"(?:{piece_of}{GAP})?"
        else:
            whole += (GAP if begun else "") + piece_of
            begun = True
    if not begun:
        raise ValueError("nothing in it has to be said")
    return whole


def closing_of(parts: list[re.Match[str]], opening: int) -> int:
    """Return where the group that opens at *opening* ends. Groups do not stand in each other."""
    wanted = ")" if parts[opening][3] == "(" else "]"
    for place in range(opening + 1, len(parts)):
        if parts[place][3] == wanted:
            return place
        if parts[place][3] in ("(", "[", ")", "]"):
            break
    raise ValueError(f"`{parts[opening][0]}` is not closed, or another group stands in it")


def group(parts: list[re.Match[str]], arrays: Mapping[str, list[str]]) -> str:
    """Return the alternatives of a group."""
    options: list[list[str]] = [[]]
    for match in parts:
        if match[3] == "|":
            options.append([])
        elif not match[4]:
            options[-1].append(piece(match, arrays))
    if len(options) > MOST_ITEMS:
        raise TooLarge(f"it has {len(options)} alternatives in one place, more than {MOST_ITEMS}")
    return f"(?:{'|'.join(GAP.join(option) for option in options if option)})"


def piece(match: re.Match[str], arrays: Mapping[str, list[str]]) -> str:
    """Return a word, a wildcard or an array as a piece of a pattern."""
    if match[2]:
        return WILDCARDS[match[2]]
    if match[1] is None:
        return re.escape(match[0])
    if match[1] not in arrays:
        raise ValueError(f"there is no array {match[1]}")
    if len(arrays[match[1]]) > MOST_ITEMS:
        raise TooLarge(f"the array {match[1]} has {len(arrays[match[1]])} items, more than {MOST_ITEMS}")
    return f"(?:{'|'.join(GAP.join(re.escape(word) for word in item.split()) for item in arrays[match[1]])})"
