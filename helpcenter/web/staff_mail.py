"""The staff's page about mail: what waits, what failed, what came in and whom it did not convince; and webhooks."""

from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import staff as accounts
from helpcenter.language.cleaning import TextRefused
from helpcenter.language.messages import gettext, interface_languages
from helpcenter.mail import mailbox_state, outbox
from helpcenter.mail.addresses import AddressRefused
from helpcenter.mail.hypertext import safe_html
from helpcenter.mail.models import InboundMail
from helpcenter.mail.originals import find_original
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import forwarding, notifying, receiving, webhooks
from helpcenter.support import requests as support
from helpcenter.web import staff_access as access
from helpcenter.web.asking import terms
from helpcenter.web.services import services
from helpcenter.web.staff import keep_private, template_values

bp = Blueprint("staff_mail", __name__, url_prefix="/staff/mail")
bp.before_request(access.check_access)
bp.context_processor(template_values)
bp.after_request(keep_private)

PAGE_SIZE = 50
DELIVERIES = 100
# An attachment of an opaque origin: nothing in it runs, loads, or knows where it stands.
SANDBOX = "default-src 'none'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


VERDICTS = {
    "screened": _("Waits for you"),
    "unreadable": _("Could not be read"),
    "reply": _("Answer of the customer"),
    "stranger": _("Answer of somebody else"),
    "accepted": _("Became a request"),
    "bounce": _("Returned mail"),
    "auto": _("Automatic mail"),
    "list": _("Newsletter"),
    "loop": _("Our own mail"),
    "flood": _("Too many at once"),
    "nobody": _("Without a sender"),
    "discarded": _("Put aside"),
}
DELIVERY = {"queued": _("Waits"), "delivered": _("Delivered"), "failed": _("Failed")}


@bp.get("")
def overview() -> ResponseReturnValue:
    """Show the outbox and what came in; mails that wait for a person first."""
    verdict = request.args.get("verdict", "screened")
    verdict = verdict if verdict in VERDICTS else None
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found = receiving.list_inbound(db.session, verdict=verdict, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "staff/mail.html",
        backlog=outbox.backlog(db.session),
        stuck=outbox.list_stuck(db.session, limit=PAGE_SIZE),
        mails=found[:PAGE_SIZE],
        has_more=len(found) > PAGE_SIZE,
        page=page,
        verdict=verdict,
        counts=receiving.count_by_verdict(db.session),
        verdicts=VERDICTS,
        is_risky=is_risky(),
        wants_mail=notifying.wants_mail(db.session, g.staff.user.id),
        mail_language=notifying.mail_language(db.session, g.staff.user.id),
        languages=interface_languages(),
        mailbox=mailbox_state.trouble(db.session) if services().mail.imap_url else None,
    )


def is_risky() -> bool:
    """Return whether answers arrive in the domain of the staff's own addresses.

    Many services take an address in a company's domain for proof of working there, and anybody can get mail into an
    address that a request gives them.
    """
    domain = services().mail.reply.rpartition("@")[2]
    return bool(domain) and any(user.email.casefold().endswith(f"@{domain}") for user in accounts.all_staff(db.session))


@bp.post("/outbox/<int:mail_id>/retry")
def retry(mail_id: int) -> ResponseReturnValue:
    """Send a mail that was given up again."""
    with writing() as session:
        outbox.retry(session, mail_id, now=utcnow())
    return redirect(url_for("staff_mail.overview"), 303)


@bp.post("/outbox/<int:mail_id>/discard")
def discard_outgoing(mail_id: int) -> ResponseReturnValue:
    """Give up a mail for good, so that nothing waits for it."""
    with writing() as session:
        outbox.discard(session, mail_id)
    return redirect(url_for("staff_mail.overview"), 303)


@bp.post("/notices")
def choose_notices() -> ResponseReturnValue:
    """Say whether I want mail about what is mine, and in which language."""
    lang = request.form.get("lang")
    with writing() as session:
        notifying.choose(session, g.staff.user.id, wanted=request.form.get("wanted") == "yes", lang=lang if lang in interface_languages() else None)
    return redirect(url_for("staff_mail.overview"), 303)


