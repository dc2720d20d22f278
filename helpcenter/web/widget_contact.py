"""The contact form inside the widget's panel: the same questions and answers as the page, in a narrow frame."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import cut_text
from helpcenter.support import links
from helpcenter.web import contact, forms, hold_out, request_files, status, widget
from helpcenter.web.carrying import FORM, carried, carry
from helpcenter.web.contact import Filled
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_outline
from helpcenter.web.promises import what_happens_next
from helpcenter.web.request_files import takes_files
from helpcenter.web.services import services
from helpcenter.web.visitor import with_visitor

bp = Blueprint("widget_contact", __name__, url_prefix="/widget/v1/panel")


@bp.get("/contact")
def form() -> ResponseReturnValue:
    """Show the contact form inside the panel; a search that found nothing is its subject already."""
    lang = widget.asked_language()
    carry(carried().and_then(FORM))
    return show(lang, Filled({"subject": cut_text(request.args.get("subject", ""), limit=200)}), contact.going_on() or forms.new_form())


@bp.post("/contact")
@takes_files
@same_site_only
def send() -> ResponseReturnValue:
    """Open the request and say so in the panel; show the form again with what is wrong, or thank for an article that answered it."""
    lang = widget.asked_language()
    carry(carried())
    filled = contact.read_form(lang, request.form)
    kept = {"lang": lang, "o": request.args.get("o") or None}
    if slug := request.form.get("answered"):
        contact.note_answer(lang, slug)
        given = {"article": slug, "subject": filled.values["subject"][:200] or None, "form": request.form.get(forms.FIELD)}
        return with_visitor(redirect(url_for("widget_contact.answered_page", **given, **kept), 303))
    opened = None if filled.is_refused else contact.try_to_open(lang, filled, contact.offered_steps(lang))
    if opened is None:
        filled.without_files = request_files.are_given()
        return show(lang, filled, hold_out.same_form()), 422
    token = links.status_token(services().secret_key, opened)
    return with_visitor(redirect(url_for("widget_contact.sent", token=token, o=kept["o"]), 303))


@bp.get("/answered")
def answered_page() -> ResponseReturnValue:
    """Say in the panel that it is good to hear, and lead on."""
    lang = widget.asked_language()
    article = current_outline(lang).by_slug.get(request.args.get("article", ""))
    subject = cut_text(request.args.get("subject", ""), limit=200) or None
    return widget.page("widget/answered.html", article=article, subject=subject, form_field=contact.going_on() or None)


@bp.get("/sent/<token>")
def sent(token: str) -> ResponseReturnValue:
    """Say which reference the request has and what happens next; its secret link opens this, as it opens the status page."""
    found = status.get_request(token)
    return widget.page("widget/sent.html", found=found, status_page=url_for("status.show", token=token), next_steps=what_happens_next(found))


def show(lang: str, filled: Filled, form_field: str) -> Response:
    """Return the form with *filled* in it, and the articles that may answer."""
    hits = contact.offer(lang, filled, form_field)
    return widget.page("widget/contact.html", suggestions=hits, **contact.form_values(lang, filled, form_field))
