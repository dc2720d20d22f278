"""The status link is exchanged for a cookie: the token stands in no address that stays, and opens one request (threats S11)."""

import re

import pytest
import structlog

from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import links
from helpcenter.support.models import StatusLink, SupportRequest
from helpcenter.web import logs, status
from tests.web.test_contact import filled
from tests.web.test_status import messages_in

BROWSER = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


@pytest.fixture
def address(client) -> str:
    """Return the secret address of Ann's request."""
    return client.post("/en/contact", data=filled(client)).headers["Location"].split("?")[0]


@pytest.fixture
def browser(published_app):
    """Return a browser that has never been here."""
    return published_app.test_client()


def enter(browser, address: str) -> str:
    """Follow the link as a browser does, and return the address it ends at."""
    first = browser.get(address, headers=BROWSER)
    second = browser.get(first.location, headers=BROWSER)
    assert (first.status_code, second.status_code) == (303, 303)
    return second.location


def test_a_browser_ends_at_an_address_without_the_token(browser, address):
    token = address.rpartition("/")[2]

    clean = enter(browser, address)

    page = browser.get(clean, headers=BROWSER)
    assert re.fullmatch(r"/requests/open/[A-Z0-9-]+", clean)
    assert page.status_code == 200 and "Missing invoice" in page.text
    assert token not in page.text


def test_the_cookie_is_for_this_request_and_for_nobody_else(browser, address):
    given = browser.get(address, headers=BROWSER).headers["Set-Cookie"]

    assert address.rpartition("/")[2] not in given
    assert "HttpOnly" in given and "SameSite=Lax" in given and f"Max-Age={status.LIFETIME_SECONDS}" in given
    assert re.search(r"Path=/requests/open/[A-Z0-9-]+(;|$)", given)
    secure = browser.get(address, headers=BROWSER, base_url="https://localhost").headers["Set-Cookie"]
    assert "Secure" in secure


def test_who_keeps_no_cookies_is_shown_the_request_and_led_in_no_circle(published_app, address):
    plain = published_app.test_client(use_cookies=False)

    first = plain.get(f"{address}?new=1", headers=BROWSER)
    page = plain.get(first.location, headers=BROWSER)

    assert page.status_code == 200 and "We have your request" in page.text
    form = re.search(r'method="post" action="([^"]+)"', page.text)[1]
    assert plain.post(form, data={"text": "No cookies here."}).status_code == 303
    assert ("customer", "No cookies here.") in messages_in(published_app)


def test_a_program_is_answered_at_once(published_app, address):
    page = published_app.test_client(use_cookies=False).get(address)

    assert page.status_code == 200 and "Set-Cookie" not in page.headers


def test_everything_can_be_done_at_the_clean_address(published_app, browser, address):
    clean = enter(browser, address)

    said = browser.post(clean, data={"text": "It is still missing."})
    done = browser.post(f"{clean}/solved")

    assert said.location == f"{clean}#last" and done.location == clean
    assert ("customer", "It is still missing.") in messages_in(published_app)
    assert "Solved" in browser.get(clean).text


def test_no_answer_of_the_way_tells_or_keeps_anything(browser, address):
    first = browser.get(address, headers=BROWSER)
    second = browser.get(first.location, headers=BROWSER)
    for answer in (first, second, browser.get(second.location, headers=BROWSER), browser.get("/requests/open/NONE")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_token_is_in_no_line_of_the_log(browser, address):
    token = address.rpartition("/")[2]
    logs.configure("info")
    with structlog.testing.capture_logs() as lines:
        browser.get(browser.get(address, headers=BROWSER).location, headers=BROWSER)
        browser.get(f"/widget/v1/panel/sent/{token}")

    assert lines and token not in str(lines)


def test_the_cookie_of_one_request_opens_no_other(published_app, browser, client, address):
    other = client.post("/en/contact", data=filled(client, email="eve@example.org", subject="Mine")).location.split("?")[0]
    clean, foreign = enter(browser, address), enter(published_app.test_client(), other)
    browser.get(other, headers=BROWSER)
    stolen = browser.get_cookie(status.COOKIE, path=clean).value

    # Whatever path a hostile client claims for it, the cookie says itself what it opens.
    browser.set_cookie(status.COOKIE, stolen, path=foreign)
    assert browser.get(foreign).status_code == 404
    assert browser.post(foreign, data={"text": "Let me in"}).status_code == 404
    assert browser.post(f"{foreign}/solved").status_code == 404
    assert browser.get(f"{foreign}/files/1").status_code == 404


@pytest.mark.parametrize("value", ["", " ", "null", "x" * 4_000, "\x00", "IjEi.aaaa.bbbb"])
def test_what_we_did_not_sign_opens_nothing(browser, address, value):
    clean = enter(browser, address)

    browser.set_cookie(status.COOKIE, value, path=clean)

    assert browser.get(clean).status_code == 404


def test_without_the_cookie_a_request_that_exists_looks_like_one_that_does_not(published_app, browser, address):
    clean = enter(browser, address)
    stranger = published_app.test_client()

    there, not_there = stranger.get(clean), stranger.get("/requests/open/ZZZZ-ZZZZ")

    assert there.status_code == not_there.status_code == 404
    assert there.text == not_there.text
    assert "Open the link from our e-mail once more" in there.text and 'href="/en/requests/link"' in there.text


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_link_that_ended_ends_its_cookie(published_app, browser, address, how):
    clean = enter(browser, address)
    with published_app.app_context(), writing() as session:
        if how == "revoked":
            links.revoke(session, session.query(SupportRequest).one())
        else:
            session.query(StatusLink).one().expires_at = utcnow()

    assert browser.get(clean).status_code == 404
    assert browser.get(address, headers=BROWSER).status_code == 404


def test_a_cookie_ends_after_hours_and_what_was_typed_is_given_back(browser, address, monkeypatch):
    clean = enter(browser, address)
    monkeypatch.setattr(status, "LIFETIME_SECONDS", -1)

    answer = browser.post(clean, data={"text": "A long <b>answer</b>"})

    assert answer.status_code == 404
    assert "A long &lt;b&gt;answer&lt;/b&gt;" in answer.text


def test_another_site_cannot_write_with_the_cookie(published_app, browser, address):
    clean = enter(browser, address)
    before = messages_in(published_app)

    assert browser.post(clean, data={"text": "Forged"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(f"{clean}/solved", headers={"Origin": "https://evil.example"}).status_code == 403
    assert messages_in(published_app) == before


def test_the_link_to_keep_is_on_the_page_once(browser, address):
    first = browser.get(f"{address}?new=1", headers=BROWSER)
    new = browser.get(browser.get(first.location, headers=BROWSER).location, headers=BROWSER).text

    assert address in new and "it is the key to your request" in new
