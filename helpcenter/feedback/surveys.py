"""Surveys: what was expected and what was received, how hard it was, and whether somebody would recommend us.

Satisfaction is what somebody got, measured by what they had expected; so both are asked, on the same scale. Nobody is
asked twice within 30 days, there is one answer to each occasion, and only a keyed digest says who was asked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from helpcenter.feedback.survey_models import Survey, SurveyPerson
from helpcenter.language.cleaning import cut_text
from helpcenter.language.masking import mask_private
from helpcenter.mail.addresses import mailbox_of
from helpcenter.storage.upsert import insert_for

REQUEST, CHAT, LINK, BLOCK = "request", "chat", "link", "block"
PLACES = (REQUEST, CHAT, LINK, BLOCK)
# Nobody is asked again before this has passed.
PAUSE = timedelta(days=30)
LONGEST_COMMENT = 1000
# Question -> its lowest and highest answer, and whether it must be answered.
SCALES = {"expected": (1, 5, True), "received": (1, 5, True), "effort": (1, 7, False), "recommend": (0, 10, False)}


@dataclass(frozen=True)
class Occasion:
    """What a survey asks about: *place* is one of PLACES, *name* tells it from all others of that place."""

    place: str
    name: str
    section: str | None = None
    page: str | None = None

    @property
    def key(self) -> str:
        """The occasion as it is stored."""
        return f"{self.place}:{self.name}"


@dataclass
class Answer:
    """The answers that were given, and which questions are not answered as they must be."""

    values: dict[str, int] = field(default_factory=dict)
    comment: str | None = None
    wrong: list[str] = field(default_factory=list)


def read_answer(given: Mapping[str, str]) -> Answer:
    """Return what a form says; a comment is cut and masked, what is no answer is named in `wrong`."""
    answer = Answer()
    for name, (low, high, needed) in SCALES.items():
        typed = given.get(name, "").strip()
        if typed.isascii() and typed.isdigit() and len(typed) <= 2 and low <= int(typed) <= high:
            answer.values[name] = int(typed)
        elif typed or needed:
            answer.wrong.append(name)
    answer.comment = mask_private(cut_text(given.get("comment", ""), limit=LONGEST_COMMENT, lines=True)) or None
    return answer


def person_of(secret_key: str, address: str) -> str:
    """Return the digest that stands for the mailbox of *address*; without the key nobody can try addresses on it."""
    return hmac.new(secret_key.encode(), f"survey:{mailbox_of(address)}".encode(), hashlib.sha256).hexdigest()


def may_ask(session: Session, person: str | None, *, now: datetime) -> bool:
    """Return whether *person* may be asked now; nobody in particular always may."""
    known = session.get(SurveyPerson, person) if person else None
    return known is None or (not known.never and known.asked_at <= now - PAUSE)


def claim_person(session: Session, person: str | None, *, now: datetime) -> bool:
    """Note that *person* is asked now, and return whether they may be; of two at once only one may."""
    if not person:
        return True
    insert = insert_for(session, SurveyPerson).values(person=person, asked_at=now, never=False)
    rested = and_(SurveyPerson.asked_at <= now - PAUSE, SurveyPerson.never.is_(False))
    claimed = insert.on_conflict_do_update(index_elements=["person"], set_={"asked_at": now}, where=rested)
    return session.execute(claimed.returning(SurveyPerson.person)).first() is not None


def never_ask(session: Session, person: str, *, now: datetime) -> None:
    """Never ask *person* again."""
    insert = insert_for(session, SurveyPerson).values(person=person, asked_at=now, never=True)
    session.execute(insert.on_conflict_do_update(index_elements=["person"], set_={"never": True}))


def invite(session: Session, occasion: Occasion, *, lang: str, person: str | None, now: datetime) -> bool:
    """Note that *person* is asked about *occasion*; return False when they may not be, or were asked about it before."""
    if find(session, occasion) is not None or not claim_person(session, person, now=now):
        return False
    return _insert(session, occasion, lang=lang, person=person, now=now)


def record(session: Session, occasion: Occasion, answer: Answer, *, lang: str, person: str | None, now: datetime) -> bool:
    """Keep *answer*, and return whether it is the first to *occasion*; a second one changes nothing.

    *person* counts as asked from now on, for occasions that nobody was invited to.
    """
    if _insert(session, occasion, lang=lang, person=person, now=now):
        claim_person(session, person, now=now)
    unanswered = and_(Survey.occasion == occasion.key, Survey.answered_at.is_(None))
    values = {**answer.values, "comment": answer.comment, "answered_at": now, "lang": lang}
    return session.execute(update(Survey).where(unanswered).values(**values)).rowcount == 1


def _insert(session: Session, occasion: Occasion, *, lang: str, person: str | None, now: datetime) -> bool:
    row = {"occasion": occasion.key, "place": occasion.place, "section": occasion.section, "page": occasion.page}
    insert = insert_for(session, Survey).values(**row, lang=lang, person=person, asked_at=now)
    return session.execute(insert.on_conflict_do_nothing(index_elements=["occasion"]).returning(Survey.id)).first() is not None


def find(session: Session, occasion: Occasion) -> Survey | None:
    """Return what is kept of *occasion*, None before anybody was asked or answered."""
    return session.scalar(select(Survey).where(Survey.occasion == occasion.key))


def is_answered(session: Session, occasion: Occasion) -> bool:
    """Return whether somebody has answered about *occasion*."""
    found = find(session, occasion)
    return found is not None and found.answered_at is not None
