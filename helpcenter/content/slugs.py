"""Slugs: the ASCII names of articles and sections in URLs."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_SLUG = 80
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,79})\Z")
OTHER = re.compile(r"[^a-z0-9]+")

# Letters that Unicode does not take apart into an ASCII letter and a mark, as people of the languages write them in
# addresses: Cyrillic of Russian, Ukrainian and Kazakh, and the odd letters of Latin alphabets.
LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "є": "ye", "і": "i", "ї": "yi", "ґ": "g", "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o",
        "ұ": "u", "ү": "u", "һ": "h", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
        "ð": "d", "ı": "i", "ħ": "h", "ŋ": "ng", "’": "", "'": "",
    }
)  # fmt: skip


def slug_of(text: str) -> str:
    """Return *text* as a slug of at most 80 characters.

    Text without a single letter that can be written in ASCII gets a name made from its hash, so that two such texts
    never share one.

    >>> slug_of("Rēķini un maksājumi"), slug_of("Құпия сөз")
    ('rekini-un-maksajumi', 'qupiya-soz')
    """
    # Composed first, so that й and ё are letters of their own and not и and е with a mark.
    letters = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()
    slug = OTHER.sub("-", plain).strip("-")[:MAX_SLUG].rstrip("-")
    return slug or "a-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def is_slug(text: str) -> bool:
    """Return whether *text* can stand in a URL as it is."""
    return bool(SLUG.match(text))


def section_key(text: str) -> str:
    """Return a category's name, or a path of folders, as the key of a section.

    >>> section_key("Wi-Fi & Networks"), section_key("Guides/First Steps")
    ('wi-fi-networks', 'guides/first-steps')
    """
    return "/".join(slug_of(part) for part in text.split("/") if part.strip())[:200]
