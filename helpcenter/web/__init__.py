"""The HTTP side: one blueprint a module, and what they all share. The only place that knows requests."""

from flask import Flask

from helpcenter.web import (
    assets,
    carrying,
    chat_elsewhere,
    chatting,
    contact,
    errors,
    feeds,
    guards,
    headers,
    health,
    locale,
    logs,
    mail_hook,
    pages,
    privacy,
    searching,
    staff,
    staff_account,
    staff_articles,
    staff_bot,
    staff_demo,
    staff_entering,
    staff_editor,
    staff_feedback,
    staff_inbox,
    staff_mail,
    staff_people,
    staff_provider,
    staff_requests,
    staff_style,
    staff_reviews,
    staff_surveys,
    status,
    staff_writing,
    surveys,
    widget,
    widget_contact,
)
from helpcenter.web.api import bp as api_blueprint

BLUEPRINTS = (
    pages.bp,
    privacy.bp,
    feeds.bp,
    searching.bp,
    chatting.bp,
    chat_elsewhere.bp,
    contact.bp,
    status.bp,
    widget.bp,
    widget_contact.bp,
    staff.bp,
    staff_account.bp,
    staff_entering.bp,
    staff_provider.bp,
    staff_people.bp,
    staff_articles.bp,
    staff_editor.bp,
    staff_writing.bp,
    staff_reviews.bp,
    staff_articles.bp,
    staff_bot.bp,
    staff_inbox.bp,
    staff_requests.bp,
    staff_feedback.bp,
    staff_surveys.bp,
    surveys.bp,
    staff_mail.bp,
    mail_hook.bp,
    staff_demo.bp,
    staff_style.bp,
    assets.bp,
    health.bp,
    api_blueprint,
)


def init_app(app: Flask) -> None:
    """Register every blueprint and everything that surrounds a request."""
    logs.init_app(app)
    locale.init_app(app)
    headers.init_app(app)
    guards.init_app(app)
    errors.init_app(app)
    carrying.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
