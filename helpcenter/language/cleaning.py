"""The one boundary for text that people typed: clean it here, and nowhere else."""

import re
import unicodedata

__all__ = ["TextRefused", "clean_text", "cut_text"]

# A letter carries a handful of marks in every living language; thousands only
# draw over the page and make normalising quadratic.
MARKS_A_LETTER = 6
MARKS = re.compile(f"([\u0300-\u036f]{{{MARKS_A_LETTER}}})[\u0300-\u036f]+")

# Control characters (but tab and newline), halves of surrogate pairs, the
# marks that turn the direction of foreign text around, and the byte order mark.
NEVER_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
EMPTY_LINES = re.compile("\n[ \t]*\n[ \t]*\n[ \t\n]*")


class TextRefused(ValueError):
    """Text that is not accepted; the message says why."""


def clean_text(value: object, *, limit: int, lines: bool = True) -> str:
    """Return *value* as trimmed NFC text without control characters.

    With *lines* the line breaks stay (as ``\\n``, at most one empty line in a
    row), without it the text becomes one line. Raises TextRefused when *value*
    is no string, or has more than *limit* characters.

    >>> clean_text("  Ann\\x00 O'Hara ", limit=80, lines=False)
    "Ann O'Hara"
    """
    if not isinstance(value, str):
        raise TextRefused(f"expected text, got {type(value).__name__}")
    # A form sends each line break as two characters, and browsers count it as one.
    text = LINE_ENDS.sub("\n", value.strip())
    refuse_long(text, limit)
    text = NEVER_SHOWN.sub("", text)
    text = unicodedata.normalize("NFC", MARKS.sub(r"\1", text))
    text = EMPTY_LINES.sub("\n\n", text) if lines else " ".join(text.split())
    text = text.strip()
    refuse_long(text, limit)
    return text


def cut_text(value: str, *, limit: int, lines: bool = False) -> str:
    """Return the beginning of *value*, cleaned: at most *limit* characters, whatever cleaning makes of them.

    >>> cut_text("late invoice", limit=5)
    'late'
    """
    # Composed, one character becomes three at most.
    return clean_text(value[:limit], limit=3 * limit, lines=lines)[:limit].strip()


def refuse_long(text: str, limit: int) -> None:
    """Raise TextRefused when *text* has more than *limit* characters."""
    if len(text) > limit:
        raise TextRefused(f"text has {len(text)} characters, at most {limit} are taken")
