"""What editors put above the hits, and the pages that a query leads straight to."""

from typing import NamedTuple

from flask import url_for

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.search.promoted import ARTICLE, SECTION
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_site
from helpcenter.web.services import services


class PromotedAnswer(NamedTuple):
    """An article above the hits, in the reader's language or standing in for it, with the editor's note."""

    key: str
    lang: str
    slug: str
    title: str
    description: str
    section: str
    note: str


def promoted_answers(query: str, lang: str) -> list[PromotedAnswer]:
    """Return the promoted answers for *query*; articles that are not for every reader are left out."""
    site = current_site()
    found = []
    for promoted in services().promotions().answers(query, lang) if query else ():
        article = listed_article(promoted.article, lang)
        if article:
            note = site.text(promoted.note, lang)
            found.append(PromotedAnswer(article.key, article.lang, article.slug, article.title, article.description, article.section, note))
    return found


def listed_article(key: str, lang: str) -> Article | None:
    """Return the article *key* for readers of *lang*, None when it is in no list."""
    found = library.in_chain(db.session, current_site(), lang, key)
    if found is None or found.article.unlisted or (found.article.expire_at and found.article.expire_at <= utcnow()):
        return None
    return found.article


def target_of(query: str, lang: str) -> str | None:
    """Return the address that *query* leads straight to; what was typed goes along."""
    target = services().promotions().target(query, lang) if query else None
    if target is None:
        return None
    if target.startswith(ARTICLE):
        article = listed_article(target.removeprefix(ARTICLE), lang)
        return url_for("pages.article", lang=lang, slug=article.slug, q=query) if article else None
    if target.startswith(SECTION):
        return url_for("pages.section", lang=lang, key=target.removeprefix(SECTION))
    pages = {
        "home": url_for("pages.home", lang=lang),
        "contact": url_for("contact.form", lang=lang, subject=query),
        "chat": url_for("chatting.page", lang=lang, q=query),
    }
    return pages.get(target, target)
