"""The inbox in a browser: keys that can be switched off, a draft that keeps itself, word of new requests only when asked for."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.models import ReplyDraft
from helpcenter.web.asking import terms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "correct horse battery staple"


@pytest.fixture
def agent(request, new_page, live_server):
    """Return a page on which an agent of this test alone is signed in, and a request."""
    email = f"{request.node.name[:40]}@example.org".replace("[", "-").replace("]", "")
    with live_server.app.app_context(), writing() as session:
        add_staff(session, email=email, name="Gus", role="agent", password=PASSWORD)
    page = new_page()
    page.goto("/staff/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/staff/")
    page.reference = ask(live_server.app)
    return page


def ask(app, subject: str = "My router blinks") -> str:
    """Ask something, and return the reference of the request."""
    with app.test_request_context(), writing() as session:
        return support.open_request(session, terms(), subject=subject, body="It is red.", email="ann@example.org", lang="en").reference


def test_keys_lead_through_the_list_and_into_a_request(agent, live_server):
    ask(live_server.app, "Another one")
    agent.goto("/staff/requests?view=all")
    agent.keyboard.press("j")
    agent.keyboard.press("j")
    agent.keyboard.press("k")
    expect(agent.locator("a[data-row]").first).to_be_focused()
    agent.keyboard.press("x")
    expect(agent.locator("tbody input[type=checkbox]").first).to_be_checked()
    agent.keyboard.press("Enter")

    expect(agent.get_by_role("heading", level=1)).to_be_visible()
    agent.keyboard.press("r")
    expect(agent.locator("#text")).to_be_focused()
    agent.keyboard.type("jump")
    expect(agent.locator("#text")).to_have_value("jump")
    agent.locator("h1").click()
    agent.keyboard.press("n")
    expect(agent.locator("#note")).to_be_focused()


def test_keys_can_be_switched_off_and_stay_off(agent):
    agent.goto(f"/staff/requests/{agent.reference}")
    agent.keyboard.press("?")
    agent.get_by_label("Use single keys on these pages, in this browser").uncheck()
    agent.locator("h1").click()
    agent.keyboard.press("r")
    expect(agent.locator("#text")).not_to_be_focused()

    agent.reload()
    agent.keyboard.press("r")
    expect(agent.locator("#text")).not_to_be_focused()


def test_a_draft_keeps_itself_when_the_typing_pauses(agent, live_server):
    agent.goto(f"/staff/requests/{agent.reference}")
    agent.locator("#text").fill("Hold the button")
    expect(agent.locator("[data-kept]")).to_have_text("Kept as a draft")

    with live_server.app.app_context():
        assert "Hold the button" in db.session.scalars(select(ReplyDraft.text)).all()
    agent.reload()
    expect(agent.locator("#text")).to_have_value("Hold the button")


def test_nothing_is_told_before_the_agent_asks_for_it(agent, live_server):
    agent.context.grant_permissions(["notifications"])
    asked = []
    agent.on("request", lambda request: asked.append(request.url) if "/inbox/news" in request.url else None)
    agent.goto("/staff/requests")
    expect(agent.get_by_label("on the screen")).not_to_be_checked()
    expect(agent.get_by_label("with a sound")).not_to_be_checked()

    assert asked == []
    agent.get_by_label("on the screen").check()
    with agent.expect_request("**/staff/inbox/news"):
        agent.reload()
    expect(agent.get_by_label("on the screen")).to_be_checked()
