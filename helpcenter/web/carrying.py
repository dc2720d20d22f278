"""The trail of a visit that is still nobody's: signed, it travels in addresses and forms from page to page, without cookie or script.

It becomes rows at the first deliberate act. What was changed on the way, or is older than a visit's silence, is as if it were
not there. The words of a search are masked before they travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, g, request, url_for
from itsdangerous import BadData
from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.outline import Summary
from helpcenter.journeys import trail
from helpcenter.journeys.models import Journey
from helpcenter.language.masking import mask_private
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_outline
from helpcenter.web.recording import article_before, count_act
from helpcenter.web.services import services

FIELD = "trail"
PURPOSE = "carried-trail"
# An address must stay short enough for every browser and proxy. Of a longer visit the last steps go along.
MOST_STEPS = 8
LONGEST_QUERY = 200
LONGEST_TOKEN = 2_000
SEARCH, VIEW, FORM, SUGGESTED, TAKEN = "s", "v", "f", "g", "t"
# Pages that a visit only passes, on the way to an article or a person.
PASSED = frozenset({"pages.home", "pages.section", "pages.tag"})
# Pages whose links and forms lead the visit on.
CARRYING = PASSED | {"pages.article", "chatting.page", "contact.form"}
ARTICLES = frozenset({"pages.article", "widget.article"})


@dataclass(frozen=True)
class Carried:
    """Steps of a visit, the earliest first: a letter for what was done and what it was done with. *since* is the last one's second."""

    steps: tuple[tuple, ...] = ()
    since: int = 0

    def __bool__(self) -> bool:
        return bool(self.steps)

    def and_then(self, kind: str, *details: object) -> Carried:
        """Return the trail with one more step, made now; the same step twice is one."""
        step = (kind, *details)
        if step in self.steps:
            return self
        return Carried((*self.steps, step)[-MOST_STEPS:], int(utcnow().timestamp()))

    def after_search(self, query: str, hits: int) -> Carried:
        """Return the trail after a search."""
        return self.and_then(SEARCH, mask_private(query)[:LONGEST_QUERY], hits) if query else self

    def after_view(self, lang: str, key: str, place: int = 0) -> Carried:
        """Return the trail after an article was opened, perhaps as the hit at *place*."""
        return self.and_then(VIEW, lang, key, place) if key not in [step[2] for step in self.steps if step[0] == VIEW] else self

    def token(self) -> str | None:
        """Return the trail signed, without the first steps of one that is too long; None when nothing has happened yet."""
        for first in range(len(self.steps)):
            token = services().seal(PURPOSE).dumps([self.since, self.steps[first:]])
            if len(token) <= LONGEST_TOKEN:
                return token
        return None


NOTHING = Carried()


def read(token: str | None, now: datetime | None = None) -> Carried:
    """Return the trail in *token*; an empty one when it is missing, tampered with, too long or too old."""
    if not token or len(token) > LONGEST_TOKEN:
        return NOTHING
    try:
        since, steps = services().seal(PURPOSE).loads(token)
    except (BadData, TypeError, ValueError):
        return NOTHING
    age = (now or utcnow()).timestamp() - since
    if age > trail.SILENCE.total_seconds():
        return NOTHING
    return Carried(tuple(tuple(tuple(part) if isinstance(part, list) else part for part in step) for step in steps), since)


def carried() -> Carried:
    """Return the trail that came with this request, in the address or in a form."""
    if "carried" not in g:
        g.carried = read(request.values.get(FIELD))
    return g.carried


def carry(after: Carried) -> Carried:
    """Let the links and forms of the page that answers this request lead *after* on, and return it."""
    g.carried_on = after
    g.pop("token_on", None)
    return after


def carry_from_article() -> Carried:
    """Return the trail that came, or the one article of ours whose link was followed, as the browser tells."""
    before = carried()
    if before or not g.get("lang"):
        return before
    key = article_before(current_outline(g.lang))
    return before.after_view(g.lang, key) if key else before


def carried_on() -> Carried:
    """Return what the page that answers this request leads on."""
    return g.get("carried_on", NOTHING)


def token_on() -> str | None:
    """Return what the forms of this page hold to lead the visit on, None when there is nothing."""
    # Every link of a page asks for it.
    if "token_on" not in g:
        g.token_on = carried_on().token()
    return g.token_on


def url_on(endpoint: str, **values: object) -> str:
    """Return the address of a page; the visit goes on there."""
    if endpoint in CARRYING and FIELD not in values and "carried_on" in g:
        values[FIELD] = token_on()
    return url_for(endpoint, **values)


def pass_on() -> None:
    """Let a visit that passes a page without doing anything there keep its trail; count the suggestion that led to an article."""
    if request.endpoint not in PASSED | ARTICLES or not request.args.get(FIELD) or not (came := carried()):
        return
    if request.endpoint in PASSED:
        carry(came)
    elif came.steps[-1][0] == TAKEN:
        count_act("suggestion-taken", came.steps[-1][1])


def init_app(app: Flask) -> None:
    """Let the templates of *app* lead visits on: with `url_for`, and with `trail_token()` in forms."""
    app.before_request(pass_on)
    app.jinja_env.globals.update(url_for=url_on, trail_token=token_on)


def steps_of(way: Carried) -> list[tuple[str, dict]]:
    """Return the steps of *way* as a journey keeps them; articles that are gone are left out."""
    return [step for step in map(_step, way.steps) if step]


def _step(step: tuple) -> tuple[str, dict] | None:
    kind, *details = step
    if kind == SEARCH:
        return "search", {"query": details[0], "hits": details[1]}
    if kind == FORM:
        return "form", {}
    if kind == SUGGESTED:
        return "suggested", {"articles": [titled[1]["title"] for key in details[1] if (titled := viewed("view", details[0], key))]}
    return viewed("taken" if kind == TAKEN else "view", *details)


def viewed(kind: str, lang: str, key: str, place: int = 0) -> tuple[str, dict] | None:
    """Return the step that names the article *key*, None when there is no such article."""
    article = library.find_by_key(db.session, lang, key)
    return (kind, article_step(article) | {"place": place or None}) if article else None


def article_step(article: Article | Summary) -> dict:
    """Return how a step names the article that was read."""
    return {"article": article.key, "title": article.title, "lang": article.lang, "version": article.version}


def record_carried(session: Session, journey: Journey, way: Carried, *more: tuple[str, dict] | None) -> None:
    """Make rows of *way* and of *more* steps in *journey*, those that it does not know yet."""
    trail.record_new(session, journey, [*steps_of(way), *filter(None, more)])
