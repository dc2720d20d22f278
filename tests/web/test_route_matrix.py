"""Route by role: every route of the URL map has a row that says who may use it, and each is really asked by everybody."""

import re

import pytest
from sqlalchemy import select

from helpcenter.accounts import sessions
from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.staff import add_staff
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.web.asking import terms
from tests.web.route_policy import OPEN, POLICY

ROLES = ("anonymous", "agent", "editor", "reviewer", "admin")
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
# These ask for more than a role, a password or the first half of a sign-in, and say 403 or lead back without it.
ASKING_MORE = frozenset({
    "staff.sign_in", "staff_account.change_password", "staff_account.end_factor", "staff_account.renew_codes", "staff_account.set_factor",
    "staff_account.make_token", "staff_entering.confirm", "staff_entering.second_factor_form", "staff_entering.second_factor_post",
})  # fmt: skip


@pytest.fixture
def peopled(published_app):
    """Return an application with one member of the staff for each role, and a request."""
    with published_app.test_request_context(), writing() as session:
        for role in ROLES[1:]:
            add_staff(session, email=f"{role}@example.org", name=role.title(), role=role, password="four quiet otters dancing")
        opened = support.open_request(session, terms(), subject="Router", body="It blinks", email="ann@example.org", lang="en")
    published_app.reference = opened.reference
    return published_app


def is_staff(endpoint: str) -> bool:
    """Return whether *endpoint* belongs to the staff pages."""
    return endpoint.split(".")[0].split("_")[0] == "staff"


def path_of(rule, reference: str) -> str:
    """Return an address of *rule*: with a request that there is, and with other things that are not there."""
    known = {"reference": reference, "lang": "en", "token": "A" * 43, "commit": "abc1234", "key": "payments/find-invoices"}
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: known.get(found[1], "999999"), rule.rule)


def browser_of(app, role: str):
    """Return a browser in which *role* has just signed in, and the token of its forms."""
    browser = app.test_client()
    if role == "anonymous":
        return browser, ""
    with app.app_context():
        with writing() as session:
            token = sessions.start(session, session.scalar(select(StaffUser).where(StaffUser.email == f"{role}@example.org")))
        csrf = sessions.find(db.session, token).csrf_token
    browser.set_cookie("hc_staff", token)
    return browser, csrf


def is_refused(answer) -> bool:
    """Return whether *answer* keeps somebody out."""
    return answer.status_code == 403 or (answer.status_code == 303 and answer.location.endswith("/staff/sign-in"))


def test_every_route_has_a_row(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert endpoints - set(POLICY) == set(), "say in tests/web/route_policy.py who may use these"


def test_staff_pages_are_open_to_nobody_by_mistake():
    opened = {endpoint for endpoint, roles in POLICY.items() if is_staff(endpoint) and roles in (OPEN, None)}

    assert {endpoint.split(".")[1] for endpoint in opened} <= {
        "sign_in", "sign_in_form", "forgot", "forgot_form", "join", "join_form", "second_factor_form", "second_factor_post",
        "leave", "welcome",
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_the_policy_names_and_nothing_else(peopled, role):
    wrong = []
    for rule in peopled.url_map.iter_rules():
        if not is_staff(rule.endpoint) or rule.endpoint == "staff.sign_out":
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            browser, csrf = browser_of(peopled, role)
            fields = {"data": {"csrf_token": csrf}} if method == "POST" else {}
            answer = browser.open(path_of(rule, peopled.reference), method=method, headers=SAME_SITE, **fields)
            refused, allowed = is_refused(answer), role in POLICY[rule.endpoint]
            if (refused and allowed and rule.endpoint not in ASKING_MORE) or not (refused or allowed):
                wrong.append((rule.endpoint, method, answer.status_code))

    assert not wrong, wrong


@pytest.mark.parametrize("role", ROLES[1:])
def test_no_form_of_the_staff_is_taken_without_its_token_or_from_another_site(peopled, role):
    taken = []
    for rule in peopled.url_map.iter_rules():
        if not is_staff(rule.endpoint) or "POST" not in rule.methods or POLICY[rule.endpoint] is OPEN:
            continue
        browser, csrf = browser_of(peopled, role)
        path = path_of(rule, peopled.reference)
        answers = [
            browser.post(path, data={}, headers=SAME_SITE), browser.post(path, data={"csrf_token": "x" * 43}, headers=SAME_SITE),
            browser.post(path, data={"csrf_token": csrf}, headers={"Sec-Fetch-Site": "cross-site"}),
        ]  # fmt: skip
        taken += [(rule.endpoint, answer.status_code) for answer in answers if answer.status_code != 403]

    assert taken == []


def test_what_a_secret_opens_is_closed_to_every_role_without_it(peopled):
    opened = []
    for rule in peopled.url_map.iter_rules():
        if POLICY[rule.endpoint] is not None:
            continue
        for role in ("anonymous", "admin"):
            method = "POST" if "POST" in rule.methods else "GET"
            answer = browser_of(peopled, role)[0].open(path_of(rule, peopled.reference), method=method, headers=SAME_SITE, json={} if method == "POST" else None)
            if answer.status_code < 400:
                opened.append((rule.endpoint, role, answer.status_code))

    assert opened == []


def test_a_disabled_account_is_out_at_once(peopled):
    browser, _csrf = browser_of(peopled, "agent")
    with peopled.app_context(), writing() as session:
        session.scalar(select(StaffUser).where(StaffUser.email == "agent@example.org")).disabled = True

    assert is_refused(browser.get("/staff/requests"))
    assert is_refused(browser.get(f"/staff/requests/{peopled.reference}"))
