"""Accounts on the staff pages: second factor, invitations, new passwords, sessions, tokens, rights, the log."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from helpcenter.accounts import links, second_factor, sessions
from helpcenter.accounts.models import ApiToken, AuditEntry, HalfSignIn, StaffSession, StaffUser
from helpcenter.accounts.staff import add_staff
from helpcenter.language.messages import interface_languages
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import account_words
from tests.web.test_staff import PASSWORD, SAME_SITE, signed_in

NEW_PASSWORD = "seven loud herons asleep"
PEOPLE = {"gus@example.org": "agent", "rita@example.org": "reviewer", "ada@example.org": "admin"}


@pytest.fixture
def help_center(published_app):
    """Return an application with an agent, a reviewer and an admin."""
    with published_app.app_context(), writing() as session:
        for email, role in PEOPLE.items():
            add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


@pytest.fixture
def ada(help_center):
    """Return the admin's browser."""
    return signed_in(help_center, "ada@example.org")


@pytest.fixture
def gus(help_center):
    """Return the agent's browser."""
    return signed_in(help_center)


def post(browser, path: str, **fields):
    """Send a form with the session's token."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/staff/account/").text)[1]
    return browser.post(path, data={"csrf_token": token, **fields}, headers=SAME_SITE)


def in_database(app, work):
    """Return what *work* returns for a session of its own."""
    with app.app_context(), writing() as session:
        return work(session)


def account(session, email: str = "gus@example.org") -> StaffUser:
    """Return an account."""
    return session.scalars(select(StaffUser).where(StaffUser.email == email)).one()


def set_up_factor(browser) -> tuple[str, list[str]]:
    """Turn the second factor on as a person does; return its secret and the recovery codes."""
    page = browser.get("/staff/account/second-factor").text
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    setup = re.search(r'name="setup" value="([^"]+)"', page)[1]
    answer = post(browser, "/staff/account/second-factor", setup=setup, code=pyotp.TOTP(secret).now())
    assert answer.status_code == 200
    return secret, re.findall(r"<code>(\w{5}-\w{5})</code>", answer.text)


def next_code(app, secret: str) -> str:
    """Return a right code, as if the last one was taken long ago."""
    in_database(app, lambda session: session.execute(update(StaffUser).values(totp_step=0)))
    return pyotp.TOTP(secret).now()


def test_with_a_second_factor_the_password_alone_opens_nothing(help_center, gus):
    secret, codes = set_up_factor(gus)
    assert len(codes) == 10

    browser = signed_in(help_center)
    assert browser.answer.location == "/staff/second-factor"
    assert browser.get("/staff/requests").status_code == 303
    assert browser.get("/staff/account/").location == "/staff/sign-in"
    wrong = browser.post("/staff/second-factor", data={"code": "000000"}, headers=SAME_SITE)
    assert (wrong.status_code, wrong.text.count('role="alert"')) == (403, 1)
    assert browser.get("/staff/requests").status_code == 303

    right = browser.post("/staff/second-factor", data={"code": next_code(help_center, secret)}, headers=SAME_SITE)

    assert (right.status_code, right.location) == (303, "/staff/")
    assert browser.get("/staff/requests").status_code == 200
    assert in_database(help_center, lambda session: session.scalars(select(HalfSignIn)).all()) == []


def test_a_recovery_code_lets_in_once(help_center, gus):
    _secret, codes = set_up_factor(gus)
    answers = []
    for _ in range(2):
        browser = signed_in(help_center)
        answers.append(browser.post("/staff/second-factor", data={"code": codes[0]}, headers=SAME_SITE).status_code)

    assert answers == [303, 403]


@pytest.mark.parametrize("cookie", ["", "x", "x" * 4000, "A" * 43])
def test_the_code_is_not_asked_for_without_the_password(help_center, cookie):
    browser = help_center.test_client()
    browser.set_cookie("hc_half", cookie)

    assert browser.get("/staff/second-factor").location == "/staff/sign-in"
    assert browser.post("/staff/second-factor", data={"code": "123456"}, headers=SAME_SITE).location == "/staff/sign-in"


def test_turning_the_factor_on_signs_out_elsewhere_and_off_needs_no_code(help_center, gus):
    elsewhere = signed_in(help_center)
    set_up_factor(gus)

    assert elsewhere.get("/staff/requests").status_code == 303
    assert post(gus, "/staff/account/second-factor/off").location.endswith("done=factor-off")
    assert signed_in(help_center).answer.location == "/staff/"


def test_a_setup_of_somebody_else_is_refused(help_center, ada, gus):
    theirs = re.search(r'name="setup" value="([^"]+)"', ada.get("/staff/account/second-factor").text)[1]

    assert post(gus, "/staff/account/second-factor", setup=theirs, code="123456").status_code == 403
    assert post(gus, "/staff/account/second-factor", setup="x", code="123456").status_code == 422
    assert in_database(help_center, account).totp_secret is None


def test_after_a_quarter_of_an_hour_the_password_is_asked_for_again(help_center, gus):
    in_database(help_center, lambda session: session.execute(update(StaffSession).values(proven_at=utcnow() - sessions.PROVEN_LASTS)))

    asked = gus.get("/staff/account/second-factor")
    assert asked.location == "/staff/confirm?next=/staff/account/second-factor"
    assert post(gus, "/staff/account/tokens", name="x", scope="requests:read", days="30").location.startswith("/staff/confirm")
    assert post(gus, "/staff/confirm", password="wrong", next="/staff/account/second-factor").status_code == 403

    confirmed = post(gus, "/staff/confirm", password=PASSWORD, next="/staff/account/second-factor")

    assert confirmed.location == "/staff/account/second-factor"
    assert gus.get("/staff/account/second-factor").status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/staff/../../x\\y", "/en/", "javascript:alert(1)", ""])
def test_confirming_leads_to_pages_of_the_staff_only(gus, wanted):
    location = post(gus, "/staff/confirm", password=PASSWORD, next=wanted).location

    assert location == "/staff/"


def test_somebody_is_invited_joins_and_signs_in(help_center, ada, mailer):
    answer = post(ada, "/staff/people/invite", email="Ed@example.org", role="editor", language="en")
    assert answer.status_code == 303
    assert "ed@example.org" in ada.get("/staff/people/").text
    with help_center.app_context():
        deliver_due(mailer)
    path = re.search(r"/staff/join/[\w-]{43}", mailer.sent[-1].content.decode())[0]

    browser = help_center.test_client()
    assert "ed@example.org" in browser.get(path).text
    short = browser.post(path, data={"name": "Ed", "password": "short"}, headers=SAME_SITE)
    assert (short.status_code, "too short" in short.text) == (422, True)
    joined = browser.post(path, data={"name": "Ed", "password": PASSWORD}, headers=SAME_SITE)
    assert joined.location == "/staff/sign-in?joined=invite"
    assert browser.post(path, data={"name": "Eve", "password": PASSWORD}, headers=SAME_SITE).status_code == 404

    user = in_database(help_center, lambda session: account(session, "ed@example.org"))
    assert (user.name, user.role, user.languages) == ("Ed", "editor", ["en"])
    assert signed_in(help_center, "ed@example.org").answer.status_code == 303


def test_an_invitation_is_taken_back(help_center, ada):
    post(ada, "/staff/people/invite", email="ed@example.org", role="editor")

    assert post(ada, "/staff/people/withdraw", email="ed@example.org").status_code == 303
    assert post(ada, "/staff/people/withdraw", email="ed@example.org").status_code == 404
    assert in_database(help_center, links.invitations) == []


@pytest.mark.parametrize(
    "fields",
    [{"email": "gus@example.org", "role": "editor"}, {"email": "no", "role": "editor"}, {"email": "a@example.org", "role": "owner"},
     {"email": "a@example.org", "role": "editor", "section": "nowhere"}, {}],
)  # fmt: skip
def test_a_wrong_invitation_is_explained(help_center, ada, fields):
    answer = post(ada, "/staff/people/invite", **fields)

    assert (answer.status_code, answer.text.count('role="alert"')) == (422, 1)
    assert in_database(help_center, links.invitations) == []


def test_a_lost_password_is_replaced_by_a_mailed_link(help_center, gus, mailer):
    browser = help_center.test_client()
    known, unknown = (browser.post("/staff/forgot", data={"email": email}, headers=SAME_SITE) for email in ("gus@example.org", "eve@example.org"))
    assert (known.status_code, known.text, list(known.headers.keys())) == (unknown.status_code, unknown.text, list(unknown.headers.keys()))
    with help_center.app_context():
        deliver_due(mailer)
    assert [mail.recipient for mail in mailer.sent] == ["gus@example.org"]
    path = re.search(r"/staff/join/[\w-]{43}", mailer.sent[-1].content.decode())[0]

    assert browser.post(path, data={"password": NEW_PASSWORD}, headers=SAME_SITE).location == "/staff/sign-in?joined=reset"

    assert gus.get("/staff/requests").status_code == 303
    assert signed_in(help_center, password=PASSWORD).answer.status_code == 403
    assert signed_in(help_center, password=NEW_PASSWORD).answer.status_code == 303


def test_a_reset_does_not_go_around_the_second_factor(help_center, gus):
    set_up_factor(gus)
    token = in_database(help_center, lambda session: links.offer_reset(session, account(session)))

    browser = help_center.test_client()
    browser.post(f"/staff/join/{token}", data={"password": NEW_PASSWORD}, headers=SAME_SITE)

    assert signed_in(help_center, password=NEW_PASSWORD).answer.location == "/staff/second-factor"


def test_a_password_is_changed_with_the_present_one(help_center, gus):
    assert post(gus, "/staff/account/password", present="wrong", password=NEW_PASSWORD).status_code == 403
    assert post(gus, "/staff/account/password", present=PASSWORD, password="short").status_code == 422
    assert gus.get("/staff/account/").status_code == 200

    assert post(gus, "/staff/account/password", present=PASSWORD, password=NEW_PASSWORD).status_code == 303

    assert gus.get("/staff/account/").status_code == 303
    assert signed_in(help_center, password=NEW_PASSWORD).answer.status_code == 303


def test_sessions_are_seen_and_ended(help_center, gus):
    second, third = signed_in(help_center), signed_in(help_center)
    page = gus.get("/staff/account/").text
    handles = re.findall(r'name="only" value="([^"]+)"', page)
    assert len(handles) == 2

    post(gus, "/staff/account/sessions/end", only=handles[0])
    assert sorted(browser.get("/staff/account/").status_code for browser in (second, third)) == [200, 303]
    post(gus, "/staff/account/sessions/end", only="%")
    assert sorted(browser.get("/staff/account/").status_code for browser in (second, third)) == [200, 303]
    post(gus, "/staff/account/sessions/end")

    assert [browser.get("/staff/account/").status_code for browser in (gus, second, third)] == [200, 303, 303]


def test_a_token_is_shown_once_and_revoked_by_its_owner(help_center, gus, ada):
    made = post(gus, "/staff/account/tokens", name="Zammad <1>", scope="requests:read", days="30")
    text = re.search(r"hc_[\w-]{43}", made.text)[0]
    row = in_database(help_center, lambda session: session.scalars(select(ApiToken)).one())

    assert text not in gus.get("/staff/account/").text
    assert "Zammad &lt;1&gt;" in gus.get("/staff/account/").text
    assert post(ada, f"/staff/account/tokens/{row.id}/revoke").status_code == 404
    assert post(gus, f"/staff/account/tokens/{row.id}/revoke").status_code == 303
    assert post(gus, "/staff/account/tokens", name="", scope="everything", days="1").status_code == 422
    assert in_database(help_center, lambda session: session.scalars(select(ApiToken)).all()) == []


def test_rights_are_changed_and_hold_from_the_next_click(help_center, ada, gus):
    user = in_database(help_center, account)

    assert post(ada, f"/staff/people/{user.id}/rights", role="editor", language="en").status_code == 303

    assert gus.get("/staff/requests").status_code == 403
    assert in_database(help_center, account).languages == ["en"]
    assert post(ada, f"/staff/people/{user.id}/rights", role="owner").status_code == 422
    assert post(ada, f"/staff/people/{user.id}/rights", role="editor", language="tlh").status_code == 422
    assert post(ada, "/staff/people/999/rights", role="editor").status_code == 404


def test_somebody_is_kept_out_and_let_in_again(help_center, ada, gus):
    user = in_database(help_center, account)
    post(ada, f"/staff/people/{user.id}/access", access="off")
    assert gus.get("/staff/requests").status_code == 303
    assert post(ada, f"/staff/people/{user.id}/reset").status_code == 422

    post(ada, f"/staff/people/{user.id}/access", access="on")

    assert signed_in(help_center).answer.status_code == 303


def test_the_only_admin_stays_one(help_center, ada):
    user = in_database(help_center, lambda session: account(session, "ada@example.org"))

    assert post(ada, f"/staff/people/{user.id}/rights", role="agent").status_code == 422
    assert post(ada, f"/staff/people/{user.id}/access", access="off").status_code == 422
    assert in_database(help_center, lambda session: account(session, "ada@example.org")).role == "admin"


def test_an_admin_takes_a_lost_factor_away_and_sends_a_link(help_center, ada, gus, mailer):
    set_up_factor(gus)
    user = in_database(help_center, account)

    assert post(ada, f"/staff/people/{user.id}/second-factor/off").status_code == 303
    assert post(ada, f"/staff/people/{user.id}/reset").status_code == 303

    with help_center.app_context():
        deliver_due(mailer)
    assert mailer.sent[-1].recipient == "gus@example.org"
    assert signed_in(help_center).answer.location == "/staff/"


def test_people_and_log_are_for_admins(gus, help_center):
    rita = signed_in(help_center, "rita@example.org")
    for browser in (gus, rita):
        assert [browser.get(page).status_code for page in ("/staff/people/", "/staff/people/1", "/staff/people/log", "/staff/people/log.csv")] == [403] * 4
        assert post(browser, "/staff/people/invite", email="x@example.org", role="admin").status_code == 403


def test_every_change_is_in_the_log_without_secrets(help_center, ada, gus):
    set_up_factor(gus)
    post(gus, "/staff/account/tokens", name="=cmd()", scope="requests:read", days="30")
    post(ada, "/staff/people/invite", email="ed@example.org", role="editor")
    post(ada, "/staff/people/invite", email="no", role="editor")

    page, table = ada.get("/staff/people/log").text, ada.get("/staff/people/log.csv")
    actions = in_database(help_center, lambda session: session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all())

    assert actions == ["sign-in", "sign-in", "account.second-factor-on", "account.token-made", "staff.invite"]
    assert "<code>staff.invite" in page
    assert table.headers["Content-Disposition"] == "attachment; filename=log.csv"
    assert not re.search(r"hc_[\w-]{43}|[A-Z2-7]{32}", page + table.text)
    assert "<code>staff.invite" not in ada.get("/staff/people/log?who=gus@example.org").text
    assert ada.get("/staff/people/log?before=x&action=%00").status_code == 200


def test_changes_elsewhere_are_noted_by_the_page_that_made_them(help_center, gus, ada):
    with help_center.test_request_context(), writing() as session:
        from helpcenter.support import requests as support
        from helpcenter.web.asking import terms

        reference = support.open_request(session, terms(), subject="Hi", body="Help", email="ann@example.org", name="", lang="en").reference
    assert post(gus, f"/staff/requests/{reference}/note", note="Seen.").status_code == 303

    newest = in_database(help_center, lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    assert (newest.who, newest.subject) == ("gus@example.org", reference)
    assert "Seen" not in str(newest.details)


def test_dead_links_say_what_to_do(help_center):
    browser = help_center.test_client()
    for token in ("x", "A" * 43, "null", "%00", "x" * 3000):
        assert browser.get(f"/staff/join/{token}").status_code == 404
    late = in_database(help_center, lambda session: links.invite(session, email="ed@example.org", role="editor", now=utcnow() - timedelta(days=8)))
    assert "no longer works" in browser.get(f"/staff/join/{late}").text


@pytest.mark.parametrize("lang", interface_languages())
def test_accounts_speak_every_language(help_center, ada, lang):
    headers = {"Accept-Language": lang}
    for page in ("/staff/account/", "/staff/account/second-factor", "/staff/people/", "/staff/people/log", "/staff/confirm", "/staff/forgot"):
        answer = ada.get(page, headers=headers)
        assert (answer.status_code, f'<html lang="{lang}"' in answer.text) == (200, True)
    for code in account_words.REFUSALS:
        assert account_words.refusal(lang, code)


def test_half_a_sign_in_runs_out(help_center, gus):
    set_up_factor(gus)
    browser = signed_in(help_center)
    in_database(help_center, lambda session: session.execute(update(HalfSignIn).values(created_at=utcnow() - second_factor.HALF_LASTS)))

    assert browser.post("/staff/second-factor", data={"code": "123456"}, headers=SAME_SITE).location == "/staff/sign-in"
