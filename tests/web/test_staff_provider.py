"""Signing in at an identity provider."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import delete, select, update

from helpcenter.accounts import links, second_factor, staff
from helpcenter.accounts.models import AuditEntry, StaffIdentity, StaffLink, StaffSession, StaffUser
from helpcenter.accounts.provider import Provider
from helpcenter.app import create_app
from helpcenter.settings import Settings, SettingsError, load_settings
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.services import EXTENSION
from tests.accounts.an_identity_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.conftest import SECRET
from tests.web.test_staff import PASSWORD, SAME_SITE, signed_in


@pytest.fixture(scope="module")
def serving():
    """Return an identity provider that runs for all tests of this file."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def there(serving):
    """Return the identity provider as it begins."""
    serving.__init__(serving.issuer)
    return serving


@pytest.fixture
def help_center(published_app, there):
    """Return an application with an agent and an admin, who may sign in there."""
    published_app.extensions[EXTENSION].provider = Provider(there.issuer, CLIENT_ID, CLIENT_SECRET, title="Example login")
    with published_app.app_context(), writing() as session:
        for email, role in {"gus@example.org": "agent", "ada@example.org": "admin"}.items():
            staff.add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


@pytest.fixture
def browser(help_center):
    """Return a browser that nobody signed in with."""
    return help_center.test_client()


def go_and_come_back(browser, there, next_page: str = "", **changed: str):
    """Follow the button to the provider and come back; *changed* is what the provider leads back with instead."""
    left = browser.get("/staff/provider/", query_string={"next": next_page} if next_page else {})
    assert left.status_code == 303
    return browser.get("/staff/provider/return", query_string={**there.visit(left.location), **changed})


def stored(app, model):
    """Return all rows of *model*."""
    with app.app_context(), writing() as session:
        rows = list(session.scalars(select(model)))
        session.expunge_all()
        return rows


def change(app, statement):
    """Change rows."""
    with app.app_context(), writing() as session:
        session.execute(statement)


def test_the_button_is_there_when_a_provider_is_set(browser, published_app):
    page = browser.get("/staff/sign-in").text
    assert 'href="/staff/provider/"' in page
    assert "Example login" in page
    published_app.extensions[EXTENSION].provider = None
    assert "/staff/provider/" not in browser.get("/staff/sign-in").text
    assert browser.get("/staff/provider/").status_code == 404
    assert browser.get("/staff/provider/return").status_code == 404


def test_a_verified_address_opens_its_account_and_is_then_known_by_subject(browser, there, help_center):
    assert go_and_come_back(browser, there).location == "/staff/"
    assert browser.get("/staff/requests").status_code == 200
    assert [(one.issuer, one.subject) for one in stored(help_center, StaffIdentity)] == [(there.issuer, "p-1")]
    there.claims["email"] = "gus.new@example.com"
    other_browser = help_center.test_client()
    assert go_and_come_back(other_browser, there).status_code == 303
    assert other_browser.get("/staff/requests").status_code == 200
    assert {"account.identity-linked", "sign-in"} <= {one.action for one in stored(help_center, AuditEntry)}


def test_the_errand_is_bound_to_the_browser_and_used_once(browser, there, help_center):
    left = browser.get("/staff/provider/")
    asked = parse_qs(urlsplit(left.location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/staff/provider/return"]
    cookie = left.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=600" in cookie
    back = there.visit(left.location)
    assert help_center.test_client().get("/staff/provider/return", query_string=back).status_code == 403
    assert browser.get("/staff/provider/return", query_string=back).status_code == 303
    assert browser.get("/staff/provider/return", query_string=back).status_code == 403


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"code": ""}, {"code": "x" * 5000}, {"iss": "https://elsewhere.example"}], ids=["state", "none", "long", "iss"]
)
def test_what_does_not_fit_the_errand_opens_nothing(browser, there, help_center, changed):
    answer = go_and_come_back(browser, there, **changed)
    assert answer.status_code == 403
    assert "was not finished" in answer.text
    assert not stored(help_center, StaffSession)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-client"}, {"iss": "https://elsewhere.example"}, {"nonce": "another"}, {"exp": 1}, {"sub": ""}, {"sub": "x" * 300}, {"sub": 7}],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_does_not_hold_opens_nothing(browser, there, help_center, claims):
    there.claims |= claims
    answer = go_and_come_back(browser, there)
    assert answer.status_code == 503
    assert not stored(help_center, StaffSession)


