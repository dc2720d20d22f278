"""One's own account: password, second factor, sessions, tokens for programs."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData
from markupsafe import Markup
from sqlalchemy.orm import Session

from helpcenter.accounts import audit, identities, second_factor, sessions, staff, throttle, tokens
from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.passwords import PasswordRefused
from helpcenter.accounts.tokens import TokenRefused
from helpcenter.language.cleaning import cut_text
from helpcenter.storage import db, writing
from helpcenter.web import account_words as account
from helpcenter.web import staff_access as access
from helpcenter.web.account_words import refusal
from helpcenter.web.locale import current_site
from helpcenter.web.pictures_of_codes import picture_of
from helpcenter.web.services import services
from helpcenter.web.staff import template_values
from helpcenter.web.staff_entering import proven

bp = Blueprint("staff_account", __name__, url_prefix="/staff/account")
bp.before_request(access.check_access)
bp.context_processor(template_values)
bp.context_processor(lambda: {"account": account})

SETUP_SECONDS = 15 * 60
SETUP = "second-factor-setup"


@bp.get("/")
def home() -> str:
    """Show the account."""
    return render_account()


def render_account(**more: object) -> str:
    """Return the page of the account; *more* says what has just happened."""
    user = g.staff.user
    return render_template(
        "staff/account.html",
        user=user,
        identity=services().provider and identities.identity_of(db.session, user, services().provider.issuer),
        codes_left=second_factor.codes_left(db.session, user),
        sessions=[(sessions.handle(one), one) for one in sessions.sessions_of(db.session, user)],
        own_handle=sessions.handle(g.staff),
        tokens=tokens.tokens_of(db.session, user),
        scopes=tokens.scopes_for(user.role),
        lifetimes=tokens.LIFETIMES_DAYS,
        done=request.args.get("done", ""),
        **more,
    )


def back(done: str) -> ResponseReturnValue:
    """Lead back to the account, which says what was *done*."""
    return redirect(url_for("staff_account.home", done=done), 303)


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """Change the password, with the present one; every session ends, this one too."""
    user, present = g.staff.user, request.form.get("present", "")[: access.LONGEST_INPUT]
    with writing() as session:
        admitted = throttle.admit(session, user.email, request.remote_addr)
    if not (admitted and staff.verify(db.session, user.email, present)):
        return render_account(problem=("present", refusal(g.lang, "wrong-password" if admitted else "throttled"))), 403
    try:
        with writing() as session:
            throttle.forget(session, user.email, request.remote_addr)
            mine = session.get_one(StaffUser, user.id)
            staff.change_password(session, mine, request.form.get("password", ""))
            log(session, "account.password")
    except PasswordRefused as refused:
        return render_account(problem=("password", refusal(g.lang, refused.code))), 422
    return access.without_session_cookie(redirect(url_for("staff.sign_in_form", joined="reset"), 303))


@bp.get("/second-factor")
@proven
def factor() -> str:
    """Show the picture that an app reads, and ask for its first code."""
    return render_setup(second_factor.new_secret())


def render_setup(secret: str, *, problem: str = "") -> str:
    """Return the page that sets up *secret*; the form brings it back, signed for this account."""
    uri = second_factor.provisioning_uri(secret, account=g.staff.user.email, issuer=current_site().name_in(g.lang))
    signed = services().sign(SETUP).dumps([g.staff.user_id, secret])
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = Markup(picture_of(uri))  # noqa: S704 - drawn here, from numbers only
    return render_template("staff/factor.html", picture=picture, groups=groups, setup=signed, problem=problem)


@bp.post("/second-factor")
@proven
def set_factor() -> ResponseReturnValue:
    """Turn the second factor on with the first right code, and show the recovery codes this once."""
    try:
        owner, secret = services().sign(SETUP).loads(request.form.get("setup", ""), max_age=SETUP_SECONDS)
    except (BadData, ValueError):
        return render_setup(second_factor.new_secret(), problem=refusal(g.lang, "setup")), 422
    if owner != g.staff.user_id:
        abort(403)
    with writing() as session:
        codes = second_factor.enable(session, session.get_one(StaffUser, owner), secret, request.form.get("code", ""))
        if codes is not None:
            sessions.end_others(session, g.staff)
            log(session, "account.second-factor-on")
    if codes is None:
        return render_setup(secret, problem=refusal(g.lang, "wrong-code")), 422
    return render_template("staff/recovery_codes.html", codes=codes)


@bp.post("/second-factor/off")
@proven
def end_factor() -> ResponseReturnValue:
    """Turn the second factor off."""
    with writing() as session:
        second_factor.disable(session, session.get_one(StaffUser, g.staff.user_id))
        log(session, "account.second-factor-off")
    return back("factor-off")


@bp.post("/recovery-codes")
@proven
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    if g.staff.user.totp_secret is None:
        return back("")
    with writing() as session:
        codes = second_factor.renew_codes(session, session.get_one(StaffUser, g.staff.user_id))
        log(session, "account.recovery-codes")
    return render_template("staff/recovery_codes.html", codes=codes)


@bp.post("/unlink")
@proven
def unlink() -> ResponseReturnValue:
    """Forget who one is at the identity provider; from now on the password opens the account."""
    provider = services().provider or abort(404)
    with writing() as session:
        if identities.unlink(session, g.staff.user, provider.issuer):
            log(session, "account.identity-unlinked")
    return back("unlinked")


@bp.post("/sessions/end")
def end_sessions() -> ResponseReturnValue:
    """End one other session, or all others."""
    with writing() as session:
        ended = sessions.end_others(session, g.staff, only=request.form.get("only"))
        log(session, "account.sessions-ended", number=ended)
    return back("sessions")


@bp.post("/tokens")
@proven
def make_token() -> ResponseReturnValue:
    """Make a token for a program and show it this once."""
    form = request.form
    try:
        with writing() as session:
            name = cut_text(form.get("name", ""), limit=tokens.LONGEST_NAME)
            user = session.get_one(StaffUser, g.staff.user_id)
            row, text = tokens.make_token(
                session, user, name=name, scopes=form.getlist("scope"), days=form.get("days", 0, type=int)
            )
            log(session, "account.token-made", name=row.name, scopes=" ".join(row.scopes))
    except TokenRefused:
        return render_account(problem=("token", refusal(g.lang, "token"))), 422
    return render_account(made=text)


@bp.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token of one's own."""
    with writing() as session:
        name = tokens.revoke(session, g.staff.user, token_id)
        if name is None:
            abort(404)
        log(session, "account.token-revoked", name=name)
    return back("token")


def log(session: Session, action: str, **details: object) -> None:
    """Note *action* of who is signed in upon their own account."""
    g.logged = True
    audit.record(session, g.staff.user, action, g.staff.user.email, details)
