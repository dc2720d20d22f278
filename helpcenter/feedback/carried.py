"""Votes that articles brought from an earlier help center: what the content folder lists, as the database has it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from helpcenter.feedback.models import CarriedVote

ROWS_AT_ONCE = 200
Sums = Mapping[tuple[str, str], tuple[int, int]]


def save_carried(session: Session, sums: Sums) -> int:
    """Let the carried votes be *sums*, counts by language and key; return how many articles have other ones than before."""
    rows = session.execute(select(CarriedVote.lang, CarriedVote.key, CarriedVote.helpful, CarriedVote.not_helpful))
    before = {(lang, key): (helpful, not_helpful) for lang, key, helpful, not_helpful in rows}
    changed = [name for name in {*before, *sums} if before.get(name) != sums.get(name)]
    for lang, key in changed:
        if (lang, key) in before:
            session.execute(delete(CarriedVote).where(CarriedVote.lang == lang, CarriedVote.key == key))
    fresh = [
        {"lang": lang, "key": key, "helpful": sums[lang, key][0], "not_helpful": sums[lang, key][1]}
        for lang, key in sorted(changed)
        if (lang, key) in sums
    ]
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        session.execute(insert(CarriedVote), fresh[start : start + ROWS_AT_ONCE])
    return len(changed)
