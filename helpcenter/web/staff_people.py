"""Who is on the staff: invite, change rights, keep out; and the log of what everybody changed. For administrators."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpcenter.accounts import audit, links, second_factor, staff
from helpcenter.accounts.models import AuditEntry, StaffUser
from helpcenter.accounts.rights import checked_bounds
from helpcenter.accounts.staff import ROLES, StaffError
from helpcenter.feedback.tables import csv_text
from helpcenter.mail.addresses import AddressRefused
from helpcenter.storage import db, writing
from helpcenter.web import account_mail
from helpcenter.web import account_words as account
from helpcenter.web import staff_access as access
from helpcenter.web.account_words import refusal
from helpcenter.web.locale import current_outline, current_site
from helpcenter.web.staff import template_values
from helpcenter.web.staff_entering import proven

bp = Blueprint("staff_people", __name__, url_prefix="/staff/people")
bp.before_request(access.check_access)
bp.context_processor(template_values)
bp.context_processor(lambda: {"account": account})

LOG_PAGE = 100
LOG_CSV = 10_000


@bp.get("/")
@proven
def home() -> str:
    """List the accounts and the open invitations."""
    return render_people()


def render_people(**more: object) -> str:
    """Return the list of people; *more* says what was wrong with an invitation."""
    return render_template(
        "staff/people.html",
        people=staff.all_staff(db.session),
        invitations=links.invitations(db.session),
        **choices(),
        done=request.args.get("done", ""),
        **more,
    )


def choices() -> dict:
    """Return the roles, sections and languages to choose from."""
    site = current_site()
    sections = {key for lang in site.languages for key in current_outline(lang).sections}
    return {"roles": ROLES, "sections": sorted(sections), "languages": site.languages}


def bounds() -> dict[str, list[str]]:
    """Return the sections and languages that the form chose. Raises StaffError for others than those offered."""
    offered = choices()
    try:
        return {
            "sections": checked_bounds(request.form.getlist("section"), offered["sections"], "section"),
            "languages": checked_bounds(request.form.getlist("language"), offered["languages"], "language"),
        }
    except ValueError as error:
        raise StaffError("bounds", str(error)) from None


@bp.post("/invite")
@proven
def invite() -> ResponseReturnValue:
    """Mail an invitation."""
    email, role = request.form.get("email", "")[: access.LONGEST_INPUT], request.form.get("role", "")
    try:
        with writing() as session:
            token = links.invite(session, email=email, role=role, **bounds())
            link = links.find_link(session, token)
            account_mail.send_invitation(session, link.email, token, g.lang)
            log(session, "staff.invite", link.email, role=role)
    except StaffError as refused:
        return render_people(problem=refusal(g.lang, refused.code), tried=request.form), 422
    except AddressRefused:
        return render_people(problem=refusal(g.lang, "address"), tried=request.form), 422
    return redirect(url_for("staff_people.home", done="invited"), 303)


@bp.post("/withdraw")
@proven
def withdraw() -> ResponseReturnValue:
    """Take an invitation back."""
    email = request.form.get("email", "")
    with writing() as session:
        if not (staff.can_be_stored(email) and links.withdraw(session, email)):
            abort(404)
        log(session, "staff.withdraw", email)
    return redirect(url_for("staff_people.home", done="withdrawn"), 303)


@bp.get("/<int:user_id>")
@proven
def person(user_id: int) -> str:
    """Show one account."""
    return render_person(get_person(db.session, user_id))


def render_person(user: StaffUser, *, problem: str = "") -> str:
    """Return the page of *user*."""
    done = request.args.get("done", "")
    return render_template("staff/person.html", user=user, **choices(), problem=problem, done=done)


def get_person(session: Session, user_id: int) -> StaffUser:
    """Return an account; 404 when there is none."""
    return session.get(StaffUser, user_id) or abort(404)


@bp.post("/<int:user_id>/rights")
@proven
def change_rights(user_id: int) -> ResponseReturnValue:
    """Give somebody another role, or other sections and languages."""
    role = request.form.get("role", "")

    def act(session: Session, user: StaffUser) -> None:
        if role != "admin":
            staff.check_that_an_admin_stays(session, user)
        staff.change_rights(session, user, role=role, **bounds())
        chosen = {"sections": " ".join(user.sections), "languages": " ".join(user.languages)}
        log(session, "staff.rights", user.email, role=role, **chosen)

    return change(user_id, act, "rights")


@bp.post("/<int:user_id>/access")
@proven
def change_access(user_id: int) -> ResponseReturnValue:
    """Keep somebody out, or let them in again."""
    keep_out = request.form.get("access") == "off"

    def act(session: Session, user: StaffUser) -> None:
        if keep_out:
            staff.check_that_an_admin_stays(session, user)
            staff.disable(session, user)
        else:
            staff.enable(session, user)
        log(session, "staff.keep-out" if keep_out else "staff.let-in", user.email)

    return change(user_id, act, "access")


@bp.post("/<int:user_id>/reset")
@proven
def reset(user_id: int) -> ResponseReturnValue:
    """Mail somebody a link to a new password."""

    def act(session: Session, user: StaffUser) -> None:
        if user.disabled:
            raise StaffError("kept-out", "This account can no longer sign in.")
        account_mail.send_reset(session, user)
        log(session, "staff.reset", user.email)

    return change(user_id, act, "reset")


@bp.post("/<int:user_id>/second-factor/off")
@proven
def end_factor(user_id: int) -> ResponseReturnValue:
    """Take the second factor of somebody who has lost it."""

    def act(session: Session, user: StaffUser) -> None:
        second_factor.disable(session, user)
        log(session, "staff.second-factor-off", user.email)

    return change(user_id, act, "factor")


def change(user_id: int, act: Callable[[Session, StaffUser], None], done: str) -> ResponseReturnValue:
    """Do *act* with an account, and lead back to its page, which says what was *done* or why not."""
    try:
        with writing() as session:
            act(session, get_person(session, user_id))
    except StaffError as refused:
        return render_person(get_person(db.session, user_id), problem=refusal(g.lang, refused.code)), 422
    return redirect(url_for("staff_people.person", user_id=user_id, done=done), 303)


@bp.get("/log")
def show_log() -> str:
    """Show what was changed by whom, the newest first."""
    wanted = {"who": request.args.get("who", "").replace("\0", ""), "action": request.args.get("action", "").replace("\0", "")}
    before = request.args.get("before", type=int)
    found = audit.entries(db.session, **wanted, limit=LOG_PAGE + 1, before=before)
    return render_template(
        "staff/log.html",
        entries=found[:LOG_PAGE],
        older=found[LOG_PAGE - 1].id if len(found) > LOG_PAGE else None,
        wanted=wanted,
        actions=audit.actions(db.session),
        details_text=details_text,
    )


@bp.get("/log.csv")
def log_csv() -> Response:
    """Send the newest ten thousand lines of the log as a table."""
    rows = (
        (entry.at.isoformat(timespec="seconds"), entry.who, entry.action, entry.subject, details_text(entry))
        for entry in audit.entries(db.session, limit=LOG_CSV)
    )
    text = csv_text(["at", "who", "action", "subject", "details"], rows)
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=log.csv"})


def details_text(entry: AuditEntry) -> str:
    """Return the details of *entry* in one line."""
    return "; ".join(f"{name}: {value}" for name, value in entry.details.items() if value)


def log(session: Session, action: str, email: str, **details: object) -> None:
    """Note *action* of who is signed in upon the account of *email*."""
    g.logged = True
    audit.record(session, g.staff.user, action, email, details)
