"""The editor: what an editor types is checked, previewed, kept, saved and published, and never lost; and nobody else's is touched."""

import os
import re

import pytest

from helpcenter.accounts.staff import add_staff, find_by_email
from helpcenter.editing.models import EditDraft
from helpcenter.storage import db, writing
from tests.content.folders import write
from tests.content.repositories import commit, git, repository, set_traps
from tests.web.test_staff import PASSWORD, PEOPLE, SAME_SITE, csrf_token, send, signed_in

PAGE = "/staff/articles/en/internet/restart-the-router/edit"
PATH = "en/internet/restart-the-router.md"


@pytest.fixture
def folder(published_app, settings):
    """Return the content folder of the published site, as a repository."""
    root = repository(settings.articles)
    commit(root, "Begin", {"en/internet/plan.md": "---\ndraft: true\ntitle: Secret plan\n---\nNot yet.\n"})
    return root


@pytest.fixture
def staffed(published_app, folder):
    """Return the application with an agent, an editor, a reviewer and an admin."""
    with published_app.app_context(), writing() as session:
        for email, role in {**PEOPLE, "eve@example.org": "editor", "rea@example.org": "reviewer"}.items():
            add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


def form_of(browser, page: str = PAGE) -> dict[str, str]:
    """Return the fields of the editor's form as a browser without JavaScript would send them."""
    text = browser.get(page).text
    form = text[text.index('id="editor"') :]
    form = form[: form.index("</form>")]
    fields = {name: unescape(value) for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form)}
    fields |= {name: unescape(value)[1:] for name, value in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S)}
    boxes = re.findall(r'<input type="checkbox"[^>]*? name="([^"]+)" value="1"( checked)?', form)
    for name, ticked in boxes:
        fields.pop(name, None)
        if ticked:
            fields[name] = "1"
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        fields[name] = re.search(r'<option value="([^"]*)" selected', options)[1]
    return fields


def unescape(text: str) -> str:
    """Return *text* as a browser reads it."""
    from html import unescape as plain

    return plain(text)


def post(browser, step: str, fields: dict[str, str], page: str = PAGE):
    """Send the editor's form to one of its buttons."""
    return browser.post(f"{page}/{step}", data=fields, headers=SAME_SITE)


def test_an_editor_opens_changes_and_publishes_an_article(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    assert fields["front.title"] == "Restart the router"
    fields["text"] += "\r\nPull the plug, **wait**, put it back.\r\n"
    fields["front.tags"] = "router, light"
    answer = post(browser, "save", fields)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}?saved=committed")
    assert "Saved." in browser.get(answer.location).text
    assert "<strong>wait</strong>" in staffed.test_client().get("/en/articles/restart-the-router").text
    assert git(folder, "log", "-1", "--format=%an <%ae> %s").strip() == f"Ed <ed@example.org> Edit {PATH}"
    assert git(folder, "status", "--porcelain") == ""
    written = (folder / PATH).read_text()
    assert "tags:\n- router\n- light\n" in written
    assert written.endswith("\nPull the plug, **wait**, put it back.\n")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf---\r\ntitle: Restart\r\nunknown_key: [kept]  # as it is\r\n---\r\n\r\nLights blink.\r\n",
        b"---\ntitle: Restart\n---\nLights blink.   \n\ttab\nno end",
        b"No front matter at all\r\nand mixed\nline ends\r\n",
        b"---\nintro: >\n  Two\n  lines\n\ntags:\n- a\n# why\nweight: 3\n---\nText\n",
        b"---\ntitle: Restart\n---",
        "---\ntitle: \"Құпия сөз\"\n---\n\n\nĀčē\u00a0\u2028 x\n".encode(),
    ],
)
def test_what_nobody_touched_keeps_its_bytes(staffed, folder, content):
    write(folder, {PATH: content})
    browser = signed_in(staffed, "ed@example.org")
    answer = post(browser, "save", form_of(browser))

    assert answer.location == f"{PAGE}?saved=nothing"
    assert (folder / PATH).read_bytes() == content


