"""Boxes that draw attention, as each tool marks them up: which of our alerts each one is.

Seen in the wild: Intercom `<div class="intercom-interblocks-callout" style="background-color: #feedaf80">`, where the
colour alone says the kind; Help Scout `<section class="callout-yellow">`, with blue, green, red and yellow; Zendesk
themes `<div class="callout callout--warning">`, `<p class="note">`; Bootstrap `<div class="alert alert-danger">`.
"""

from __future__ import annotations

import colorsys
import re

from bs4 import Tag

from helpcenter.content.labels import ENGLISH, labels_in

BOXES = frozenset({"div", "section", "aside", "blockquote", "p"})
# Words of a class that make an element a box, and those that say which.
BOX_WORDS = frozenset("callout note notes tip warning caution danger alert important notice admonition hint attention infobox".split())
KINDS = {
    "WARNING": "warning warn attention yellow orange".split(),
    "CAUTION": "danger caution error red critical stop".split(),
    "TIP": "tip hint success green".split(),
    "IMPORTANT": "important purple key".split(),
    "NOTE": "note notes info notice blue gray grey".split(),
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
WORD = re.compile(r"[a-z]+")
HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")
LONGEST_LABEL = 40


def classes_of(tag: Tag) -> list[str]:
    """Return the classes of *tag* as a list, whatever the parser made of them."""
    given = tag.get("class") or []
    return given.split() if isinstance(given, str) else list(given)


def kind_of(tag: Tag) -> str | None:
    """Return which alert *tag* is, or None when it is no box."""
    if tag.name not in BOXES:
        return None
    words = [word for name in classes_of(tag) for word in WORD.findall(name.lower())]
    if tag.get("data-hs-callout-type"):
        words += ["callout", *WORD.findall(str(tag["data-hs-callout-type"]).lower())]
    if tag.name != "aside" and not BOX_WORDS.intersection(words):
        return None
    named = [KIND_OF[word] for word in words if word in KIND_OF]
    return named[0] if named else kind_of_colour(str(tag.get("style") or ""))


def kind_of_colour(style: str) -> str:
    """Return the alert whose colour is nearest to the first colour of a style; grey and none are notes.

    >>> kind_of_colour("background-color: #feedaf80"), kind_of_colour("background: rgb(253, 58, 87)"), kind_of_colour("")
    ('WARNING', 'CAUTION', 'NOTE')
    """
    if found := HEX.search(style):
        digits = found.group(1) if len(found.group(1)) == 6 else "".join(digit * 2 for digit in found.group(1))
        red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    elif found := RGB.search(style):
        red, green, blue = (min(int(part), 255) / 255 for part in found.groups())
    else:
        return "NOTE"
    hue, _lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.15:
        return "NOTE"
    degrees = hue * 360
    if degrees < 20 or degrees >= 330:
        return "CAUTION"
    if degrees < 75:
        return "WARNING"
    if degrees < 170:
        return "TIP"
    return "NOTE" if degrees < 260 else "IMPORTANT"


def label_words(lang: str) -> dict[str, str]:
    """Return, by word in small letters, the alert that a label such as `Note:` names, in English and in *lang*."""
    words = {word.casefold(): kind for labels in (ENGLISH, labels_in(lang)) for kind, word in labels.alerts.items()}
    return {"info": "NOTE", "hint": "TIP", "danger": "CAUTION", **words}


def take_label(box: Tag, lang: str) -> str | None:
    """Return the alert that the first words of *box* name, such as a bold `Note:`, and take them out."""
    first = next((child for child in box.descendants if isinstance(child, str) and child.strip()), None)
    holder = first.parent if first is not None else None
    if first is None or holder is None or holder is box or holder.name not in ("strong", "b", "h1", "h2", "h3", "h4", "h5", "h6"):
        return None
    said = holder.get_text().strip()
    kind = label_words(lang).get(said.rstrip(":!. ").casefold()) if len(said) <= LONGEST_LABEL else None
    if kind is None:
        return None
    following = holder.next_sibling
    holder.extract()
    if isinstance(following, str):
        following.replace_with(following.lstrip(" :\n\t"))
    return kind
