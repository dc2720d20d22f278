"""Translations in the editor: begun from the source, seen beside it, and accepted for exactly the text that was seen."""

import re

import pytest

from helpcenter.accounts.staff import find_by_email
from helpcenter.publishing import publish
from helpcenter.storage import writing
from helpcenter.web.services import services
from tests.content.repositories import commit, git
from tests.web.test_staff import SAME_SITE, csrf_token, send, signed_in
from tests.web.test_staff_editor import folder, staffed  # noqa: F401

SOURCE = "---\ntitle: Plug\nsignificance: medium\n---\nPull the plug.\n\nWait ten seconds.\n"
PAGE = "/staff/articles/lv/internet/plug/edit"


@pytest.fixture
def translated(staffed, folder):  # noqa: F811
    """Return the application with a translation that was accepted, and whose source has changed since."""
    commit(folder, "Source", {"en/internet/plug.md": SOURCE})
    with staffed.app_context():
        publish(folder, services().index)
    browser = signed_in(staffed, "ed@example.org")
    answer = send(browser, "/staff/articles/en/internet/plug/translations", to="lv")
    assert (answer.status_code, answer.location) == (303, PAGE)
    path = folder / "lv/internet/plug.md"
    commit(folder, "Translate", {"lv/internet/plug.md": re.sub(r"draft: true.*\n", "", path.read_text()).replace("Pull", "Atvieno")})
    commit(folder, "Change", {"en/internet/plug.md": SOURCE.replace("ten", "twenty")})
    with staffed.app_context():
        publish(folder, services().index)
    return staffed


def test_the_source_stands_beside_with_what_has_changed_since(translated, folder):  # noqa: F811
    browser = signed_in(translated, "ed@example.org")
    page = browser.get(PAGE).text

    assert "The source has changed" in page
    assert "<del>ten</del>" in page
    assert "<ins>twenty</ins>" in page
    assert "Wait twenty seconds." in page
    listed = browser.get("/staff/articles/en/internet/plug/translations").text
    assert "The source has changed" in listed
    assert "Missing" in listed
    assert "The source" not in re.findall(r"<h2[^>]*>([^<:]*)", browser.get("/staff/articles/en/internet/plug/edit").text)


def test_a_translation_is_accepted_for_the_text_that_was_seen(translated, folder):  # noqa: F811
    browser = signed_in(translated, "ed@example.org")
    page = browser.get(PAGE).text
    seen, source = re.search(r'name="seen" value="(\w+)"', page)[1], re.search(r'name="source" value="(\w+)"', page)[1]
    assert send(browser, f"{PAGE}/accept", seen=seen, source="0" * 64).status_code == 409
    assert send(browser, f"{PAGE}/accept", seen="0" * 64, source=source).status_code == 409
    before = (folder / "lv/internet/plug.md").read_text()
    assert send(browser, f"{PAGE}/accept", seen=seen, source=source).status_code == 303

    after = (folder / "lv/internet/plug.md").read_text()
    assert re.sub(r"source_hash: \w+", "", after) == re.sub(r"source_hash: \w+", "", before)
    assert f"source_hash: {source[:16]}" in after
    assert "was accepted for the source as it is" in browser.get(PAGE).text
    assert git(folder, "log", "-1", "--format=%an").strip() == "Ed"


def test_rights_hold_for_the_language_of_the_translation(translated, folder):  # noqa: F811
    with translated.app_context(), writing() as session:
        find_by_email(session, "ed@example.org").languages = ["en", "pl"]
    browser = signed_in(translated, "ed@example.org")

    assert browser.post(f"{PAGE}/accept", data={"csrf_token": csrf_token(browser)}, headers=SAME_SITE).status_code == 403
    assert send(browser, "/staff/articles/en/internet/plug/translations", to="lv").status_code == 403
    assert send(browser, "/staff/articles/en/internet/plug/translations", to="../x").status_code == 403
    assert send(signed_in(translated, "rea@example.org"), "/staff/articles/en/internet/plug/translations", to="pl").status_code == 403
    assert "Begin" in signed_in(translated, "ada@example.org").get("/staff/articles/en/internet/plug/translations").text


def test_a_translation_that_is_there_is_not_begun_again(translated, folder):  # noqa: F811
    browser = signed_in(translated, "ed@example.org")
    before = (folder / "lv/internet/plug.md").read_text()
    answer = send(browser, "/staff/articles/en/internet/plug/translations", to="lv")

    assert answer.status_code == 422
    assert "could not be begun" in answer.text
    assert (folder / "lv/internet/plug.md").read_text() == before