def test_a_token_signed_by_somebody_else_opens_nothing(browser, there, help_center):
    there.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
    assert go_and_come_back(browser, there).status_code == 503
    assert not stored(help_center, StaffSession)


def test_a_new_key_is_fetched(browser, there, help_center):
    go_and_come_back(browser, there)
    there.key = there.signs_with = RSAKey.generate_key(2048, parameters={"kid": "two", "use": "sig", "alg": "RS256"})
    assert go_and_come_back(help_center.test_client(), there).status_code == 303


def test_an_address_that_is_not_verified_opens_nothing(browser, there, help_center):
    for claim in (False, "false", None, "yes"):
        there.claims["email_verified"] = claim
        answer = go_and_come_back(browser, there)
        assert answer.status_code == 403
        assert "There is no account for you here" in answer.text
    assert not stored(help_center, StaffIdentity)


def test_an_unknown_or_kept_out_person_is_told_the_same(browser, there, help_center):
    there.claims["email"] = "mallory@example.org"
    unknown = go_and_come_back(browser, there)
    there.claims |= {"email": "gus@example.org"}
    change(help_center, update(StaffUser).where(StaffUser.email == "gus@example.org").values(disabled=True))
    kept_out = go_and_come_back(browser, there)
    assert (unknown.status_code, kept_out.status_code) == (403, 403)
    assert unknown.text == kept_out.text


def test_somebody_kept_out_after_linking_stays_out(browser, there, help_center):
    go_and_come_back(browser, there)
    with help_center.app_context(), writing() as session:
        staff.disable(session, staff.find_by_email(session, "gus@example.org"))
    assert go_and_come_back(help_center.test_client(), there).status_code == 403


def test_a_second_person_with_the_same_address_does_not_get_the_account(browser, there, help_center):
    go_and_come_back(browser, there)
    there.claims["sub"] = "p-2"
    answer = go_and_come_back(help_center.test_client(), there)
    assert answer.status_code == 403
    assert "belongs to somebody else" in answer.text


def test_an_invitation_is_accepted_by_signing_in_there(browser, there, help_center):
    with help_center.app_context(), writing() as session:
        links.invite(session, email="New@Example.org", role="editor", languages=["lv"])
    there.claims = {"sub": "p-9", "email": "new@example.org", "email_verified": True, "name": "<b>Nia</b>"}
    assert go_and_come_back(browser, there).status_code == 303
    made = next(one for one in stored(help_center, StaffUser) if one.email == "new@example.org")
    assert (made.role, made.languages, made.name) == ("editor", ["lv"], "<b>Nia</b>")
    assert not stored(help_center, StaffLink)
    assert "<b>Nia" not in browser.get("/staff/account/").text


def test_an_invitation_that_has_run_out_opens_nothing(browser, there, help_center):
    with help_center.app_context(), writing() as session:
        links.invite(session, email="new@example.org", role="editor", now=utcnow() - timedelta(days=30))
    there.claims["email"] = "new@example.org"
    assert go_and_come_back(browser, there).status_code == 403


def test_the_second_factor_is_asked_for_here_too(browser, there, help_center):
    secret = second_factor.new_secret()
    change(help_center, update(StaffUser).where(StaffUser.email == "gus@example.org").values(totp_secret=secret))
    assert go_and_come_back(browser, there).location == "/staff/second-factor"
    assert browser.get("/staff/requests").status_code == 303
    answer = browser.post("/staff/second-factor", data={"code": pyotp.TOTP(secret).now()}, headers=SAME_SITE)
    assert answer.location == "/staff/"


@pytest.mark.parametrize(("auth_time", "status"), [(None, 303), (1_700_000_000, 303), ("now", 200)], ids=["silent", "long ago", "just now"])
def test_a_sign_in_there_that_asked_for_nothing_proves_nothing_here(browser, there, help_center, auth_time, status):
    there.claims = {"sub": "p-ada", "email": "ada@example.org", "email_verified": True}
    if auth_time:
        there.claims["auth_time"] = int(utcnow().timestamp()) if auth_time == "now" else auth_time
    go_and_come_back(browser, there)

    assert browser.get("/staff/account/").status_code == 200
    assert browser.get("/staff/people/").status_code == status


