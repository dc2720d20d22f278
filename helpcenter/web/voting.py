"""What a vote does, whichever door it came through: form or API."""

from sqlalchemy.orm import Session

from helpcenter.content.models import Article
from helpcenter.feedback import votes
from helpcenter.journeys import trail
from helpcenter.storage import db, writing
from helpcenter.web.limits import limited
from helpcenter.web.visitor import ensure_visitor


def record_vote(
    article: Article, *, helpful: bool, reason: str | None = None, comment: str | None = None, query: str | None = None
) -> tuple[int, int]:
    """Record the visitor's vote on *article* with the way that led to it; return how many found it helpful, and not."""
    limited("vote")
    visitor = ensure_visitor()
    with writing() as session:
        journey = trail.of_visitor(session, visitor, article.lang)
        # A vote and then its reason are two forms, but one visit to the article.
        if votes.find(session, article.lang, article.key, visitor) is None:
            record_way(session, journey, article, query)
        votes.cast(
            session, article, visitor, helpful=helpful, reason=reason, comment=comment, query=query, journey_id=journey.id
        )
        trail.record(session, journey, "vote", article=article.key, title=article.title, helpful=helpful, reason=reason)
    return votes.counts(db.session, article.lang, article.key)


def record_way(session: Session, journey, article: Article, query: str | None) -> None:
    """Record the search and the view that a vote tells of."""
    if query:
        trail.record(session, journey, "search", query=query)
    trail.record(session, journey, "view", article=article.key, title=article.title, lang=article.lang)
