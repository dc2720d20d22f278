"""An editor's day in a browser: invited, signs in, mends an article, two write at once, a second person approves, readers see it."""

import os
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpcenter.accounts.staff import add_staff
from helpcenter.mail.models import OutboxMail
from helpcenter.paths import bundled
from helpcenter.storage import db, writing
from tests.browser.barriers import barriers, learn_axe
from tests.browser.sites import published, serving
from tests.content.repositories import commit, git, repository

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PASSWORD = "four quiet otters dancing"
KEY = "payments/find-an-invoice"
EDIT = f"/staff/articles/en/{KEY}/edit"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the sample library in a repository, served, with an admin and a reviewer."""
    folder = tmp_path_factory.mktemp("day")
    articles = folder / "articles"
    shutil.copytree(bundled("articles"), articles)
    repository(articles)
    commit(articles, "Begin", {})
    with published(articles, folder / "data") as (app, said):
        assert not said.has_errors
        with app.app_context(), writing() as session:
            add_staff(session, email="ada@example.org", name="Ada", role="admin", password=PASSWORD)
            add_staff(session, email="rea@example.org", name="Rea", role="reviewer", password=PASSWORD)
        with serving(app) as url:
            yield url, app, articles


@pytest.fixture
def open_page(chromium, site):
    """Return a function that opens a browser of its own; what its console says is an error at the end."""
    complaints, contexts = [], []

    def browser(**options) -> Page:
        context = chromium.new_context(base_url=site[0], **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(60_000)
        learn_axe(context)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return page

    yield browser
    for context in contexts:
        context.close()
    # Answers that are not 200 are meant here.
    assert [one for one in complaints if "the server responded with a status of" not in one] == []


def sign_in(page: Page, email: str) -> None:
    """Sign in as a person does."""
    page.goto("/staff/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("form:has(#password) button").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def picture(page: Page, name: str) -> None:
    """Keep a picture of *page* where HELPCENTER_PICTURES says, for the documentation and for people who look."""
    if folder := os.environ.get("HELPCENTER_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def invited(site, admin: Page, email: str) -> str:
    """Invite somebody as an admin does, and return the path of the link in the mail."""
    _, app, _ = site
    admin.goto("/staff/people/")
    admin.fill("#email", email)
    admin.locator("input[name=role][value=editor]").check()
    admin.get_by_role("button", name="Send the invitation").click()
    expect(admin.locator("main")).to_contain_text(email)
    with app.app_context():
        content = db.session.scalars(select(OutboxMail.content).order_by(OutboxMail.id.desc())).first()
    return re.search(rb"/staff/join/[\w-]{43}", content)[0].decode()


def test_from_the_invitation_to_the_published_fix(site, open_page, tmp_path):
    _, _, articles = site
    admin, editor, reviewer = open_page(), open_page(), open_page()
    sign_in(admin, "ada@example.org")
    editor.goto(invited(site, admin, "ed@example.org"))
    editor.fill("#name", "Ed")
    editor.fill("#password", PASSWORD)
    editor.get_by_role("button", name="Save the password").click()
    sign_in(editor, "ed@example.org")

    editor.goto("/staff/articles/?q=invoices")
    editor.get_by_role("link", name="Edit Find and download your invoices").click()
    text = editor.get_by_label("Text", exact=True)
    expect(text).to_have_value(re.compile("^Invoices for broadband"))
    # The toolbar is one stop for the Tab key; its buttons mark what is chosen.
    text.evaluate("field => field.setSelectionRange(0, 8)")
    editor.get_by_role("button", name="Bold").click()
    expect(text).to_have_value(re.compile(r"^\*\*Invoices\*\* for broadband"))
    editor.keyboard.press("Control+s")
    expect(editor.get_by_role("status")).to_have_text("Draft kept.")

    text.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
    text.press_sequentially("\nSee [the way out](nowhere.md).")
    editor.get_by_role("button", name="Check", exact=True).click()
    expect(editor.get_by_text("broken-link")).to_be_visible()
    editor.locator("a[data-line]", has_text="line").last.click()
    assert "nowhere.md" in editor.evaluate("() => { const f = document.querySelector('#text'); return f.value.slice(f.selectionStart, f.selectionEnd); }")
    assert barriers(editor) == []
    picture(editor, "editor-check")

    editor.get_by_label("Text", exact=True).fill("Every invoice is in **My pages**. Pay with one of the ")
    editor.get_by_text("Link to an article").click()
    editor.fill("#find", "payment methods")
    editor.get_by_role("button", name="Search").click()
    editor.get_by_role("button", name=re.compile("Put the link in")).first.click()
    expect(editor.get_by_label("Text", exact=True)).to_have_value(re.compile(r"one of the \[[^\]]+\]\([\w./-]+\.md\)"))
    editor.get_by_label("Text", exact=True).press("Control+End")
    editor.keyboard.type(".\n\n")
    red = tmp_path / "Where it stands.png"
    Image.new("RGB", (60, 30), "navy").save(red)
    editor.get_by_text("Put a picture in").click()
    editor.set_input_files("#picture", red)
    editor.fill("#alt", "A blue field")
    editor.get_by_role("button", name="Put the picture in").click()
    expect(editor.get_by_label("Text", exact=True)).to_have_value(re.compile(r"!\[A blue field\]\(\.\./\.\./_assets/where-it-stands-\w{8}\.png\)"))
    editor.get_by_role("button", name="Show the preview").click()
    shown = editor.frame_locator("iframe[name=preview]")
    expect(shown.locator("strong").first).to_have_text("My pages")
    expect(shown.locator("img")).to_be_visible()
    picture(editor, "editor")

    editor.fill("#note", "Is this short enough?")
    editor.get_by_role("button", name="Ask for a review").click()
    editor.wait_for_url("**/staff/reviews/*")
    page = editor.url
    sign_in(reviewer, "rea@example.org")
    reviewer.goto(page)
    expect(reviewer.locator("main")).to_contain_text("Is this short enough?")
    expect(reviewer.frame_locator("iframe").locator("strong").first).to_have_text("My pages")
    assert barriers(reviewer) == []
    picture(reviewer, "review")
    reviewer.fill("#text", "Yes.")
    reviewer.get_by_role("button", name="Approve and publish").click()
    expect(reviewer.locator("main")).to_contain_text("Approved")

    visitor = open_page()
    visitor.goto("/en/articles/find-an-invoice")
    expect(visitor.locator("article strong").first).to_have_text("My pages")
    assert git(articles, "log", "-1", "--format=%an %s").strip() == f"Ed Edit en/{KEY}.md"


def test_two_at_once_see_both_texts_at_any_width_without_javascript(site, open_page):
    narrow = {"width": 320, "height": 700}
    first = open_page(java_script_enabled=False)
    second = open_page(java_script_enabled=False, viewport=narrow, color_scheme="dark")
    for page in (first, second):
        sign_in(page, "ada@example.org")
        page.goto("/staff/articles/en/payments/payment-methods/edit")
    first.fill("#text", "Text of the first.\n")
    second.fill("#text", "Text of the second.\n")
    first.get_by_role("button", name="Save and publish").click()
    expect(first.get_by_role("status").first).to_contain_text("Saved.")
    picture(second, "editor-320-dark")
    second.get_by_role("button", name="Save and publish").click()

    expect(second.get_by_role("alert")).to_contain_text("Somebody has changed this file")
    expect(second.get_by_label("What stands in the file now")).to_have_value(re.compile("Text of the first"))
    expect(second.locator("#text")).to_have_value(re.compile("Text of the second"))
    picture(second, "conflict-320-dark")
    second.get_by_role("button", name="Save my text in its place").click()
    expect(second.get_by_role("status").first).to_contain_text("Saved.")


def test_no_page_of_the_editor_scrolls_sideways_or_has_a_barrier(site, open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    sign_in(page, "ada@example.org")
    wide = []
    for path in (EDIT, f"{EDIT}?whole=1", "/staff/articles/new", "/staff/reviews/", "/staff/articles/deleted", f"/staff/articles/en/{KEY}/translations",
                 f"/staff/articles/lv/{KEY}/edit", "/staff/rules/", "/staff/rules/bot/en/payments.yaml/edit"):  # fmt: skip
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        wide += [path] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
        wide += [f"{path}: {one}" for one in barriers(page)]
        picture(page, "narrow-" + re.sub(r"\W+", "-", path))

    assert wide == [], wide


def test_leaving_with_an_unsaved_text_is_asked_about(site, open_page):
    page = open_page()
    sign_in(page, "ada@example.org")
    page.goto(EDIT)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/staff/reviews/")
    assert asked == []
    page.goto(EDIT)
    page.locator("#text").press_sequentially("x")
    page.goto("/staff/reviews/")

    assert asked == ["beforeunload"]
