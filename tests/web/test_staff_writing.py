"""Beginning articles in the browser, links found by search, and pictures: only where the account is for, and nothing strange gets in."""

import io
import re

import pytest
from PIL import Image

from helpcenter.accounts.staff import find_by_email
from helpcenter.storage import writing
from helpcenter.web.staff_writing import COMMENT
from tests.content.repositories import git
from tests.web.test_staff import SAME_SITE, csrf_token, send, signed_in
from tests.web.test_staff_editor import PAGE, PATH, folder, form_of, staffed  # noqa: F401

NEW = "/staff/articles/new"


def picture(form: str = "PNG", size: tuple[int, int] = (8, 4)) -> io.BytesIO:
    """Return a picture, with words beside its pixels."""
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, form)
    data.seek(0)
    return data


def test_an_article_begins_as_a_draft_in_its_section(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    form = browser.get(f"{NEW}?title=Slow+<Wi-Fi>&body=What+people+say&section=internet&lang=en").text
    assert 'value="Slow &lt;Wi-Fi&gt;"' in form
    assert "What people say</textarea>" in form
    answer = send(browser, NEW, title="Slow <Wi-Fi>", lang="en", section="internet", slug="", text="What people say: \"slow\".")

    assert (answer.status_code, answer.location) == (303, "/staff/articles/en/internet/slow-wi-fi/edit")
    written = (folder / "en/internet/slow-wi-fi.md").read_text()
    assert "draft: true" in written
    assert 'What people say: "slow".\n' in written
    assert git(folder, "log", "-1", "--format=%an %s").strip() == "Ed Begin en/internet/slow-wi-fi.md"
    assert form_of(browser, answer.location)["front.draft"] == "1"
    again = send(browser, NEW, title="Slow <Wi-Fi>", lang="en", section="internet", slug="", text="Mine")
    assert again.status_code == 422
    assert "Mine</textarea>" in again.text
    assert (folder / "en/internet/slow-wi-fi.md").read_text() == written


@pytest.mark.parametrize(
    "fields",
    [{"lang": "lv"}, {"section": "payments"}, {"section": "../../x"}, {"section": "snippets"}, {"lang": "../x"}, {"section": ""}, {"lang": "bot"}],
)
def test_nobody_begins_an_article_where_the_account_is_not_for(staffed, folder, fields):  # noqa: F811
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "ed@example.org")
        user.sections, user.languages = ["internet"], ["en"]
    browser = signed_in(staffed, "ed@example.org")
    head = git(folder, "rev-parse", "HEAD")

    assert send(browser, NEW, **{"title": "x", "lang": "en", "section": "internet", "text": ""} | fields).status_code == 403
    assert git(folder, "rev-parse", "HEAD") == head


def test_a_link_is_found_by_search_and_put_where_the_cursor_was(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser) | {"text": "🙂 see  now\n", "find": "invoice"}
    found = browser.post(f"{PAGE}/link", data=fields, headers=SAME_SITE).text
    link = re.search(r'name="insert" value="([^"]+)"', found)[1]
    assert "](../payments/" in link
    put = browser.post(f"{PAGE}/link", data=fields | {"insert": link, "at": "7"}, headers=SAME_SITE).text
    assert f"🙂 see {link} now" in put
    at_end = browser.post(f"{PAGE}/link", data=fields | {"insert": link, "at": ""}, headers=SAME_SITE).text
    assert f"see  now\n\n{link}\n" in at_end
    assert "broken-link" not in put


def test_a_picture_is_drawn_anew_and_needs_a_description(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    without = browser.post(f"{PAGE}/picture", data=fields | {"picture": (picture(), "a.png"), "alt": " "}, headers=SAME_SITE)
    assert without.status_code == 422
    assert "Say what the picture shows" in without.text
    put = browser.post(f"{PAGE}/picture", data=fields | {"picture": (picture("GIF"), "../../Mans attēls.gif"), "alt": "Red [box]"}, headers=SAME_SITE)
    made = list((folder / "_assets").glob("mans-attels-*.png"))

    assert len(made) == 1
    assert made[0].read_bytes().startswith(b"\x89PNG")
    assert f"![Red \\[box\\]](../../_assets/{made[0].name})" in put.text
    assert git(folder, "log", "-1", "--format=%an %s").strip() == f"Ed Add _assets/{made[0].name}"
    assert "broken-image" not in put.text
    again = browser.post(f"{PAGE}/picture", data=fields | {"picture": (picture("GIF"), "Mans attēls.gif"), "alt": "Red"}, headers=SAME_SITE)
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100),
        ("a.png", b""),
        ("a.html.png", b"<script>alert(1)</script>"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_text_kept(staffed, folder, name, data):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser) | {"text": "Dear text.\n", "alt": "A"}
    answer = browser.post(f"{PAGE}/picture", data=fields | {"picture": (io.BytesIO(data), name)}, headers=SAME_SITE)

    assert answer.status_code == 422
    assert "Dear text." in answer.text
    assert list((folder / "_assets").glob("a*")) == []
    assert "Dear text." in browser.get(PAGE).text


def test_reviewers_and_agents_begin_nothing(staffed, folder):  # noqa: F811
    for email in ("gus@example.org", "rea@example.org"):
        browser = signed_in(staffed, email)
        assert browser.get(NEW).status_code == 403
        assert send(browser, NEW, title="x", lang="en", section="internet", text="").status_code == 403
        for step in ("link", "picture"):
            assert browser.post(f"{PAGE}/{step}", data={"csrf_token": csrf_token(browser), "text": "x"}, headers=SAME_SITE).status_code == 403
    assert (folder / PATH).exists()



def test_a_title_with_the_words_of_the_template_does_not_end_the_front_matter(staffed, folder):  # noqa: F811
    browser = signed_in(staffed, "ed@example.org")
    title, text = COMMENT.strip().splitlines()[0], "Sneaky\n---\nPublic body"

    assert send(browser, NEW, title=title, lang="en", section="internet", slug="sneaky", text=text).status_code == 303
    front = (folder / "en/internet/sneaky.md").read_text().split("\n---\n")[0]
    assert "draft: true" in front
    assert "Sneaky" not in front
