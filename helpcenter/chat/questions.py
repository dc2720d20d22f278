"""Notice several questions in one message: none of them should be lost because another one was louder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from helpcenter.chat import words
from helpcenter.chat.matcher import Match
from helpcenter.chat.rules import LanguageRules
from helpcenter.chat.schema import Rule
from helpcenter.language.analysis import base_language

SENTENCE = re.compile(r"[^.?!…\n]+[.?!…]*")
# "And" between two questions. Each language has its own: the Polish one is the English "I".
AND = {
    lang: re.compile(rf"\s+(?:{listed})\s+", re.IGNORECASE)
    for lang, listed in {
        "en": "and also|and|as well as",
        "lv": "un vēl|un|kā arī",
        "pl": "a także|oraz|i jeszcze|i",
        "sv": "och dessutom|och|samt",
        "kk": "және|әрі|сондай-ақ",
    }.items()
}
NEVER = re.compile(r"(?!)")
# A longer message tells a story; a shorter part is no question.
LONGEST_READ, FEWEST_WORDS = 600, 2
# A part must be this much surer than a message of its own: it was cut out of one.
SURE = 1.3
MOST_QUESTIONS = 4


def several(text: str, rules: LanguageRules, match: Callable[[str], Match]) -> list[tuple[Rule, str]]:
    """Return the rules that answer the questions of a message, each with its question; nothing when there is only one question."""
    asked = list(parts(text, rules.lang)) if len(text) <= LONGEST_READ else []
    if len(asked) < 2 or match(text).example.casefold() == text.casefold().strip(" .?!"):
        # What an editor lists as one example is one question.
        return []
    found: dict[str, tuple[Rule, str]] = {}
    for part in asked:
        known = match(part)
        rule = rules.rules.get(known.intent or "")
        if rule is None or rule.small_talk or known.confidence < known.answer_at * SURE:
            continue
        found.setdefault(rule.intent, (rule, part))
    return list(found.values())[:MOST_QUESTIONS] if len(found) > 1 else []


def parts(text: str, lang: str = "en") -> Iterator[str]:
    """Yield the questions of a message; where one has a question mark, only those that have one, for the rest tells what happened.

    >>> list(parts("My parcel came. How do I return it, and when do I get my money?"))
    ['How do I return it', 'when do I get my money']
    """
    sentences = [sentence.strip() for sentence in SENTENCE.findall(text)]
    asked = [sentence for sentence in sentences if sentence.endswith("?")] or sentences
    for sentence in asked:
        pieces = [piece.strip(" ,;?!.…") for piece in AND.get(base_language(lang), NEVER).split(sentence)]
        # "Terms and conditions" are one thing: a piece that is too short belongs to its sentence.
        if any(len(words.plain_words(piece)) < FEWEST_WORDS for piece in pieces):
            pieces = [sentence.strip(" ,;?!.…")]
        yield from (piece for piece in pieces if piece)
