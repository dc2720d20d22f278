"""The contact form inside the widget's panel: the same questions and answers as the page, in a narrow frame."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.support import links
from helpcenter.support.models import SupportRequest
from helpcenter.web import asking, forms, status, widget
from helpcenter.web.carrying import FORM, carried, carry, steps_of
from helpcenter.web.contact import KINDS, OLD_FORM, WRONG_EMAIL, Filled, read_form
from helpcenter.web.guards import same_site_only
from helpcenter.web.services import services
from helpcenter.web.visitor import with_visitor

bp = Blueprint("widget_contact", __name__, url_prefix="/widget/v1/panel")


@bp.get("/contact")
def form() -> ResponseReturnValue:
    """Show the contact form inside the panel; a search that found nothing is its subject already."""
    lang = widget.asked_language()
    carry(carried().and_then(FORM))
    return show(lang, Filled({"subject": cut_text(request.args.get("subject", ""), limit=200)}))


@bp.post("/contact")
@same_site_only
def send() -> ResponseReturnValue:
    """Open the request and say so in the panel; show the form again with what is wrong."""
    lang = widget.asked_language()
    carry(carried())
    filled = read_form(lang, request.form)
    opened = None if filled.errors else try_to_open(lang, filled)
    if opened is None:
        return show(lang, filled), 422
    token = links.status_token(services().secret_key, opened)
    return with_visitor(redirect(url_for("widget_contact.sent", token=token, o=request.args.get("o") or None), 303))


def try_to_open(lang: str, filled: Filled) -> SupportRequest | None:
    """Open the request of *filled*; return None, with what is wrong noted in it, when it cannot be."""
    name = forms.name_of(request.form.get(forms.FIELD))
    try:
        if not request.form.get(forms.TRAP) and name is not None:
            way = steps_of(carried())
            return asking.open_request(lang=lang, idempotency_key=name, via="form", journey=None, steps=way, **filled.values)
        filled.errors["form"] = gettext(lang, OLD_FORM)
    except asking.WrongField as wrong:
        filled.errors[wrong.field] = gettext(lang, WRONG_EMAIL) if wrong.field == "email" else str(wrong)
    except asking.KeyReused:
        filled.errors["form"] = gettext(lang, OLD_FORM)
    return None


@bp.get("/sent/<token>")
def sent(token: str) -> ResponseReturnValue:
    """Say which reference the request has and what happens next; its secret link opens this, as it opens the status page."""
    found = status.get_request(token)
    return widget.page("widget/sent.html", found=found, status_page=url_for("status.show", token=token))


def show(lang: str, filled: Filled) -> Response:
    """Return the form with *filled* in it."""
    return widget.page(
        "widget/contact.html", values=filled.values, errors=filled.errors, kinds=KINDS.items(), form_field=forms.new_form(), trap=forms.TRAP
    )
