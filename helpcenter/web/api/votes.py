"""Voting."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.outline import Summary
from helpcenter.feedback.votes import VoteRefused
from helpcenter.storage import db
from helpcenter.web.api import bp
from helpcenter.web.api.bodies import VoteBody, read_body
from helpcenter.web.api.search import checked_language
from helpcenter.web.carrying import read
from helpcenter.web.errors import Problem
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_outline, current_site
from helpcenter.web.visitor import with_visitor
from helpcenter.web.voting import record_vote


@bp.post("/votes")
@same_site_only
def vote() -> ResponseReturnValue:
    """Record whether an article helped; a second vote of the same visitor replaces the first."""
    body = read_body(VoteBody)
    lang = checked_language(body.lang)
    article = find_article(lang, body.article)
    try:
        helpful, not_helpful = record_vote(
            article,
            helpful=body.helpful,
            reason=body.reason,
            comment=body.comment,
            query=body.query,
            way=read(body.trail),
            read_seconds=body.read_seconds,
        )
    except VoteRefused as refused:
        raise Problem(422, "Some fields are wrong", str(refused), errors=[{"field": "reason", "message": str(refused)}]) from None
    answer = jsonify(article=article.slug, lang=article.lang, helpful=helpful, not_helpful=not_helpful, yours=body.helpful)
    return with_visitor(answer)


def find_article(lang: str, slug: str) -> Article | Summary:
    """Return the article that readers of *lang* see under *slug*. Raises Problem when there is none, or none any more."""
    listed = current_outline(lang).by_slug.get(slug)
    if listed and listed.lang == lang:
        return listed
    # What a reader of this language sees may be an article of another one, standing in for a missing translation.
    found = library.resolve(db.session, current_site(), lang, slug)
    if found is None and library.find_withdrawn(db.session, lang, slug) is not None:
        raise Problem(410, "The article was withdrawn", f"{slug[:80]!r} is no article any more.")
    if found is None:
        raise Problem(404, "There is no such article", f"No article for readers of {lang} has the slug {slug[:80]!r}.")
    return found.article
