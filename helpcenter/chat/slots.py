"""Read a visitor's words as the answer to a form's question."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_month_names
from email_validator import EmailNotValidError, validate_email

from helpcenter.chat import words
from helpcenter.chat.schema import Slot, SlotType, compile_pattern
from helpcenter.language.analysis import analyse, fold

LONGEST_ANSWER = 10_000
# Types whose answers can be told from ordinary words; only these are read out of a longer message.
STRICT = frozenset({"email", "phone", "pattern", "date", "month", "number"})
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,24}[0-9]")
NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
ISO_DATE = re.compile(r"\b([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\b")
DOTTED_DATE = re.compile(r"\b([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})\b")
YEAR_MONTH = re.compile(r"^([0-9]{4})[-./]([0-9]{1,2})$")
MONTH_YEAR = re.compile(r"^([0-9]{1,2})(?:[-./ ]([0-9]{4}))?$")
YEAR = re.compile(r"\b(20[0-9]{2})\b")
DAY = re.compile(r"\b([0-9]{1,2})\b")
LETTERS = re.compile(r"[^\W\d_]+")


def kind_of(slot: Slot, types: dict[str, SlotType]) -> tuple[str, str | None]:
    """Return a slot's basic type and its pattern, following a named type of the bot."""
    named = types.get(slot.type)
    if named is not None:
        return named.type, slot.pattern or named.pattern
    return slot.type, slot.pattern


def read_slot(slot: Slot, text: str, lang: str, today: date, types: dict[str, SlotType]) -> str | None:
    """Return the answer in a message, or None when the message is no answer to this question.

    >>> read_slot(Slot(slot="email", type="email", ask="?"), "it is Ann@Example.org.", "en", date(2026, 1, 2), {})
    'Ann@example.org'
    """
    text = text.strip()[:LONGEST_ANSWER]
    if not text:
        return None
    kind, pattern = kind_of(slot, types)
    if kind == "pattern":
        return read_pattern(text, pattern or "")
    if kind == "choice":
        return read_option(text, slot.options, lang)
    if kind in ("date", "month"):
        return (read_date if kind == "date" else read_month)(text, lang, today)
    return READERS[kind](text)


def read_text(text: str) -> str | None:
    """Return any words; punctuation alone is no answer."""
    return text if any(character.isalnum() for character in text) else None


def read_email(text: str) -> str | None:
    """Return the first mail address of a message, checked by form only (no look-up)."""
    for word in text.split():
        if "@" not in word or len(word) > 254:
            continue
        try:
            return validate_email(word.strip("<>,.;:()\"'!?[]"), check_deliverability=False).normalized
        except EmailNotValidError:
            continue
    return None


def read_phone(text: str) -> str | None:
    """Return a telephone number of seven to fifteen digits, without its spaces."""
    for match in PHONE.finditer(text):
        number = re.sub(r"[^0-9+]", "", match.group())
        if 7 <= len(number.lstrip("+")) <= 15:
            return number
    return None


def read_number(text: str) -> str | None:
    """Return the only number of a message."""
    found = NUMBER.findall(text)
    return found[0].replace(",", ".") if len(found) == 1 else None


def read_yes_no(text: str) -> str | None:
    """Return "yes" or "no"."""
    if words.is_exactly(text, words.YES):
        return "yes"
    return "no" if words.is_exactly(text, words.NO) else None


READERS = {
    "text": read_text,
    "email": read_email,
    "phone": read_phone,
    "number": read_number,
    "yes_no": read_yes_no,
}


def read_pattern(text: str, pattern: str) -> str | None:
    """Return what of a message fits the pattern: all of it, or one word of it.

    Capitals do not matter; where the pattern itself wants capitals, the answer gets them.
    """
    compiled = compile_pattern(pattern)
    for candidate in (text, *text.split()):
        candidate = candidate.strip(".,;:!?()\"'#")
        if candidate and compiled.fullmatch(candidate):
            return candidate.upper() if re.search(r"[A-Z]", re.sub(r"\\.", "", pattern)) else candidate
    return None


