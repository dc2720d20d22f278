"""Where pictures of articles go, and how an article names what stands elsewhere in the content folder."""

from __future__ import annotations

import hashlib
import posixpath
from pathlib import PurePosixPath
from urllib.parse import quote

from helpcenter.content.assets import ASSETS
from helpcenter.content.slugs import slug_of

SUFFIXES = {"PNG": ".png", "JPEG": ".jpg"}
LONGEST_NAME = 60


def picture_path(name: str, pixels: bytes, form: str) -> str:
    """Return the file for a picture that was sent as *name*: the same picture gets the same one, another never does.

    >>> picture_path("../../Mans attēls.svg", b"", "PNG")
    '_assets/mans-attels-e3b0c442.png'
    """
    stem = slug_of(PurePosixPath(name.replace("\\", "/")).stem)[:LONGEST_NAME].rstrip("-")
    return f"{ASSETS}/{stem}-{hashlib.sha256(pixels).hexdigest()[:8]}{SUFFIXES[form]}"


def relative(path: str, here: str) -> str:
    """Return the address of the file *path* as the article in the file *here* writes it.

    >>> relative("en/payments/pay by card.md", "en/internet/router.md")
    '../payments/pay%20by%20card.md'
    """
    return quote(posixpath.relpath(path, posixpath.dirname(here) or "."))


def link_to(title: str, address: str, *, picture: bool = False) -> str:
    """Return the Markdown of a link, or of a picture whose description is *title*.

    >>> link_to("Pay [now]", "pay.md")
    '[Pay \\\\[now\\\\]](pay.md)'
    """
    words = title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"{'!' if picture else ''}[{words}]({address})"


def put_in(text: str, words: str, at: int | None) -> tuple[str, int | None]:
    """Return *text* with *words* at the place *at*, counted as browsers count, or in a paragraph at the end; and the place after them.

    >>> put_in("ab", "X", 1), put_in("ab\\n", "X", None)
    (('aXb', 2), ('ab\\n\\nX\\n', None))
    """
    units, put = text.encode("utf-16-le"), words.encode("utf-16-le")
    if at is None or not 0 <= at <= len(units) // 2:
        return f"{text.rstrip()}\n\n{words}\n".lstrip("\n"), None
    return (units[: 2 * at] + put + units[2 * at :]).decode("utf-16-le", "replace"), at + len(put) // 2
