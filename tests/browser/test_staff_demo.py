"""The demo page loads the widget in a browser: its buttons give commands, and its log says what happened."""

import pytest
from playwright.sync_api import expect

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ED = ("demo@example.org", "correct horse battery staple")


def test_commands_and_events_of_the_widget_work_under_its_two_directives(new_page, live_server):
    with live_server.app.app_context(), writing() as session:
        add_staff(session, email=ED[0], name="Ed", role="agent", password=ED[1])
    page = new_page()
    page.goto("/staff/sign-in")
    page.fill("#email", ED[0])
    page.fill("#password", ED[1])
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/staff/")

    page.goto("/staff/demo")
    demo = page.frame_locator("iframe")
    expect(demo.get_by_role("log")).to_contain_text("ready")
    demo.get_by_role("button", name="search").last.click()

    expect(demo.get_by_role("log")).to_contain_text("open")
    # The panel stands in a closed shadow root; its frame is the one that was asked for results.
    panel = wait_for_frame(page, "/widget/v1/panel?q=invoice")
    expect(panel.locator("main a").first).to_be_visible()
    demo.get_by_role("button", name="close").click()
    expect(demo.get_by_role("log")).to_contain_text("close")


def wait_for_frame(page, part: str):
    """Return the frame whose address holds *part*, once there is one."""
    for _ in range(600):
        found = [frame for frame in page.frames if part in frame.url]
        if found:
            return found[0]
        page.wait_for_timeout(100)
    raise AssertionError(part)
