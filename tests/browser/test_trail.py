"""The trail of a visit as the agent sees it: search, article, No with a reason, chat, a person; with JavaScript and without."""

import pytest
from playwright.sync_api import Page, expect

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing
from tests.browser.test_journey import CONFIRM, find_article, press, say, vote_no_with_a_reason

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

QUESTION = "I was charged twice"
PASSWORD = "correct horse battery staple"
WIDTHS = (320, 1280)


def ask_in_the_chat(page: Page) -> str:
    """Go on from the vote to the chat, and from there to a person; return the reference of the request."""
    page.locator("#vote a[href*='/en/chat']").click()
    say(page, QUESTION)
    press(page, "[data-tools] button[value=person]")
    say(page, "Ann")
    say(page, "ann@example.org")
    press(page, CONFIRM)
    expect(page.locator("[data-request] a")).to_be_visible()
    return page.locator("[data-request] a").inner_text().split()[1].rstrip(":")


def open_as_agent(page: Page, live_server, reference: str, email: str) -> None:
    """Sign an agent in and open the request."""
    with live_server.app.app_context(), writing() as session:
        add_staff(session, email=email, name="Ed", role="agent", password=PASSWORD)
    page.goto("/staff/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/staff/")
    page.goto(f"/staff/requests/{reference}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain-forms"])
def test_the_agent_sees_the_whole_way_of_a_visit(new_page, live_server, scripts):
    ann = new_page(java_script_enabled=scripts)
    find_article(ann, "en", "invoces")
    title = ann.locator("article h1").inner_text()
    vote_no_with_a_reason(ann)
    reference = ask_in_the_chat(ann)

    agent = new_page()
    open_as_agent(agent, live_server, reference, f"trail-{scripts}@example.org".lower())
    steps = [step.strip() for step in agent.locator("main ol.trail").last.locator("li bdi").all_inner_texts()]

    assert steps[0].startswith("Searched for “invoces”"), steps
    assert [step for step in steps[1:] if "chat" not in step] == [
        f"Read “{title}”, result 1",
        f"Said that “{title}” did not help",
        f"Said that “{title}” did not help: It is hard to understand. They wrote: “Which page?”",
        "Asked a person",
    ], steps
    assert [step for step in steps if "chat" in step][0] == "Opened the chat"
    for width in WIDTHS:
        agent.set_viewport_size({"width": width, "height": 900})
        assert agent.evaluate("document.documentElement.scrollWidth <= innerWidth")
