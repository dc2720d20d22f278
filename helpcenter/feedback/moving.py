"""Votes go along when their article gets another key."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from helpcenter.feedback.models import Vote


def move_votes(session: Session, moves: Mapping[tuple[str, str], str]) -> None:
    """Give the votes of articles, by language and old key, the new key; all at once, so that two may swap theirs.

    Of two votes of one visitor that meet, the one for the article that moved stays.
    """
    for number, (lang, key) in enumerate(moves):
        session.execute(update(Vote).where(Vote.lang == lang, Vote.key == key).values(key=f"~{number}"))
    for number, ((lang, _key), new) in enumerate(moves.items()):
        moved = Vote.lang == lang, Vote.key == f"~{number}"
        visitors = list(session.scalars(select(Vote.visitor).where(*moved)))
        for start in range(0, len(visitors), 200):
            met = Vote.visitor.in_(visitors[start : start + 200])
            session.execute(delete(Vote).where(Vote.lang == lang, Vote.key == new, met))
        session.execute(update(Vote).where(*moved).values(key=new))
