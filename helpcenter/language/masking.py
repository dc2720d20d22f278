"""What people type by mistake into places that no person answers: addresses and numbers are masked before anything is kept."""

import re

__all__ = ["EMAIL_MASK", "NUMBER_MASK", "mask_private"]

EMAIL_MASK, NUMBER_MASK = "[e-mail]", "[number]"
EMAIL = re.compile(r"[^\s@<>,;:()]{1,100}@[^\s@<>,;:()]{1,100}")
# Five digits or more, also in groups as telephone and card numbers are written.
NUMBER = re.compile(r"\+?\d(?:[ ()./\u00a0\u2010-\u2013-]{0,2}\d){4,}")


def mask_private(text: str) -> str:
    """Return *text* without e-mail addresses and numbers of five digits or more.

    >>> mask_private("Where is order 48-113-207? ann@example.org")
    'Where is order [number]? [e-mail]'
    """
    return NUMBER.sub(NUMBER_MASK, EMAIL.sub(EMAIL_MASK, text))
