"""The way of a customer: search, article, vote, chat, a person, the status page; with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

# Language -> a search as people type it, and what they would write to the bot.
LANGUAGES = {
    "en": ("invoces", "I was charged twice"),
    "lv": ("rekins", "Man divreiz noņēma naudu"),
    "pl": ("fakturę", "Pobrano opłatę dwa razy"),
    "sv": ("fakturor", "Jag blev debiterad två gånger"),
    "kk": ("шоттарды", "Менен екі рет ақша алынды"),
}
INVOICES = "payments/find-an-invoice"
CONFIRM = 'button[value="form:send"]'


def find_article(page: Page, lang: str, query: str) -> None:
    """Search from the home page and open the first hit."""
    page.goto(f"/{lang}/")
    page.fill("#hero-q", query)
    page.locator(".hero button[type=submit]").click()
    expect(page.locator("#main-q")).to_have_value(query)
    page.locator(".hit a").first.click()
    expect(page.locator("article h1")).to_be_visible()
    assert "?q=" in page.url


def vote_no_with_a_reason(page: Page) -> None:
    """Say that the article did not help, and why."""
    page.locator("#vote button[value=no]").click()
    page.locator("#vote input[value=unclear]").check()
    page.locator("#vote textarea").fill("Which page?")
    page.locator("#vote form button").click()
    expect(page.locator("#vote textarea")).to_have_count(0)


def say(page: Page, text: str) -> None:
    """Write to the bot and wait for its answer."""
    before = page.locator(".message").count()
    page.fill("#chat-text", text)
    page.locator("[data-composer] button[type=submit]").click()
    expect(page.locator(".message").nth(before + 1)).to_be_visible()


def press(page: Page, selector: str) -> None:
    """Press a button of the chat and wait for the answer."""
    before = page.locator(".message").count()
    page.locator(selector).first.click()
    expect(page.locator(".message").nth(before + 1)).to_be_visible()


def ask_a_person(page: Page, lang: str, text: str) -> str:
    """Go through the chat to a person; return the address of the request's status page."""
    page.goto(f"/{lang}/chat")
    say(page, text)
    press(page, "[data-tools] button[value=person]")
    say(page, "Ann")
    say(page, "ann@example.org")
    press(page, CONFIRM)
    link = page.locator("[data-request] a")
    expect(link).to_be_visible()
    return link.get_attribute("href")


def read_status(page: Page, address: str, lang: str, text: str) -> None:
    """Open the status page, read what was said, and add something."""
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator(".thread")).to_contain_text(text)
    page.fill("#text", "+1")
    page.locator("form:has(#text) button").click()
    expect(page.locator(".thread article").last).to_contain_text("+1")


def write_to_us(page: Page, lang: str, text: str) -> str:
    """Send the contact form, first with what is asked for missing; return the address of the request's status page."""
    page.goto(f"/{lang}/contact?subject=Box")
    page.locator("[data-send]").click()
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("#subject")).to_have_value("Box")
    page.locator("input[name=kind]").first.check()
    page.fill("#body", text)
    page.fill("#email", "ann@example.org")
    page.locator("[data-send]").click()
    page.wait_for_url("**/requests/**")
    # The browser itself notes the answer 422 in its console.
    page.complaints.clear()
    return page.url


def read_in_another_language(page: Page, lang: str) -> None:
    """Find the same article in another language by the switcher."""
    other = "sv" if lang != "sv" else "en"
    page.locator(".menu summary").click()
    page.locator(f".menu a[hreflang={other}]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("article h1")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain-forms"])
def test_the_whole_way(new_page, lang: str, scripts: bool):
    query, text = LANGUAGES[lang]
    page = new_page(java_script_enabled=scripts)

    find_article(page, lang, query)
    vote_no_with_a_reason(page)
    read_in_another_language(page, lang)
    address = ask_a_person(page, lang, text)

    read_status(page, address, lang, text)
    read_status(page, write_to_us(page, lang, text), lang, text)


def test_a_survey_is_answered_without_a_script(new_page):
    page = new_page(java_script_enabled=False)
    for lang in LANGUAGES:
        page.goto(f"/widget/v1/survey?lang={lang}")
        expect(page.locator("html")).to_have_attribute("lang", lang)
        page.locator("#expected-3").check()
        page.locator("#received-4").check()
        page.locator("#survey button").first.click()
        expect(page.locator(".panel.good h1")).to_be_visible()


def test_the_first_hit_is_the_invoice_article(new_page):
    page = new_page()
    for lang, (query, _text) in LANGUAGES.items():
        find_article(page, lang, query)
        translations = page.locator("link[rel=alternate][hreflang=en]").get_attribute("href")
        assert translations.endswith("/en/articles/find-an-invoice"), lang


def test_nothing_is_stored_before_the_visitor_acts(new_page):
    page = new_page()
    for path in ("/en/", "/en/search?q=invoice", "/en/articles/find-an-invoice", "/en/chat", "/en/contact", "/en/sections/payments"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_suggestions_follow_the_keyboard(new_page):
    page = new_page()
    page.goto("/en/")
    box = page.locator("#hero-q")
    box.press_sequentially("invoi")

    expect(page.get_by_role("option").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    box.press("ArrowDown")
    chosen = page.locator("[aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("invoi")
    box.press("Escape")
    expect(box).to_have_value("")


def test_enter_without_a_choice_searches_for_what_was_typed(new_page):
    page = new_page()
    page.goto("/en/")
    page.locator("#hero-q").press_sequentially("invoi")
    expect(page.get_by_role("option").first).to_be_visible()
    page.locator("#hero-q").press("Enter")

    page.wait_for_url("**/en/search?q=invoi")


def test_a_conversation_is_there_again_after_a_reload(new_page):
    page = new_page()
    page.goto("/en/chat")
    say(page, "where is my invoice")
    count = page.locator(".message").count()
    page.reload()

    expect(page.locator(".message")).to_have_count(count)


def test_articles_are_offered_while_the_subject_is_typed(new_page):
    page = new_page()
    page.goto("/en/contact")
    page.locator("#subject").press_sequentially("invoice is missing")

    expect(page.locator("[data-suggestions] a").first).to_be_visible()


def test_the_error_summary_gets_the_focus_and_leads_to_the_field(new_page):
    page = new_page()
    page.goto("/en/contact")
    page.fill("#subject", "Help")
    page.locator("[data-send]").click()

    expect(page.locator(".errors")).to_be_focused()
    page.locator(".errors a[href='#email']").click()
    expect(page.locator("#email")).to_be_focused()
    assert page.title().startswith("Error: ")
    # The browser itself notes the answer 422 in its console.
    page.complaints.clear()


def test_what_people_write_never_becomes_markup(new_page):
    page = new_page()
    page.goto("/en/chat")
    say(page, "<img src=x onerror=\"document.title='hacked'\">")

    expect(page.locator(".message.visitor img")).to_have_count(0)
    assert page.title() != "hacked"


def test_who_presses_a_button_by_keyboard_goes_on_at_what_is_asked_next(new_page) -> None:
    page = new_page()
    page.goto("/en/chat?q=invoices")
    expect(page.locator("#chat-text")).to_have_value("invoices")
    page.locator("[data-tools] button[value=person]").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".message.visitor")).to_have_count(1)
    # A name is asked for, which may be skipped by a button: the focus is on it, and the search is not the name.
    expect(page.locator("[data-choices] button").first).to_be_focused()
    expect(page.locator("#chat-text")).to_have_value("")
