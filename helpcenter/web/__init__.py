"""The HTTP side: one blueprint a module, and what they all share. The only place that knows requests."""

from flask import Flask, Response

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
    sessionless,
    staff,
    staff_account,
    staff_articles,
    staff_bot,
    staff_demo,
    staff_editor,
    staff_entering,
    staff_feedback,
    staff_gaps,
    staff_inbox,
    staff_insights,
    staff_mail,
    staff_people,
    staff_provider,
    staff_replay,
    staff_requests,
    staff_reviews,
    staff_rules,
    staff_style,
    staff_surveys,
    staff_translating,
    staff_writing,
    status,
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
    staff_editor.bp,
    staff_writing.bp,
    staff_rules.bp,
    staff_translating.bp,
    staff_reviews.bp,
    staff_articles.bp,
    staff_bot.bp,
    staff_inbox.bp,
    staff_requests.bp,
    staff_feedback.bp,
    staff_surveys.bp,
    staff_gaps.bp,
    staff_insights.bp,
    staff_replay.bp,
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
    sessionless.init_app(app)
    locale.init_app(app)
    app.before_request(begin)
    app.after_request(end)
    errors.init_app(app)
    carrying.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


# One function before every view and one after it: Flask takes its time around each.
def begin() -> None:
    """Number the request, and refuse what names nothing."""
    logs.begin()
    guards.refuse_nul()


def end(response: Response) -> Response:
    """Return *response* with its headers, errors and static files too, and log how the request ended."""
    return logs.end(locale.vary_by_language(headers.add_headers(response)))