class TestProvingAgain:
    """Dangerous acts of somebody who has no password here."""

    @pytest.fixture
    def ada(self, help_center, there):
        """Return the admin's browser, signed in there an hour ago."""
        there.claims = {"sub": "p-ada", "email": "ada@example.org", "email_verified": True}
        browser = help_center.test_client()
        go_and_come_back(browser, there)
        change(help_center, update(StaffSession).values(proven_at=utcnow() - timedelta(hours=1)))
        assert browser.get("/staff/people/").location.startswith("/staff/confirm")
        return browser

    def test_signing_in_again_there_leads_on(self, ada, there):
        assert "/staff/provider/?next=/staff/people/" in ada.get("/staff/confirm?next=/staff/people/").text
        there.claims["auth_time"] = int(utcnow().timestamp())
        assert go_and_come_back(ada, there, "/staff/people/").location == "/staff/people/"
        assert (there.asked["prompt"], there.asked["max_age"]) == ("login", "0")
        assert ada.get("/staff/people/").status_code == 200

    @pytest.mark.parametrize("claims", [{}, {"auth_time": 1_700_000_000}, {"auth_time": "now"}], ids=["silent", "long ago", "no number"])
    def test_a_sign_in_of_long_ago_does_not(self, ada, there, claims):
        there.claims |= claims
        assert go_and_come_back(ada, there, "/staff/people/").status_code in (403, 503)
        assert ada.get("/staff/people/").status_code == 303

    def test_somebody_else_does_not(self, ada, there):
        there.claims = {"sub": "p-1", "email": "gus@example.org", "email_verified": True, "auth_time": int(utcnow().timestamp())}
        assert go_and_come_back(ada, there, "/staff/people/").status_code == 403
        assert ada.get("/staff/people/").status_code == 303

    def test_only_own_pages_are_led_on_to(self, ada, there):
        there.claims["auth_time"] = int(utcnow().timestamp())
        assert go_and_come_back(ada, there, "https://elsewhere.example/").location == "/staff/"


def test_separating_the_two_needs_a_form_of_this_session(browser, there, help_center):
    there.claims["auth_time"] = int(utcnow().timestamp())
    go_and_come_back(browser, there)
    assert browser.post("/staff/account/unlink", headers=SAME_SITE).status_code == 403
    page = browser.get("/staff/account/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert browser.post("/staff/account/unlink", data={"csrf_token": token}, headers=SAME_SITE).location.endswith("done=unlinked")
    assert not stored(help_center, StaffIdentity)
    assert "/staff/account/unlink" not in browser.get("/staff/account/").text


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks_uri", "/token_endpoint"])
def test_a_provider_that_is_down_is_said_so_and_tried_again(browser, there, help_center, path):
    there.broken = path
    left = browser.get("/staff/provider/")
    answer = left if left.status_code == 503 else browser.get("/staff/provider/return", query_string=there.visit(left.location))
    assert answer.status_code == 503
    assert "does not answer as it should" in answer.text
    there.broken = ""
    assert go_and_come_back(browser, there).status_code == 303


def test_a_provider_with_another_name_is_refused(browser, there):
    there.calls_itself = "https://elsewhere.example"
    assert browser.get("/staff/provider/").status_code == 503


def test_the_password_still_works_and_ends_with_the_account(help_center, there):
    gus = signed_in(help_center)
    assert gus.get("/staff/requests").status_code == 200
    change(help_center, delete(StaffUser).where(StaffUser.email == "gus@example.org"))
    assert gus.get("/staff/requests").status_code == 303


@pytest.mark.parametrize("issuer", ["http://login.example.org", "login.example.org", "https://login.example.org/?a=b", "https://"])
def test_an_issuer_that_cannot_be_is_refused_at_the_start(issuer):
    with pytest.raises(SettingsError, match="HELPCENTER_OIDC_ISSUER"):
        load_settings({"HELPCENTER_OIDC_ISSUER": issuer})


def test_an_issuer_without_a_client_is_refused_at_the_start(tmp_path):
    settings = Settings(data=tmp_path, secret_key=SECRET, oidc_issuer="https://login.example.org")
    with pytest.raises(SettingsError, match="HELPCENTER_OIDC_CLIENT_ID"):
        create_app(settings)


def test_the_missing_extra_is_named_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr("helpcenter.app.find_spec", lambda name: None)
    settings = Settings(data=tmp_path, secret_key=SECRET, oidc_issuer="https://login.example.org", oidc_client_id="x")
    with pytest.raises(SettingsError, match=re.escape("pip install 'helpcenter[oidc]'")):
        create_app(settings)
