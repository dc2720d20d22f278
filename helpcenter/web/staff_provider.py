"""Signing in at the identity provider: leaving for it, coming back, and proving there that it is still you."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import structlog
from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData

from helpcenter.accounts import identities, sessions
from helpcenter.accounts.identities import Refusal
from helpcenter.accounts.provider import Errand, Person, Provider, ProviderError
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_access as access
from helpcenter.web.account_words import refusal
from helpcenter.web.limits import limited
from helpcenter.web.services import services
from helpcenter.web.staff import template_values
from helpcenter.web.staff_entering import next_page
from helpcenter.web.staff_signing_in import enter

bp = Blueprint("staff_provider", __name__, url_prefix="/staff/provider")
bp.before_request(access.check_access)
bp.context_processor(template_values)

ERRAND = "staff-provider"
ERRAND_SECONDS = 600
LONGEST_CODE = 4000
# Clocks differ, and so does the second at which a provider says the password was typed.
CLOCKS_DIFFER = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def provider() -> Provider:
    """Return the identity provider; without one these pages do not exist."""
    return services().provider or abort(404)


def return_address() -> str:
    """Return where the provider leads back to; it is registered there, so it comes from the settings."""
    return f"{services().base_url}{url_for('staff_provider.welcome')}"


@bp.get("/")
def leave() -> ResponseReturnValue:
    """Lead to the provider: to sign in, or, when signed in, to prove that it is still you."""
    there = provider()
    limited("staff-provider")
    try:
        address, errand = there.leave(return_address(), again=g.staff is not None)
    except ProviderError as error:
        log.error("identity provider failed", issuer=there.issuer, reason=str(error))
        return refuse("provider-down", 503)
    kept = {**asdict(errand), "next": next_page(), "again": g.staff is not None, "at": int(utcnow().timestamp())}
    response = make_response(redirect(address, 303))
    response.set_cookie(errand_cookie(), services().sign(ERRAND).dumps(kept), max_age=ERRAND_SECONDS, **access.cookie_rules())
    return response


@bp.get("/return")
def welcome() -> ResponseReturnValue:
    """Take in who comes back from the provider."""
    there = provider()
    limited("staff-provider")
    response = come_back(there)
    response.delete_cookie(errand_cookie(), **access.cookie_rules())
    return response


def come_back(there: Provider) -> Response:
    """Return the answer to who comes back from *there*."""
    kept = read_errand()
    code = request.args.get("code", "")
    wrong_sender = request.args.get("iss", there.issuer) != there.issuer
    if kept is None or wrong_sender or not code or len(code) > LONGEST_CODE:
        return refuse("provider-stopped", 403)
    errand = Errand(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    try:
        person = there.welcome(code, return_address(), errand)
    except ProviderError as error:
        log.error("identity provider failed", issuer=there.issuer, reason=str(error))
        return refuse("provider-down", 503)
    return prove_again(person, kept) if kept["again"] and g.staff is not None else begin(person, kept)


def read_errand() -> dict | None:
    """Return what was kept when the person left, if they left from this browser a short while ago and come back from there."""
    try:
        kept = services().sign(ERRAND).loads(request.cookies.get(errand_cookie(), ""), max_age=ERRAND_SECONDS)
    except BadData:
        return None
    return kept if request.args.get("state") == kept["state"] else None


def begin(person: Person, kept: dict) -> Response:
    """Sign *person* in, if they have an account or an invitation here."""
    with writing() as session:
        found = identities.admit(session, person)
    if isinstance(found, Refusal):
        # A kept-out account is not told apart from none.
        return refuse("provider-other" if found.code == "other" else "provider-unknown", 403)
    return enter(found, proven=is_just_proven(person, kept))


def prove_again(person: Person, kept: dict) -> Response:
    """Note that who is signed in has just proved it at the provider, and go on to where they wanted to go."""
    if not is_just_proven(person, kept) or not identities.is_the_same(db.session, g.staff.user, person):
        return refuse("provider-not-you", 403)
    with writing() as session:
        sessions.prove(session, g.staff)
    return make_response(redirect(kept["next"], 303))


def is_just_proven(person: Person, kept: dict) -> bool:
    """Return whether the provider says that *person* proved who they are since they left from here, not only that they are known."""
    left_at = datetime.fromtimestamp(kept["at"], UTC)
    return person.proven_at is not None and person.proven_at >= left_at - CLOCKS_DIFFER


def refuse(code: str, status: int) -> Response:
    """Return the page that says why signing in there did not work."""
    if g.staff is not None:
        page = render_template("staff/confirm.html", problem=refusal(g.lang, code), next=next_page())
    else:
        page = render_template("staff/sign_in.html", failed=False, problem=refusal(g.lang, code))
    return make_response(page, status)


def errand_cookie() -> str:
    """Return the name of the cookie that waits for who is at the provider."""
    return "__Host-hc_errand" if access.is_encrypted() else "hc_errand"
