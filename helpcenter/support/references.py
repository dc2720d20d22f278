"""References: what people read out on the phone."""

import secrets

# No vowels, so that no word appears, and none of the look-alikes 0O, 1IL, 2Z, 5S, 8B.
ALPHABET = "34679CDFGHJKMNPQRTVWX"
LENGTH = 6


def new_reference() -> str:
    """Return a random reference such as `R-7K3M9Q`; there are 85 million."""
    return "R-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy_reference(text: str) -> str:
    """Return *text* as references are written, however it was typed.

    >>> tidy_reference(" r 7k3m9q ")
    'R-7K3M9Q'
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    return f"R-{plain[1:]}" if plain.startswith("R") and len(plain) == LENGTH + 1 else f"R-{plain}"
