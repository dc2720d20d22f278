"""Ways into the staff pages beside the password: second factor, invitation, new password; and proving it is still you."""

import re
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import audit, links, second_factor, sessions, staff, throttle
from helpcenter.accounts.passwords import ADVISED, LONGEST, SHORTEST, PasswordRefused
from helpcenter.accounts.staff import StaffError
from helpcenter.language.cleaning import cut_text
from helpcenter.storage import db, writing
from helpcenter.web import account_mail
from helpcenter.web import staff_access as access
from helpcenter.web.account_words import refusal
from helpcenter.web.limits import limited
from helpcenter.web.staff import template_values
from helpcenter.web.staff_signing_in import begin_session, half_cookie

bp = Blueprint("staff_entering", __name__, url_prefix="/staff")
bp.before_request(access.check_access)
bp.context_processor(template_values)

# Where the pages that ask once more may lead afterwards: to pages of the staff.
OWN_PAGE = re.compile(r"/staff/[\w/.?=&%~+-]*", re.ASCII)


@bp.get("/second-factor")
def second_factor_form() -> ResponseReturnValue:
    """Ask for the code that the app shows."""
    if second_factor.find_half(db.session, request.cookies.get(half_cookie())) is None:
        return redirect(url_for("staff.sign_in_form"), 303)
    return render_template("staff/second_factor.html", problem="")


@bp.post("/second-factor")
def second_factor_post() -> ResponseReturnValue:
    """Finish the sign-in with the right code."""
    with writing() as session:
        half = second_factor.find_half(session, request.cookies.get(half_cookie()))
        if half is None:
            return redirect(url_for("staff.sign_in_form"), 303)
        user_id, right = half.user_id, second_factor.prove(session, half.user, request.form.get("code", ""))
        if right:
            session.delete(half)
    if not right:
        return render_template("staff/second_factor.html", problem=refusal(g.lang, "wrong-code")), 403
    return begin_session(user_id)


@bp.get("/forgot")
def forgot_form() -> str:
    """Ask for the address of an account whose password is lost."""
    return render_template("staff/forgot.html", sent=False)


@bp.post("/forgot")
def forgot() -> str:
    """Mail a link to a new password, and say the same whether there is such an account or not."""
    limited("staff-reset")
    email = request.form.get("email", "")[: access.LONGEST_INPUT]
    with writing() as session:
        user = staff.find_by_email(session, email) if staff.can_be_stored(email) else None
        account_mail.send_reset(session, user if user is not None and not user.disabled else None)
    return render_template("staff/forgot.html", sent=True)


@bp.get("/join/<token>")
def join_form(token: str) -> ResponseReturnValue:
    """Show what an invitation or a link to a new password is for, and ask for the password."""
    link = links.find_link(db.session, token)
    if link is None:
        return render_template("staff/join.html", link=None), 404
    return render_join(link)


@bp.post("/join/<token>")
def join(token: str) -> ResponseReturnValue:
    """Make the account, or change the password; then the person signs in with it."""
    limited("staff-join")
    name, password = cut_text(request.form.get("name", ""), limit=staff.LONGEST_NAME), request.form.get("password", "")
    try:
        with writing() as session:
            link = links.find_link(session, token)
            if link is None:
                return render_template("staff/join.html", link=None), 404
            purpose = link.purpose
            user = links.accept(session, link, name=name, password=password)
            audit.record(session, user, f"account.{purpose}", user.email)
    except (PasswordRefused, StaffError) as refused:
        return render_join(links.find_link(db.session, token) or abort(404), problem=refusal(g.lang, refused.code), name=name), 422
    return redirect(url_for("staff.sign_in_form", joined=purpose), 303)


def render_join(link: links.StaffLink, *, problem: str = "", name: str = "") -> str:
    """Return the page of *link*."""
    limits = {"shortest": SHORTEST, "advised": ADVISED, "longest": LONGEST}
    return render_template("staff/join.html", link=link, problem=problem, name=name, **limits)


def proven(view: Callable) -> Callable:
    """Let only those into *view* who have proved who they are within the last quarter of an hour; others are asked first."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if sessions.is_proven(g.staff):
            return view(*args, **kwargs)
        # A form cannot be sent again by a redirect: its page is where to go on.
        page = request.path if request.method == "GET" else url_for(f"{request.blueprint}.home")
        return redirect(url_for("staff_entering.confirm_form", next=page), 303)

    return guarded


@bp.get("/confirm")
def confirm_form() -> str:
    """Ask for the password once more, before something dangerous."""
    return render_template("staff/confirm.html", problem="", next=next_page())


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Go on to where the person wanted to go, with the right password."""
    email, password = g.staff.user.email, request.form.get("password", "")[: access.LONGEST_INPUT]
    with writing() as session:
        admitted = throttle.admit(session, email, request.remote_addr)
    right = admitted and staff.verify(db.session, email, password) is not None
    if not right:
        problem = refusal(g.lang, "wrong-password" if admitted else "throttled")
        return render_template("staff/confirm.html", problem=problem, next=next_page()), 403
    with writing() as session:
        throttle.forget(session, email, request.remote_addr)
        sessions.prove(session, g.staff)
    return make_response(redirect(next_page(), 303))


def next_page() -> str:
    """Return the page to go on to, of the staff whatever was asked for."""
    wanted = request.values.get("next", "")
    return wanted if OWN_PAGE.fullmatch(wanted) else url_for("staff.home")
