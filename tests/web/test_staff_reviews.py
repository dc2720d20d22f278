"""Reviews: an editor asks, somebody else decides, and only what was approved reaches readers."""

import pytest

from helpcenter.accounts.staff import find_by_email
from helpcenter.editing.models import EditDraft, Review
from helpcenter.publishing import publish
from helpcenter.storage import db, writing
from helpcenter.web.services import services
from tests.content.repositories import git
from tests.web.test_staff import SAME_SITE, csrf_token, send, signed_in
from tests.web.test_staff_editor import PAGE, PATH, folder, form_of, post, staffed  # noqa: F401


def ask(browser, text: str = "A *better* text.\n", **more: str) -> str:
    """Ask for a review, and return its page."""
    answer = post(browser, "review", form_of(browser) | {"text": text, "note": "Please <look>"} | more)
    assert answer.status_code == 303, answer.text
    return answer.location.partition("#")[0]


def state_of(app) -> str:
    """Return where the one review stands."""
    with app.app_context():
        return db.session.query(Review).one().state


def test_a_reviewer_comments_and_approves_and_the_author_is_the_author(staffed, folder):  # noqa: F811
    editor, reviewer = signed_in(staffed, "ed@example.org"), signed_in(staffed, "rea@example.org")
    before = (folder / PATH).read_bytes()
    page = ask(editor)
    assert (folder / PATH).read_bytes() == before
    shown = reviewer.get(page).text
    assert "Please &lt;look&gt;" in shown
    assert "<ins>" in shown
    assert "sandbox" in shown
    assert "<em>better</em>" in reviewer.get(f"{page}/preview").text
    assert "Restart the router" in reviewer.get("/staff/reviews/").text
    send(reviewer, f"{page}/comment", text="Is it <b>true</b>?")
    assert "Is it &lt;b&gt;true&lt;/b&gt;?" in editor.get(page).text
    assert send(reviewer, f"{page}/approve", text="Good.").status_code == 303

    assert "<em>better</em>" in staffed.test_client().get("/en/articles/restart-the-router").text
    told = git(folder, "log", "-1", "--format=%an <%ae>%n%B")
    assert told.startswith(f"Ed <ed@example.org>\nEdit {PATH}\n")
    assert "Reviewed-by: Rea <rea@example.org>" in told
    with staffed.app_context():
        assert db.session.query(EditDraft).count() == 0
    assert "Restart the router" in reviewer.get("/staff/reviews/?state=decided").text
    log = signed_in(staffed, "ada@example.org").get("/staff/people/log").text
    assert all(action in log for action in ("review.ask", "review.comment", "review.approve"))


def test_nobody_approves_their_own_text(staffed, folder):  # noqa: F811
    editor = signed_in(staffed, "ed@example.org")
    page = ask(editor)
    refused = send(editor, f"{page}/approve", text="")

    assert refused.status_code == 422
    assert "Somebody else has to decide" in refused.text
    assert send(editor, f"{page}/return", text="x").status_code == 422
    assert state_of(staffed) == "open"
    assert send(editor, f"{page}/withdraw", text="").status_code == 303
    assert state_of(staffed) == "withdrawn"


def test_a_text_is_sent_back_with_a_reason_and_stays_in_the_draft(staffed, folder):  # noqa: F811
    editor, other = signed_in(staffed, "ed@example.org"), signed_in(staffed, "eve@example.org")
    page = ask(editor)
    assert "Say why" in send(other, f"{page}/return", text=" ").text
    assert send(other, f"{page}/return", text="Too short.").status_code == 303

    assert state_of(staffed) == "returned"
    assert "Too short." in editor.get(page).text
    assert "A *better* text." in editor.get(PAGE).text
    assert send(other, f"{page}/approve", text="").status_code == 422
    assert send(other, f"{page}/withdraw", text="").status_code == 422


def test_a_text_whose_file_has_changed_since_is_not_approved(staffed, folder):  # noqa: F811
    editor, other = signed_in(staffed, "ed@example.org"), signed_in(staffed, "rea@example.org")
    page = ask(editor)
    (folder / PATH).write_text("# Changed meanwhile\n")
    refused = send(other, f"{page}/approve", text="")

    assert refused.status_code == 409
    assert "The file has changed since" in refused.text
    assert (folder / PATH).read_text() == "# Changed meanwhile\n"
    assert state_of(staffed) == "open"


@pytest.mark.parametrize(("sections", "languages"), [(["payments"], []), ([], ["lv"])])
def test_reviews_of_other_sections_and_languages_are_closed(staffed, folder, sections, languages):  # noqa: F811
    editor = signed_in(staffed, "ed@example.org")
    page = ask(editor)
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "rea@example.org")
        user.sections, user.languages = sections, languages
    reviewer = signed_in(staffed, "rea@example.org")

    assert reviewer.get(page).status_code == 403
    assert reviewer.get(f"{page}/preview").status_code == 403
    assert "Restart" not in reviewer.get("/staff/reviews/").text
    for step in ("comment", "approve", "return"):
        assert send(reviewer, f"{page}/{step}", text="x").status_code == 403
    assert state_of(staffed) == "open"


def test_a_reviewer_can_do_nothing_else(staffed, folder):  # noqa: F811
    editor, reviewer = signed_in(staffed, "ed@example.org"), signed_in(staffed, "rea@example.org")
    fields = form_of(editor) | {"csrf_token": csrf_token(reviewer)}
    wrong = []
    for rule in staffed.url_map.iter_rules():
        if rule.endpoint.startswith(("staff_editor", "staff_writing")) and "POST" in rule.methods:
            path = rule.rule.replace("<lang:lang>", "en").replace("<path:key>", "internet/restart-the-router")
            wrong += [path] if reviewer.post(path, data=fields, headers=SAME_SITE).status_code != 403 else []
    assert post(reviewer, "review", fields).status_code == 403

    assert wrong == []


def test_where_approval_is_asked_for_nobody_saves_for_readers_alone(staffed, folder):  # noqa: F811
    with (folder / "site.yaml").open("a") as site:
        site.write("\napproval: true\n")
    with staffed.app_context():
        publish(folder, services().index)
    editor = signed_in(staffed, "ada@example.org")
    refused = post(editor, "save", form_of(editor) | {"text": "Alone.\n"})
    assert refused.status_code == 422
    assert "needs a second person" in refused.text
    plan = "/staff/articles/en/internet/plan/edit"
    fields = form_of(editor, plan)
    assert post(editor, "save", fields | {"text": "Still a draft.\n"}, plan).status_code == 303
    fields = form_of(editor, plan)
    del fields["front.draft"]
    assert post(editor, "save", fields, plan).status_code == 422
    page = ask(editor, "Together.\n")
    assert send(signed_in(staffed, "eve@example.org"), f"{page}/approve", text="").status_code == 303

    assert "Together." in staffed.test_client().get("/en/articles/restart-the-router").text