@bp.get("/in/<int:mail_id>")
def show(mail_id: int) -> ResponseReturnValue:
    """Show one mail that came in: its whole text, and its HTML in a frame that does nothing."""
    return render_template("staff/mail_in.html", mail=get_mail(mail_id), verdicts=VERDICTS, waits=waits_for_a_person)


def waits_for_a_person(mail: InboundMail) -> bool:
    """Return whether a person may make a request of *mail*."""
    return mail.sender is not None and mail.verdict in (receiving.SCREENED, receiving.AUTOMATIC, receiving.NEWSLETTER, receiving.FLOOD)


@bp.get("/in/<int:mail_id>/html")
def html(mail_id: int) -> ResponseReturnValue:
    """Give the HTML of a mail, cleaned now and not when it came, as a document of its own that may do nothing."""
    mail = get_mail(mail_id)
    if not mail.html:
        abort(404)
    page = f'<!doctype html><html><head><meta charset="utf-8"><title>{mail.id}</title><base target="_blank"></head><body>{safe_html(mail.html)}</body></html>'
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.get("/in/<int:mail_id>/original")
def original(mail_id: int) -> ResponseReturnValue:
    """Download a mail as it came."""
    path = find_original(services().data_folder, get_mail(mail_id).original)
    if path is None:
        abort(404)
    return send_file(path.resolve(), mimetype="application/octet-stream", as_attachment=True, download_name=f"mail-{mail_id}.eml")


@bp.post("/in/<int:mail_id>/accept")
def accept(mail_id: int) -> ResponseReturnValue:
    """Make a request of a mail that waits."""
    with writing() as session:
        found = receiving.accept(session, terms(), session.get(InboundMail, mail_id, with_for_update=True) or abort(404), data=services().data_folder)
    if found is None:
        return redirect(url_for("staff_mail.show", mail_id=mail_id), 303)
    return redirect(url_for("staff.show_request", reference=found.reference), 303)


@bp.post("/in/<int:mail_id>/discard")
def discard(mail_id: int) -> ResponseReturnValue:
    """Put a mail that waits aside."""
    with writing() as session:
        receiving.discard(session.get(InboundMail, mail_id) or abort(404))
    return redirect(url_for("staff_mail.overview"), 303)


def get_mail(mail_id: int) -> InboundMail:
    """Return the mail with this number; 404 when there is none."""
    return db.session.get(InboundMail, mail_id) or abort(404)


@bp.get("/forward/<reference>")
def forward_form(reference: str) -> ResponseReturnValue:
    """Ask to whom a request is to be forwarded."""
    found = support.find_by_reference(db.session, reference) or abort(404)
    return render_template("staff/mail_forward.html", shown=found, problem=None, draft={})


@bp.post("/forward/<reference>")
def forward(reference: str) -> ResponseReturnValue:
    """Send a request to somebody outside, by mail."""
    given = {"to": request.form.get("to", ""), "comment": request.form.get("comment", "")}
    try:
        with writing() as session:
            found = support.find_by_reference(session, reference) or abort(404)
            forwarding.forward(session, terms(), found, **given, staff=g.staff.user)
    except (AddressRefused, TextRefused) as refused:
        wrong = _("This is no address that mail can be sent to") if isinstance(refused, AddressRefused) else _("The comment is too long")
        found = support.find_by_reference(db.session, reference) or abort(404)
        return render_template("staff/mail_forward.html", shown=found, problem=gettext(g.lang, wrong), draft=given), 422
    return redirect(url_for("staff.show_request", reference=found.reference), 303)


@bp.get("/webhooks")
def deliveries() -> ResponseReturnValue:
    """List what was told to other programs, the latest first."""
    return render_template("staff/mail_webhooks.html", deliveries=webhooks.list_deliveries(db.session, limit=DELIVERIES), states=DELIVERY)


@bp.post("/webhooks/<int:delivery_id>/retry")
def retry_webhook(delivery_id: int) -> ResponseReturnValue:
    """Try a delivery that failed again."""
    with writing() as session:
        webhooks.retry(session, delivery_id, now=utcnow())
    return redirect(url_for("staff_mail.deliveries"), 303)
