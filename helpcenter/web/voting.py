"""What a vote does, whichever door it came through: form or API, and what the vote box shows."""

import re

from flask import request
from sqlalchemy.orm import Session

from helpcenter.content.models import Article
from helpcenter.content.outline import Summary
from helpcenter.content.site import Site
from helpcenter.feedback import comments, votes
from helpcenter.feedback.votes import Counts
from helpcenter.journeys import acts, trail
from helpcenter.journeys.acts import Act
from helpcenter.language.messages import gettext
from helpcenter.mail.addresses import AddressRefused, checked_address
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import carrying, forms
from helpcenter.web.carrying import NOTHING, Carried
from helpcenter.web.limits import address_digest, is_over, limited, limited_in
from helpcenter.web.locale import current_site
from helpcenter.web.recording import write_soon
from helpcenter.web.services import services
from helpcenter.web.visitor import ensure_visitor

MOST_NEAREST = 3
# Programs that walk through sites say so. What else is no browser may vote for a person, as a shop's own server does.
CRAWLER = re.compile(r"(?<!cu)bot\b|(?<!cu)bot[/_;-]|crawl|spider|slurp|mediapartners|facebookexternalhit", re.IGNORECASE)
LONGEST_READ_SECONDS = 24 * 3600


def record_vote(
    article: Article | Summary,
    *,
    helpful: bool,
    reason: str | None = None,
    comment: str | None = None,
    query: str | None = None,
    way: Carried = NOTHING,
    read_seconds: int | None = None,
    email: str | None = None,
) -> Counts:
    """Record the visitor's vote on *article* with the way that led to it; return how many found it helpful, and not.

    An answer to the comment goes to *email*, which was checked.

    What a program sends, or a visitor beyond the limits, is thanked for like any other and counted as no vote.
    """
    votes.known_reason(reason, reason_names(current_site()))
    if is_program():
        limited("vote")
        write_soon(acts.store, Act(utcnow().date(), article.lang, "vote-of-program"))
        return votes.counts(db.session, article.lang, article.key)
    visitor, steps = ensure_visitor(), carrying.steps_of(way)
    # The article stays as it was read. Whoever waits for the writer and still reads keeps SQLite's log from beginning anew.
    db.session.close()
    before, seconds = steps_before(article, steps, query), checked_seconds(read_seconds)
    with writing() as session:
        limited_in(session, "vote")
        if services().rate_limits and is_too_many(session, visitor, article):
            acts.store(session, [Act(utcnow().date(), article.lang, "vote-over-limit")])
        else:
            now = utcnow()
            visit = trail.visit_of(session, visitor, article.lang, now=now)
            said = {"helpful": helpful, "reason": reason, "comment": comment}
            vote = votes.cast(session, article, visitor, query=query, journey_id=visit.id, read_seconds=seconds, **said)
            # As it was kept: masked, and without what was not said this time.
            said |= {"article": article.key, "title": article.title, "comment": vote.comment if comment else None}
            trail.go_on(session, visit, before, then=[("vote", said)], now=now)
            if email:
                comments.leave_address(session, vote.id, email)
        return votes.counts(session, article.lang, article.key)


def steps_before(article: Article | Summary, steps: list[tuple[str, dict]], query: str | None) -> list[tuple[str, dict]]:
    """Return the steps that led to a vote: *steps*, the search and the view that it tells of."""
    searched = [("search", {"query": query})] if query else []
    return [*steps, *searched, ("view", carrying.article_step(article))]


def is_too_many(session: Session, visitor: str, article: Article | Summary) -> bool:
    """Return whether *visitor* votes on too many articles in a day, or their network too often on this one.

    Whoever has voted on it may change their mind as often as they like.
    """
    if votes.has_voted(session, article.lang, article.key, visitor):
        return False
    return is_over(session, "vote-visitor", visitor[:32]) or is_over(session, "vote-article", f"{address_digest()}:{article.id}")


def form_address() -> tuple[str | None, bool]:
    """Return the address that an answer shall go to, if one was typed, and whether it is none that mail can be sent to."""
    typed = request.form.get("email", "").strip()
    try:
        return (checked_address(typed) if typed else None), False
    except AddressRefused:
        return None, True


def is_program() -> bool:
    """Return whether a program that walks through sites sent this, or one that fills in every field."""
    return bool(CRAWLER.search(request.headers.get("User-Agent", "")) or request.form.get(forms.TRAP))


def checked_seconds(given: int | None) -> int | None:
    """Return for how many seconds a page had been open, None for what cannot be."""
    return given if given is not None and 0 <= given <= LONGEST_READ_SECONDS else None


def form_seconds() -> int | None:
    """Return what the page's script says of how long it had been open."""
    given = request.form.get("read", "")
    return checked_seconds(int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else None


def reason_names(site: Site) -> set[str]:
    """Return the names of all reasons that a vote may have: those of site.yaml, and the usual ones."""
    return {*site.vote_reasons.after_no, *site.vote_reasons.after_yes, *votes.REASONS}


def offered_reasons(site: Site, lang: str, *, helpful: bool) -> list[tuple[str, str]]:
    """Return the reasons to choose from after a vote, name and words: the editors' own, or the usual ones."""
    own = site.vote_reasons.after_yes if helpful else site.vote_reasons.after_no
    usual = votes.REASONS_AFTER_YES if helpful else votes.REASONS_AFTER_NO
    if own:
        return [(name, site.text(words, lang)) for name, words in own.items()]
    return [(name, gettext(lang, words)) for name, words in usual.items()]


def reason_text(site: Site, lang: str, name: str | None) -> str:
    """Return the words of the reason *name*, nothing without one; a reason that is offered no more has its name."""
    own = {**site.vote_reasons.after_no, **site.vote_reasons.after_yes}.get(name or "")
    if own:
        return site.text(own, lang)
    return gettext(lang, votes.REASONS[name]) if name in votes.REASONS else name or ""


def vote_values(shown: Article, lang: str, *, query: str, voted: str | None) -> dict:
    """Return what the vote box shows; what costs a look-up only after a vote."""
    values = {"voted": voted, "query": query, "reasons": [], "nearest": [], "counts": None, "trap": forms.TRAP}
    if voted is None:
        return values
    values["counts"] = votes.counts(db.session, shown.lang, shown.key)
    if voted in ("yes", "no", "address"):
        values["reasons"] = offered_reasons(current_site(), lang, helpful=voted == "yes")
    if voted in ("no", "noted-no", "address"):
        values["nearest"] = nearest_to(shown, query)
    return values


def nearest_to(shown: Article, query: str) -> list:
    """Return other articles that answer the query, or that speak of the same."""
    results = services().engine.search(query or shown.title, shown.lang, limit=MOST_NEAREST + 1)
    return [hit for hit in results.hits if hit.key != shown.key][:MOST_NEAREST]
