"""What part of the help center an account is for: sections and languages, beside the role."""

from collections.abc import Iterable
from typing import Protocol


class Bounded(Protocol):
    """Whatever names sections and languages: an account, or an invitation. Empty lists mean all."""

    sections: list
    languages: list


def covers(bounds: Bounded, section: str, lang: str) -> bool:
    """Return whether *bounds* hold the *section* (`payments/cards` lies in `payments`) in the language *lang*."""
    inside = not bounds.sections or any(section == one or section.startswith(f"{one}/") for one in bounds.sections)
    return inside and (not bounds.languages or lang in bounds.languages)


def checked_bounds(chosen: Iterable[str], known: Iterable[str], what: str) -> list[str]:
    """Return *chosen* in order, each once. Raises ValueError for one that is not among *known*."""
    known = set(known)
    kept = list(dict.fromkeys(one for one in chosen if one))
    for one in kept:
        if one not in known:
            raise ValueError(f"There is no {what} {one!r} here. Known: {', '.join(sorted(known))}.")
    return kept
