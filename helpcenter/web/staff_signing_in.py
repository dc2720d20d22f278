"""What follows the right password: a session, or first the question for the second factor."""

from flask import Response, g, make_response, redirect, request, url_for

from helpcenter.accounts import audit, second_factor, sessions, staff, throttle
from helpcenter.accounts.models import StaffUser
from helpcenter.storage import db, writing
from helpcenter.web import staff_access as access

HALF_SECONDS = int(second_factor.HALF_LASTS.total_seconds())
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def verified(email: str, password: str) -> StaffUser | None:
    """Return whose address and password these are, or None: wrong name, wrong password, disabled and too often look the same."""
    email, password = email[: access.LONGEST_INPUT], password[: access.LONGEST_INPUT]
    with writing() as session:
        admitted = throttle.admit(session, email, request.remote_addr)
    user = staff.verify(db.session, email, password) if admitted else None
    if user is None:
        return None
    with writing() as session:
        throttle.forget(session, email, request.remote_addr)
        staff.refresh_hash(session.get_one(StaffUser, user.id), password)
    return user


def enter(user: StaffUser, *, proven: bool = True) -> Response:
    """Answer the right password of *user*: with their session, or by asking for the second factor.

    *proven* is whether they have just proved who they are; a code of the second factor proves it in any case.
    """
    if user.totp_secret is None:
        return begin_session(user.id, proven=proven)
    with writing() as session:
        token = second_factor.start_half(session, user)
    response = make_response(redirect(url_for("staff_entering.second_factor_form"), 303))
    response.set_cookie(half_cookie(), token, max_age=HALF_SECONDS, **access.cookie_rules())
    return response


def begin_session(user_id: int, *, proven: bool = True) -> Response:
    """Sign the account *user_id* in, and lead to its first page."""
    with writing() as session:
        if g.staff is not None:
            sessions.end(session, g.staff)
        user = session.get_one(StaffUser, user_id)
        token = sessions.start(session, user, device=device(), proven=proven)
        audit.record(session, user, "sign-in", user.email)
    response = access.with_session_cookie(make_response(redirect(url_for("staff.home"), 303)), token)
    response.delete_cookie(half_cookie(), **access.cookie_rules())
    return response


def half_cookie() -> str:
    """Return the name of the cookie of half a sign-in."""
    return "__Host-hc_half" if access.is_encrypted() else "hc_half"


def device() -> str:
    """Return the browser and system that sent this request in two words, as far as they say."""
    sent = request.headers.get("User-Agent", "")
    named = [next((name for sign, name in table if sign in sent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in named if name)
