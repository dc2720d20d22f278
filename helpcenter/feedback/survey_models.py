"""Surveys: who was asked, and what they answered."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import UTCDateTime


class Survey(db.Model):
    """One occasion to ask somebody, and their answer once there is one."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What was asked about, such as `request:…`: whatever happens at once, there is one answer to it.
    occasion: Mapped[str] = mapped_column(String(120), unique=True)
    # request, chat, link or block.
    place: Mapped[str] = mapped_column(String(12))
    lang: Mapped[str] = mapped_column(String(35))
    section: Mapped[str | None] = mapped_column(String(255))
    # What the embedding page calls itself, such as `checkout`.
    page: Mapped[str | None] = mapped_column(String(60))
    # A keyed digest of the address or of the visitor; never the address.
    person: Mapped[str | None] = mapped_column(String(64), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    # From 1, very poor, to 5, very good.
    expected: Mapped[int | None]
    received: Mapped[int | None]
    # From 1, very hard, to 7, very easy.
    effort: Mapped[int | None]
    # From 0, not at all, to 10, extremely likely.
    recommend: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Text)


class SurveyPerson(db.Model):
    """When a person was last asked, so that nobody is asked too often; only a digest says who."""

    __tablename__ = "survey_person"

    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # True for who does not want to be asked at all.
    never: Mapped[bool] = mapped_column(default=False)