def read_option(text: str, options: list[str], lang: str, *, loosely: bool = True) -> str | None:
    """Return the option that was named: by its words, its number, all its words inside a sentence, or a word only it has.

    The last way is a guess (words such as "is" do not count); without *loosely* it is left out.
    """
    said = words.plain_words(text)
    if text.isdecimal() and 1 <= int(text[:3]) <= len(options):
        return options[int(text[:3]) - 1]
    named = [(words.plain_words(option), option) for option in options]
    for option_words, option in named:
        if option_words and option_words == said:
            return option
    if len(said) > 12:
        return None
    inside = [(len(option_words), option) for option_words, option in named if option_words and set(option_words) <= set(said)]
    if inside:
        longest = max(inside)[0]
        best = [option for length, option in inside if length == longest]
        return best[0] if len(best) == 1 else None
    if not loosely or len(said) > 6:
        return None
    shared = [option for option in options if content_words(text, lang) & content_words(option, lang)]
    return shared[0] if len(shared) == 1 else None


def content_words(text: str, lang: str) -> set[str]:
    """Return the words of a text that are no stop words."""
    return {words.plain(token.folded) for token in analyse(text, lang, limit=60) if not token.stop}


def read_date(text: str, lang: str, today: date) -> str | None:
    """Return a day as YYYY-MM-DD, from figures, a month's name, or today and yesterday."""
    for pattern, order in ((ISO_DATE, (1, 2, 3)), (DOTTED_DATE, (3, 2, 1))):
        if match := pattern.search(text):
            return make_date(*(int(match[place]) for place in order))
    for listed, days in ((TODAY, 0), (YESTERDAY, 1)):
        if words.says(text, listed, whole=True):
            return (today - timedelta(days=days)).isoformat()
    month, day = find_month(text, lang), DAY.search(YEAR.sub("", text))
    if month is None or day is None:
        return None
    year = YEAR.search(text)
    return make_date(int(year[1]) if year else today.year, month, int(day[1]))


TODAY = "today|sodien|dzisiaj|dzis|idag|i dag|бугин"
YESTERDAY = "yesterday|vakar|wczoraj|igar|i gar|кеше"


def make_date(year: int, month: int, day: int) -> str | None:
    """Return an existing day as text, else None."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def read_month(text: str, lang: str, today: date) -> str | None:
    """Return a month in the visitor's language, with its year where one was said."""
    stripped = text.strip(" .?!")
    if match := YEAR_MONTH.match(stripped):
        return name_month(int(match[2]), int(match[1]), lang)
    if match := MONTH_YEAR.match(stripped):
        return name_month(int(match[1]), int(match[2]) if match[2] else None, lang)
    month, year = find_month(text, lang), YEAR.search(text)
    return None if month is None else name_month(month, int(year[1]) if year else None, lang)


def name_month(month: int, year: int | None, lang: str) -> str | None:
    """Return a month as people write it."""
    if not 1 <= month <= 12 or (year is not None and not 2000 <= year <= 2100):
        return None
    name = format_date(date(year or 2000, month, 1), "LLLL", locale=locale_of(lang))
    return f"{name} {year}" if year else name


def locale_of(lang: str) -> Locale:
    """Return the locale of a language, English where there is none."""
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def find_month(text: str, lang: str) -> int | None:
    """Return the month that a text names, in the visitor's language or in English; three letters are enough."""
    for word in LETTERS.findall(fold(text)):
        if len(word) < 3:
            continue
        for number, name in month_names(lang):
            if is_month(word, name):
                return number
    return None


@lru_cache(maxsize=64)
def month_names(lang: str) -> tuple[tuple[int, str], ...]:
    """Return the months' names, folded, as they stand alone and inside a date, in the language and in English."""
    return tuple(
        (number, fold(name))
        for locale in (locale_of(lang), Locale("en"))
        for context in ("stand-alone", "format")
        for number, name in get_month_names("wide", context, locale).items()
    )


def is_month(word: str, name: str) -> bool:
    """Tell whether a word is a month's name, its beginning, or a bent form of it."""
    if name.startswith(word):
        # "mar" and "may" are months; "mare" is not, and "may" the verb is a risk that a month question takes.
        return True
    stem = name[: max(4, len(name) - 3)]
    return len(word) >= 4 and word.startswith(stem) and abs(len(word) - len(name)) <= 3
