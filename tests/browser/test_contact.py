"""Asking a person in a real browser: the fields of a kind, articles that answer, files in the chat, and the way into a request."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Live
from tests.support.test_attachments import PDF
from tests.web.test_contact_fields import settle

FIELDS = {
    "order": {"label": {"en": "Order number"}, "required": True, "kinds": ["problem"]},
    "phone": {"label": {"en": "Telephone"}, "type": "phone", "required": True, "kinds": ["call_back"]},
}
BILL = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def asking(live_server: Live) -> Iterator[None]:
    """Let the contact form of the sample site ask more for a while."""
    settle(live_server.app, fields=FIELDS)
    yield
    settle(live_server.app)


def test_the_fields_follow_the_kind_and_only_they_are_sent(asking, new_page):
    page = new_page()
    page.goto("/en/contact")
    order, phone = page.locator("#field-order"), page.locator("#field-phone")
    expect(order).to_be_hidden()

    page.check("#kind-call_back")
    page.fill("#field-phone", "not a number")
    page.check("#kind-problem")
    expect(phone).to_be_hidden()
    expect(phone).to_be_disabled()
    page.fill("#field-order", "A-17")
    for name, text in (("subject", "Box"), ("body", "It blinks."), ("email", "ann@example.org")):
        page.fill(f"#{name}", text)
    page.locator("[data-send]").click()

    page.wait_for_url("**/requests/open/**")
    expect(page.locator("dl.facts")).to_contain_text("A-17")


def test_the_address_bar_never_keeps_the_secret(new_page):
    page = new_page()
    page.goto("/en/contact")
    page.locator("input[name=kind]").first.check()
    for name, text in (("subject", "Box"), ("body", "It blinks."), ("email", "ann@example.org")):
        page.fill(f"#{name}", text)
    page.locator("[data-send]").click()
    page.wait_for_url("**/requests/open/**")
    link = page.locator(".next a").get_attribute("href")

    page.goto(link)

    assert re.search(r"/requests/open/[A-Z0-9-]+$", page.url)
    assert page.evaluate("document.cookie") == "", "no script may read it"
    page.fill("#text", "One more thing")
    page.locator("form:has(#text) button").click()
    expect(page.locator(".thread article").last).to_contain_text("One more thing")
    token = link.rpartition("/")[2]
    assert token not in page.url and token not in page.content()


def test_return_in_a_line_sends_and_a_suggestion_can_be_the_answer(new_page):
    page = new_page()
    page.goto("/en/contact")
    page.fill("#subject", "find an invoice")
    button = page.get_by_role("button", name=re.compile("^This answered it")).first
    expect(button).to_be_visible()

    page.locator("#email").press("Enter")
    expect(page.locator(".errors")).to_be_visible()
    page.complaints.clear()
    button.click()

    expect(page.locator("h1")).to_have_text("Good to hear")
    page.get_by_role("link", name="I still need a person").click()
    expect(page.locator("#subject")).to_have_value("find an invoice")


@pytest.mark.parametrize("path", ["/en/chat", "/widget/v1/panel/chat?lang=en"])
def test_files_are_sent_in_the_chat_as_soon_as_they_are_chosen(new_page, path):
    page = new_page()
    page.goto(path)
    page.locator("[data-files] summary").click()

    page.set_input_files("#chat-files", BILL)
    expect(page.locator(".message.visitor").last).to_contain_text("bill.pdf")
    expect(page.locator(".message.bot").last).to_contain_text("I have kept your files")

    page.locator("[data-files] summary").click()
    page.set_input_files("#chat-files", {**BILL, "name": "virus.exe"})
    expect(page.locator("[data-problem]")).to_contain_text("virus.exe: files of this kind are not taken")
    # The browser itself notes the answer 422 in its console.
    page.complaints.clear()
