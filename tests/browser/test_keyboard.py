"""The way of a customer by keyboard alone, and the same way as assistive technology hears it: the browser's own accessibility tree."""

import pytest
from playwright.sync_api import Locator, Page, expect

from helpcenter.language.messages import gettext

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MOST_TABS = 80
QUESTION = "I was charged twice"
RINGED = """(one) => { const style = getComputedStyle(one), around = getComputedStyle(one.closest("form") ?? one);
  return [style, around].some((each) => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2) }"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until *wanted* has the focus, which must be seen there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            assert wanted.evaluate(RINGED), wanted
            return
    raise AssertionError(f"{MOST_TABS} times Tab do not lead to {wanted}")


def write_line(page: Page, text: str) -> None:
    """Write *text* where the focus is, send it, and wait for the answer."""
    before = page.locator(".message").count()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator(".message").nth(before + 1)).to_be_visible()


def heard(page: Page) -> list[str]:
    """Return what the browser tells assistive technology of *page*, in the order in which it is read, as `role name`."""
    nodes = {node["nodeId"]: node for node in page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]}
    said, waiting = [], [next(iter(nodes))]
    while waiting:
        node = nodes.get(waiting.pop(), {})
        waiting += reversed(node.get("childIds", []))
        if node and not node["ignored"]:
            said.append(f"{node['role']['value']} {node.get('name', {}).get('value', '')}".strip())
    return said


def in_order(wanted: list[str], said: list[str]) -> list[str]:
    """Return those of *wanted* that *said* does not hold after the one before."""
    missing, place = [], 0
    for one in wanted:
        if one in said[place:]:
            place = said.index(one, place) + 1
        else:
            missing.append(one)
    return missing


def test_a_customer_finds_reads_votes_chats_and_reaches_a_person_by_keyboard_alone(new_page):
    page = new_page()
    page.goto("/en/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    tab_to(page, page.locator("#hero-q"))
    page.keyboard.type("invoice")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/articles/**")

    tab_to(page, page.locator("#vote button[value=no]"))
    page.keyboard.press("Enter")
    expect(page.locator("#vote")).to_be_focused()
    tab_to(page, page.locator("#vote input[name=reason]").first)
    page.keyboard.press("Space")
    tab_to(page, page.locator("#vote form button"))
    page.keyboard.press("Enter")
    expect(page.locator("#vote textarea")).to_have_count(0)

    tab_to(page, page.locator(".band .channel a").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/chat**")
    tab_to(page, page.locator("#chat-text"))
    write_line(page, QUESTION)
    tab_to(page, page.locator("[data-tools] button[value=person]"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-choices] button").first).to_be_focused()
    tab_to(page, page.locator("#chat-text"))
    write_line(page, "Ann")
    tab_to(page, page.locator("#chat-text"))
    write_line(page, "ann@example.org")
    confirm = page.locator('button[value="form:send"]')
    expect(confirm).to_be_visible()
    if not confirm.evaluate("(one) => one === document.activeElement"):
        tab_to(page, confirm)
    page.keyboard.press("Enter")

    link = page.locator("[data-request] a")
    expect(link).to_be_visible()
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/**")
    expect(page.locator("main")).to_contain_text(QUESTION)


@pytest.mark.parametrize("lang", ["en", "kk"])
def test_what_is_heard_tells_every_step_its_place_and_its_state(new_page, lang):
    def say(text: str) -> str:
        return gettext(lang, text)

    page = new_page()
    page.goto(f"/{lang}/")
    home = ["link " + say("Skip to the content"), "banner", "main", "heading " + say("How can we help?"), "search"]
    assert in_order([*home, "combobox " + say("Search the help center"), "button " + say("Search"), "contentinfo"], heard(page)) == []

    page.goto(f"/{lang}/search?q=nordlys")
    title = page.locator("h1").inner_text()
    assert in_order(["main", "search", f"heading {title}", "list", "heading " + page.locator(".hit h2").first.inner_text()], heard(page)) == []

    page.locator(".hit a").first.click()
    page.wait_for_url(f"**/{lang}/articles/**")
    vote = say("Did this article help you?")
    buttons = [f"button {say('Yes')} , {say('it helped')}", f"button {say('No')} , {say('it did not help')}"]
    said = [" ".join(one.replace(",", " , ").split()) for one in heard(page)]
    assert in_order(["navigation " + say("Breadcrumb"), "article", "heading " + page.locator("h1").inner_text(), f"region {vote}", f"heading {vote}", *buttons], said) == []

    page.goto(f"/{lang}/chat")
    page.fill("#chat-text", "nordlys")
    page.press("#chat-text", "Enter")
    expect(page.locator(".message.visitor + .message.bot")).to_be_visible()
    steps = ["log " + say("Conversation"), "StaticText nordlys", "textbox " + say("Your message"), "button " + say("Send"), "button " + say("Talk to a person")]
    said = heard(page)
    assert in_order(steps, said) == []
    # Who speaks is said before what they say.
    assert any(one.startswith("StaticText " + say("You")) for one in said) and any(one.startswith("StaticText " + say("Assistant")) for one in said)
