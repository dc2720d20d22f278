"""The editor of rules: tried before they are saved, and nothing that cannot be read gets into the folder."""

import re

import pytest

from helpcenter.accounts.staff import find_by_email
from helpcenter.storage import writing
from tests.content.folders import write
from tests.content.repositories import git
from tests.web.test_staff import SAME_SITE, csrf_token, signed_in
from tests.web.test_staff_editor import folder, staffed, unescape  # noqa: F401

PATH = "bot/en/invoices.yaml"
PAGE = f"/staff/rules/{PATH}/edit"


def form_of(browser, page: str = PAGE) -> dict[str, str]:
    """Return the fields of the form as a browser sends them."""
    text = browser.get(page).text
    text = text[text.index('id="editor"') :]
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("csrf_token", "seen", "state")}
    return fields | {"rules": unescape(re.search(r'<textarea[^>]*name="rules"[^>]*>(.*?)</textarea>', text, re.S)[1])[1:], "lang": "en", "text": ""}


def post(browser, step: str, fields: dict[str, str], page: str = PAGE):
    """Send the form to one of its buttons."""
    return browser.post(f"{page}/{step}", data=fields, headers=SAME_SITE)


def test_rules_are_tried_before_they_are_saved(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    before = (folder / PATH).read_bytes()
    fields = form_of(browser)
    changed = fields | {"rules": fields["rules"].replace("You find every invoice", "Invoices <b>live</b>"), "text": "send me the invoice again"}
    tried = post(browser, "talk", changed).text

    assert "Invoices &lt;b&gt;live&lt;/b&gt;" in tried
    assert "You find every invoice" in tried
    assert "Different" in tried
    assert (folder / PATH).read_bytes() == before
    assert f'href="{PAGE}"' in browser.get("/staff/rules/").text
    saved = post(browser, "save", changed)
    assert saved.location == f"{PAGE}?saved=committed"
    assert git(folder, "log", "-1", "--format=%an %s").strip() == f"Ed Edit {PATH}"
    assert b"Invoices <b>live" in (folder / PATH).read_bytes()


def test_tests_are_run_over_what_is_typed(staffed, folder):  # noqa: F811
    tests = "- conversation: Invoice\n  turns:\n    - {say: invoice pdf please, rule: invoice.copy}\n"
    write(folder, {"tests/conversations/en/invoices.yaml": tests})
    browser = signed_in(staffed, "ed@example.org")
    page = post(browser, "tests", form_of(browser)).text
    assert "All answer as wanted." in page
    fields = form_of(browser)
    broken = post(browser, "tests", fields | {"rules": fields["rules"].replace("invoice.copy", "other.name")}).text
    assert "As long as one fails" in broken
    page = "/staff/rules/tests/conversations/en/invoices.yaml/edit"
    refused = post(browser, "save", form_of(browser, page) | {"rules": "- conversation: [x\n"}, page)
    assert refused.status_code == 422
    assert (folder / "tests/conversations/en/invoices.yaml").read_text() == tests


@pytest.mark.parametrize("text", ["rules: [", "rules:\n  - intent: x\n    answer: !!python/object:os.system y\n", "a: &a [x]\nb: *a\n", "[" * 5_000, "rules: 5\n"])
def test_what_cannot_be_read_is_not_saved_and_not_lost(staffed, folder, text):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    before = (folder / PATH).read_bytes()
    answer = post(browser, "save", form_of(browser) | {"rules": text})

    assert answer.status_code == 422
    assert 'data-line="' in answer.text
    assert (folder / PATH).read_bytes() == before
    assert form_of(browser)["rules"] == text


def test_two_at_once_lose_nothing(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    (folder / PATH).write_bytes((folder / PATH).read_bytes().replace(b"My pages", b"Our pages"))
    answer = post(browser, "save", fields | {"rules": fields["rules"] + "# mine\n"})

    assert answer.status_code == 409
    assert "Our pages" in answer.text
    assert "# mine" in answer.text
    assert b"# mine" not in (folder / PATH).read_bytes()
    post(browser, "discard", fields)
    assert "Our pages" in form_of(browser)["rules"]


@pytest.mark.parametrize(("sections", "languages", "status"), [([], ["en"], 200), ([], ["lv"], 403), (["payments"], [], 403)])
def test_rights_hold_for_rules_too(staffed, folder, sections, languages, status):  # noqa: F811
    write(folder, {"bot/shared.yaml": "rules: []\n"})
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "ed@example.org")
        user.sections, user.languages = sections, languages
    browser = signed_in(staffed, "ed@example.org")

    assert browser.get(PAGE).status_code == status
    assert browser.get("/staff/rules/bot/shared.yaml/edit").status_code == 403
    if status == 403:
        for step in ("check", "talk", "tests", "draft", "discard", "save"):
            assert post(browser, step, {"csrf_token": csrf_token(browser), "rules": "x", "text": ""}).status_code == 403


@pytest.mark.parametrize("path", ["site.yaml", "bot/../site.yaml", "bot/en/nothing.yaml", "%2Fetc/passwd", "bot/en", "en/internet/plan.md", "bot/en/.x.yaml", "bot/en/link.yaml"])
def test_no_address_reaches_another_file(staffed, folder, path, tmp_path):  # noqa: F811
    (folder / "bot/en/link.yaml").symlink_to(write(tmp_path / "out", {"x.yaml": "rules: []\n"}) / "x.yaml")
    browser = signed_in(staffed, "ada@example.org")

    assert browser.get(f"/staff/rules/{path}/edit").status_code in (404, 308)
    assert post(browser, "save", {"csrf_token": csrf_token(browser), "rules": "x", "seen": ""}, f"/staff/rules/{path}/edit").status_code in (404, 308)
