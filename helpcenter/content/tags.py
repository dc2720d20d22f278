"""Tags: words that group articles, each with a page of its own at an address in ASCII."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from helpcenter.content.slugs import MAX_SLUG, slug_of
from helpcenter.language.folding import fold

# What an address loses without making two tags one: a space is a hyphen there.
SPACING = re.compile(r"[\s_-]+")


def tag_slug(tag: str) -> str:
    """Return *tag* as a part of an address: the same for tags that differ only in case, diacritics or spacing.

    What an address cannot show makes it longer, so that `C++` and `C#` stay two tags.

    >>> tag_slug("Rēķini"), tag_slug("REKINI"), tag_slug("Wi-Fi")
    ('rekini', 'rekini', 'wi-fi')
    >>> tag_slug("C++"), tag_slug("c#")
    ('c-cedb1b', 'c-951a4d')
    """
    folded = SPACING.sub("-", fold(tag)).strip("-")
    slug = slug_of(folded)
    if len(slug) < MAX_SLUG and all(part.isalnum() for part in folded.split("-")):
        return slug
    return f"{slug[: MAX_SLUG - 7]}-{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def tag_name(written: Iterable[str]) -> str:
    """Return how most articles write one tag."""
    counted = Counter(written)
    return min(counted, key=lambda name: (-counted[name], name))
