"""The weekly digest: what readers wrote about a section, mailed to the people who look after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from helpcenter.content.site import Site
from helpcenter.feedback.comment_models import FeedbackDigest
from helpcenter.feedback.comments import Comment, Filter, list_comments
from helpcenter.language.messages import format_date, gettext
from helpcenter.mail.letters import Sender, queue_letter
from helpcenter.storage.upsert import insert_for

EVERY_SECTION = "all"
# What a digest shows; the inbox has the rest.
MOST_SHOWN = 30
EXCERPT = 500


def last_week(site: Site, now: datetime) -> tuple[date, date]:
    """Return the first and the last day of the week before *now*, where the site is; weeks begin on Monday."""
    today = now.astimezone(site.zone).date()
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


@dataclass(frozen=True)
class Telling:
    """What a digest is told by the web: the address of a comment's page or of a section's inbox, and a reason in words."""

    address_of: Callable[[Comment | str], str]
    reason_in: Callable[[str, str | None], str]


def queue_digests(session: Session, sender: Sender, telling: Telling, *, now: datetime) -> int:
    """Queue the digests of last week that were not queued yet, and return how many.

    An address gets one digest a week, whatever happens at once, and none about a week in which nothing was written.
    """
    since, until = last_week(sender.site, now)
    queued = 0
    for address, sections in sections_by_address(sender.site).items():
        comments = [one for section in sections for one in list_comments(session, Filter(section=section, since=since, until=until), limit=None)]
        comments = list({one.id: one for one in comments}.values())
        if comments and _claim(session, address, since, now):
            _queue(session, sender, address, sections, comments, (since, until), telling)
            queued += 1
    return queued


def sections_by_address(site: Site) -> dict[str, list[str]]:
    """Return the sections that each address of site.yaml wants to hear of; the empty section stands for all of them.

    >>> sections_by_address(Site(feedback={"digest": {"payments": "a@example.org", "all": "b@example.org"}}))
    {'a@example.org': ['payments'], 'b@example.org': ['']}
    """
    found: dict[str, list[str]] = {}
    for section, address in site.feedback.digest.items():
        found.setdefault(address, []).append("" if section == EVERY_SECTION else section)
    return {address: [""] if "" in sections else sections for address, sections in found.items()}


def _claim(session: Session, address: str, monday: date, now: datetime) -> bool:
    row = {"address": address, "week": monday.isoformat(), "queued_at": now}
    insert = insert_for(session, FeedbackDigest).values(**row).on_conflict_do_nothing(index_elements=["address", "week"])
    return session.execute(insert.returning(FeedbackDigest.week)).first() is not None


def _queue(session: Session, sender: Sender, address: str, sections: list[str], comments: list[Comment], week: tuple[date, date], telling: Telling) -> None:
    site, lang = sender.site, sender.site.default_language
    named = [site.title_of(section, lang) if section else gettext(lang, "All topics") for section in sections]
    queue_letter(
        session,
        sender,
        "feedback-digest",
        recipient=address,
        lang=lang,
        thread=f"digest-{week[0]}",
        automatic=True,
        total=len(comments),
        section=", ".join(named),
        since=format_date(lang, week[0]),
        until=format_date(lang, week[1]),
        comments=[_shown(lang, one, telling) for one in comments[:MOST_SHOWN]],
        inbox=telling.address_of(sections[0] if len(sections) == 1 else ""),
    )


def _shown(lang: str, one: Comment, telling: Telling) -> dict:
    helped = gettext(lang, "It helped") if one.vote.helpful else gettext(lang, "It did not help")
    said = ": ".join(filter(None, (helped, telling.reason_in(lang, one.vote.reason))))
    excerpt = (one.vote.comment or "")[:EXCERPT]
    return {"title": one.title, "lang": one.vote.lang, "said": said, "comment": excerpt, "url": telling.address_of(one)}