def test_a_changed_field_changes_its_lines_and_no_other_byte(staffed, folder):
    write(folder, {PATH: b"\xef\xbb\xbf---\r\ntitle: Old\r\n# A word to colleagues\r\nunknown: {a: 1}\r\nintro: Before\r\n---\r\nText\r\nmore\r\n"})
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    fields |= {"front.title": "New: better", "front.description": "After", "text": fields["text"].replace("more", "less")}
    post(browser, "save", fields)

    expected = "\ufeff---\r\ntitle: 'New: better'\r\n# A word to colleagues\r\nunknown: {a: 1}\r\ndescription: After\r\n---\r\nText\r\nless\r\n"
    assert (folder / PATH).read_bytes().decode() == expected


def test_a_scheduled_draft_leaves_the_readers_page(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    fields |= {"front.publish_at": "2031-05-01T09:00", "front.review_by": "2031-06-01", "front.draft": "1", "front.toc": ""}
    post(browser, "save", fields)

    written = (folder / PATH).read_text()
    assert "publish_at: 2031-05-01T09:00+03:00\n" in written
    assert "review_by: 2031-06-01\n" in written
    assert "draft: true\n" in written
    assert form_of(browser)["front.publish_at"] == "2031-05-01T09:00"
    assert staffed.test_client().get("/en/articles/restart-the-router").status_code == 410


def test_checking_shows_what_is_wrong_with_its_line_and_changes_nothing(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    before = (folder / PATH).read_bytes()
    fields = form_of(browser) | {"text": "One\n\n[away](nowhere.md)\n\n![](x.png)\n", "front.title": "T" * 80}
    answer = post(browser, "check", fields)

    assert answer.status_code == 200
    assert "broken-link" in answer.text
    assert 'data-line="3"' in answer.text
    assert 'href="#front-title"' in answer.text
    assert "long-title" in answer.text
    assert (folder / PATH).read_bytes() == before
    with staffed.app_context():
        assert db.session.query(EditDraft).count() == 0


def test_the_preview_is_what_readers_get_and_can_run_nothing(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    text = "> [!NOTE]\n> Mind the **gap**.\n\n<script>alert(1)</script><img src=x onerror=alert(1)>\n"
    shown = post(browser, "preview", fields | {"text": text})
    post(browser, "save", fields | {"text": text})
    page = staffed.test_client().get("/en/articles/restart-the-router").text

    body = re.search(r'<div class="body">.*?\n</div>', shown.text, re.S)[0]
    assert body in page
    assert "<script" not in shown.text
    assert "onerror" not in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "frame-ancestors 'self'" in policy
    assert "X-Frame-Options" not in shown.headers
    broken = post(browser, "preview", fields | {"front.order": "first"})
    assert "takes a whole number" in broken.text


def test_a_draft_is_kept_shown_again_and_thrown_away(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    before = (folder / PATH).read_bytes()
    fields = form_of(browser) | {"text": "\nHalf a thought\0 🙂", "front.title": "Half"}
    answer = post(browser, "draft", fields)

    assert answer.location == f"{PAGE}?saved=draft"
    page = browser.get(answer.location).text
    assert "Half a thought 🙂" in page
    assert "This is your draft" in page
    assert (folder / PATH).read_bytes() == before
    other = signed_in(staffed, "eve@example.org")
    assert "Half a thought" not in other.get(PAGE).text
    assert "has also: Ed." in other.get(PAGE).text
    send(browser, f"{PAGE}/discard")
    assert "Half a thought" not in browser.get(PAGE).text


def test_two_editors_at_once_lose_nothing(staffed, folder):
    first, second = signed_in(staffed, "ed@example.org"), signed_in(staffed, "eve@example.org")
    mine, theirs = form_of(first), form_of(second)
    post(first, "save", mine | {"text": "Text of Ed.\n"})
    answer = post(second, "save", theirs | {"text": "Text of <b>Eve</b>.\n", "front.title": "By Eve"})

    assert answer.status_code == 409
    assert "Somebody has changed this file" in answer.text
    assert "Text of Ed." in answer.text
    assert "Text of &lt;b&gt;Eve&lt;/b&gt;." in answer.text
    assert "Text of Ed." in (folder / PATH).read_text()
    assert "Text of &lt;b&gt;Eve" in second.get(PAGE).text
    again = theirs | {"text": "Text of both.\n", "front.title": "By both", "seen": re.search(r'name="seen" value="(\w+)"', answer.text)[1]}
    assert post(second, "save", again).status_code == 303
    assert git(folder, "log", "-2", "--format=%an").split() == ["Eve", "Ed"]
    assert "Text of both." in (folder / PATH).read_text()


def test_a_change_from_outside_is_a_conflict_too(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    (folder / PATH).write_text((folder / PATH).read_text() + "\nFrom a pull.\n")

    assert post(browser, "save", fields | {"text": "x"}).status_code == 409
    assert "From a pull." in (folder / PATH).read_text()


def test_a_text_sent_after_the_session_has_ended_comes_back_until_it_is_saved(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser) | {"text": "\nLong & dear text.\n", "front.tags": 'a "b"'}
    send(browser, "/staff/sign-out")
    lost = post(browser, "save", fields)
    assert lost.status_code == 403
    assert "Long &amp; dear text." in lost.text
    assert "Sign in in a new tab" in lost.text
    browser.post("/staff/sign-in", data={"email": "ed@example.org", "password": PASSWORD}, headers=SAME_SITE)
    back = post(browser, "save", fields)
    assert back.status_code == 403
    assert "Send it again" in back.text
    token = re.search(r'<form class="gap".*?name="csrf_token" value="([^"]+)"', back.text, re.S)[1]

    assert post(browser, "save", fields | {"csrf_token": token}).status_code == 303
    assert "Long & dear text." in (folder / PATH).read_text()


def test_another_site_gets_nothing_back(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    answer = browser.post(f"{PAGE}/save", data=form_of(browser) | {"text": "evil"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "evil" not in answer.text


@pytest.mark.parametrize(("sections", "languages", "status"), [(["internet"], ["en"], 200), (["payments"], [], 403), ([], ["lv"], 403), (["inter"], [], 403)])
def test_an_editor_edits_only_what_the_account_is_for(staffed, folder, sections, languages, status):
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "ed@example.org")
        user.sections, user.languages = sections, languages
    before = (folder / PATH).read_bytes()

    assert browser.get(PAGE).status_code == status
    for step in ("check", "preview"):
        assert post(browser, step, fields).status_code == status
    if status == 403:
        assert post(browser, "draft", fields).status_code == 403
        assert post(browser, "discard", fields).status_code == 403
        assert post(browser, "save", fields | {"text": "x"}).status_code == 403
        assert (folder / PATH).read_bytes() == before
    else:
        moved = post(browser, "save", fields | {"front.section": "payments"})
        assert moved.status_code == 422
        assert "not for this topic" in moved.text


@pytest.mark.parametrize("email", ["gus@example.org", "rea@example.org"])
def test_agents_and_reviewers_change_nothing(staffed, folder, email):
    browser = signed_in(staffed, email)
    fields = form_of(signed_in(staffed, "ed@example.org")) | {"csrf_token": csrf_token(browser)}

    assert browser.get(PAGE).status_code == 403
    for step in ("check", "preview", "draft", "discard", "save"):
        assert post(browser, step, fields).status_code == 403


@pytest.mark.parametrize("key", ["../site", "internet/..%2F..%2Fsite", "internet/nothing", "%2Fetc%2Fpasswd", "site.yaml", ".git/config", "internet/restart-the-router.md", "_assets/x"])
def test_no_address_reaches_another_file(staffed, folder, key):
    browser = signed_in(staffed, "ada@example.org")

    assert browser.get(f"/staff/articles/en/{key}/edit").status_code in (404, 308)
    assert post(browser, "save", {"csrf_token": csrf_token(browser), "text": "x", "seen": ""}, f"/staff/articles/en/{key}/edit").status_code in (404, 308)


def test_a_link_out_of_the_folder_is_no_file_of_ours(staffed, folder, tmp_path):
    outside = write(tmp_path / "outside", {"secret.md": "# Secret\n"}) / "secret.md"
    (folder / "en/internet/link.md").symlink_to(outside)
    browser = signed_in(staffed, "ada@example.org")

    assert browser.get("/staff/articles/en/internet/link/edit").status_code == 404
    (folder / PATH).unlink()
    (folder / PATH).symlink_to(outside)
    assert browser.get(PAGE).status_code == 404
    assert outside.read_text() == "# Secret\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\na: &a [x]\nb: *a\n---\n",
        "---\n" + "[" * 5_000 + "\n---\n",
        "---\ntitle: !!python/object:os.system x\n---\n",
        "---\ntitle: a\ntitle: b\n---\n",
        "---\nnever closed\n",
        "---\n" + "k: v\n" * 1 + "x" * 20_000 + ": y\n---\n",
        "x\0y",
        "\n" * 300_000,
        "[" * 100_000,
    ],
)
def test_hostile_texts_are_refused_kept_and_harm_nobody(staffed, folder, text):
    browser = signed_in(staffed, "ed@example.org")
    before = (folder / PATH).read_bytes()
    fields = form_of(browser, f"{PAGE}?whole=1")
    assert fields["whole"] == "1"
    answer = post(browser, "save", fields | {"text": text})

    assert answer.status_code == 422, answer.location
    assert (folder / PATH).read_bytes() == before
    with staffed.app_context():
        assert db.session.query(EditDraft).one().typed["text"] == text.replace("\0", "")


def test_front_matter_that_cannot_be_read_is_mended_as_a_whole(staffed, folder):
    write(folder, {PATH: "---\ntitle: [a\n---\nText\n"})
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)
    assert fields["text"].startswith("---\ntitle: [a")
    assert post(browser, "save", fields | {"text": "---\ntitle: Mended\n---\nText\n"}).status_code == 303
    assert (folder / PATH).read_text() == "---\ntitle: Mended\n---\nText\n"


def test_a_draft_that_is_not_published_is_edited_and_published(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    page = "/staff/articles/en/internet/plan/edit"
    fields = form_of(browser, page)
    assert "Readers do not see this article" in browser.get(page).text
    del fields["front.draft"]
    assert post(browser, "save", fields, page).status_code == 303

    assert "Secret plan" in staffed.test_client().get("/en/articles/plan").text
    assert (folder / "en/internet/plan.md").read_text() == "---\ntitle: Secret plan\n---\nNot yet.\n"


def test_a_folder_that_cannot_be_written_says_so_and_keeps_the_text(staffed, folder, monkeypatch):
    browser = signed_in(staffed, "ed@example.org")
    before, fields = (folder / PATH).read_bytes(), form_of(browser) | {"text": "Dear text.\n"}

    def full(*_arguments) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    answer = post(browser, "save", fields)
    assert answer.status_code == 507
    assert "the disk is full" in answer.text
    assert "Dear text." in answer.text
    assert (folder / PATH).read_bytes() == before
    assert [path.name for path in (folder / PATH).parent.iterdir() if path.name.endswith(".tmp")] == []
    assert git(folder, "log", "-1", "--format=%s").strip() == "Begin"
    monkeypatch.undo()
    assert "Dear text." in browser.get(PAGE).text


def test_the_repository_runs_nothing_and_names_are_no_options(staffed, folder, tmp_path):
    mark = tmp_path / "ran"
    set_traps(folder, mark)
    with staffed.app_context(), writing() as session:
        find_by_email(session, "ed@example.org").name = "--exec=touch <x>\n"
    browser = signed_in(staffed, "ed@example.org")
    fields = form_of(browser)

    assert post(browser, "save", fields | {"text": "New.\n"}).location.endswith("saved=committed")
    assert not mark.exists()


def test_without_a_repository_the_file_is_saved_all_the_same(staffed, folder):
    (folder / ".git").rename(folder.parent / "not-git")
    browser = signed_in(staffed, "ed@example.org")
    answer = post(browser, "save", form_of(browser) | {"text": "New.\n"})

    assert answer.location.endswith("saved=no-repository")
    assert "in no git repository" in browser.get(answer.location).text
    other = signed_in(staffed, "eve@example.org")
    fields = form_of(other)
    post(browser, "save", form_of(browser) | {"text": "Newer.\n"})
    conflict = post(other, "save", fields | {"text": "Other.\n"})
    assert conflict.status_code == 409
    assert "<ins>Other</ins>" in conflict.text


def test_a_merge_under_way_belongs_to_whoever_began_it(staffed, folder):
    (folder / ".git" / "MERGE_HEAD").write_text(git(folder, "rev-parse", "HEAD"))
    browser = signed_in(staffed, "ed@example.org")
    answer = post(browser, "save", form_of(browser) | {"text": "New.\n"})

    assert answer.status_code == 409
    assert "merge or rebase" in answer.text
    assert "New." not in (folder / PATH).read_text()


def test_what_is_saved_stands_in_the_log(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    post(browser, "save", form_of(browser) | {"text": "New.\n"})
    log = signed_in(staffed, "ada@example.org").get("/staff/people/log").text

    assert "article.save" in log
    assert PATH in log
