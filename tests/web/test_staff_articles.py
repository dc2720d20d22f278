"""The versions of an article on the staff pages: who may look, who may restore, and what no address can reach."""

import re

import pytest

from helpcenter.accounts.staff import add_staff, find_by_email
from helpcenter.publishing import publish
from helpcenter.storage import writing
from helpcenter.web.services import services
from tests.content.repositories import commit, git, repository
from tests.web.test_staff import PASSWORD, PEOPLE, SAME_SITE, csrf_token, send, signed_in

PAGE = "/staff/articles/en/internet/restart-the-router/history"
PATH = "en/internet/restart-the-router.md"


@pytest.fixture
def folder(published_app, settings):
    """Return the content folder of the published site, as a repository in which one article changed."""
    root = repository(settings.articles)
    text = (root / PATH).read_text()
    commit(root, "Begin", {PATH: text + "\nOnce upon a time.\n", "en/internet/draft.md": "---\ndraft: true\n---\n# Secret plan\n"})
    commit(root, "Change <b>it</b>", {PATH: text})
    return root


@pytest.fixture
def staffed(published_app, folder):
    """Return the application with an agent, an editor and an admin."""
    with published_app.app_context(), writing() as session:
        for email, role in PEOPLE.items():
            add_staff(session, email=email, name=email.partition("@")[0].title(), role=role, password=PASSWORD)
    return published_app


def commits(folder) -> list[str]:
    """Return the commits of the repository, the latest first."""
    return git(folder, "log", "--format=%H").split()


def test_staff_find_an_article_its_versions_and_what_changed(staffed, folder):
    browser = signed_in(staffed)
    last, first = commits(folder)
    assert 'href="/staff/articles/"' in browser.get("/staff/library").text
    listed = browser.get("/staff/articles/?q=router").text
    page = browser.get(PAGE).text
    changes = browser.get(f"{PAGE}/{last}/changes").text
    since = browser.get(f"{PAGE}/{first[:10]}/changes?to=now").text

    assert f'href="{PAGE}"' in listed
    assert "Change &lt;b&gt;it&lt;/b&gt;" in page
    assert page.index("Change") < page.index("Begin")
    assert "<del>Once upon a time.</del>" in changes
    assert "<del>Once upon a time.</del>" in since
    assert "Once upon a time." in browser.get(f"{PAGE}/{first}").text
    assert "There is no difference." in browser.get(f"{PAGE}/{last}/changes?to=now").text


def test_an_editor_restores_a_version_and_readers_see_it(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    first = commits(folder)[-1]
    page = browser.get(f"{PAGE}/{first}").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]
    answer = send(browser, f"{PAGE}/{first}/restore", seen=seen)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}?restored={first[:10]}")
    assert "was restored" in browser.get(answer.location).text
    assert "Once upon a time." in staffed.test_client().get("/en/articles/restart-the-router").text
    assert git(folder, "log", "-1", "--format=%an <%ae>").strip() == "Ed <ed@example.org>"
    again = send(browser, f"{PAGE}/{first}/restore", seen="0" * 64)
    assert again.status_code == 409
    assert "Somebody has changed the article" in again.text


def test_where_approval_is_asked_for_nobody_restores_alone(staffed, folder):
    with (folder / "site.yaml").open("a") as site:
        site.write("\napproval: true\n")
    with staffed.app_context():
        publish(folder, services().index)
    browser = signed_in(staffed, "ed@example.org")
    first = commits(folder)[-1]
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', browser.get(f"{PAGE}/{first}").text)[1]
    refused = send(browser, f"{PAGE}/{first}/restore", seen=seen)

    assert refused.status_code == 422
    assert "needs a second person" in refused.text
    assert "Once upon a time." not in staffed.test_client().get("/en/articles/restart-the-router").text


def test_an_agent_reads_but_does_not_restore(staffed, folder):
    browser = signed_in(staffed, "gus@example.org")
    first = commits(folder)[-1]

    assert "Restore this version" not in browser.get(f"{PAGE}/{first}").text
    assert send(browser, f"{PAGE}/{first}/restore", seen="0" * 64).status_code == 403
    assert len(commits(folder)) == 2


@pytest.mark.parametrize(("sections", "languages", "status"), [(["internet"], ["en"], 409), (["payments"], [], 403), ([], ["lv"], 403)])
def test_an_editor_restores_only_what_the_account_is_for(staffed, folder, sections, languages, status):
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "ed@example.org")
        user.sections, user.languages = sections, languages
    browser = signed_in(staffed, "ed@example.org")

    assert send(browser, f"{PAGE}/{commits(folder)[-1]}/restore", seen="0" * 64).status_code == status
    assert len(commits(folder)) == 2


def test_restoring_needs_this_very_session(staffed, folder):
    first = commits(folder)[-1]
    browser = signed_in(staffed, "ed@example.org")
    token = csrf_token(browser)
    path = f"{PAGE}/{first}/restore"

    assert browser.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(path, data={}, headers=SAME_SITE).status_code == 403
    assert staffed.test_client().post(path, data={"csrf_token": token}, headers=SAME_SITE).status_code == 403
    assert browser.get(path).status_code == 405
    for address in ("/staff/articles/", PAGE, f"{PAGE}/{first}", f"{PAGE}/{first}/changes"):
        assert staffed.test_client().get(address).location == "/staff/sign-in"
    assert len(commits(folder)) == 2


@pytest.mark.parametrize(
    "key", ["internet/draft", "../secret", "internet/..%2F..%2Fsecret", ":(glob)**", "--output=x", "%2Fetc%2Fpasswd", "internet/restart-the-router.md", ""]
)
def test_no_address_reaches_another_file(staffed, folder, key):
    browser = signed_in(staffed)
    last = commits(folder)[0]

    for address in (f"/staff/articles/en/{key}/history", f"/staff/articles/en/{key}/history/{last}"):
        assert browser.get(address).status_code in (404, 308)


@pytest.mark.parametrize("name", ["HEAD", "main", "HEAD:en/internet/draft.md", "--help", "0" * 40, "..", "HEAD~1"])
def test_no_commit_but_a_listed_one_can_be_named(staffed, folder, name):
    browser = signed_in(staffed)

    assert browser.get(f"{PAGE}/{name}").status_code == 404
    assert browser.get(f"{PAGE}/{name}/changes").status_code == 404


def test_without_a_repository_the_page_says_so(published_app, staffed, folder, monkeypatch):
    (folder / ".git").rename(folder / "not-git")
    browser = signed_in(staffed)
    page = browser.get(PAGE)

    assert page.status_code == 200
    assert "is not in a git repository" in page.text
    assert browser.get(f"{PAGE}/{'0' * 40}").status_code == 404


def test_a_file_that_has_no_version_yet_and_one_that_vanished(staffed, folder):
    browser = signed_in(staffed, "ed@example.org")
    first = commits(folder)[-1]
    git(folder, "rm", "--quiet", "--cached", PATH)
    (folder / PATH).unlink()

    page = browser.get(f"{PAGE}/{first}")
    assert page.status_code == 200
    assert "Restore this version" not in page.text
    assert browser.get(f"{PAGE}/{first}/changes?to=now").status_code == 200


def test_a_deleted_article_is_found_and_put_back(staffed, folder):
    git(folder, "mv", "en/internet/draft.md", "en/internet/plan.md")
    git(folder, "rm", "--quiet", PATH)
    git(folder, "commit", "--quiet", "-m", "Delete <it>")
    with staffed.app_context():
        publish(folder, services().index)
    browser = signed_in(staffed, "ed@example.org")
    listed = browser.get("/staff/articles/deleted").text
    assert f'href="{PAGE}"' in listed
    assert "Delete &lt;it&gt;" in listed
    assert "draft.md" not in listed
    version = commits(folder)[1]
    page = browser.get(f"{PAGE}/{version}").text
    assert "Restore this version" in page
    answer = send(browser, f"{PAGE}/{version}/restore", seen="")

    assert answer.status_code == 303
    assert staffed.test_client().get("/en/articles/restart-the-router").status_code == 200
    assert git(folder, "log", "-1", "--format=%an").strip() == "Ed"
    assert git(folder, "status", "--porcelain") == ""
    assert "restart" not in browser.get("/staff/articles/deleted").text
    assert send(browser, f"{PAGE}/{version}/restore", seen="").status_code == 409
    assert browser.get("/staff/articles/en/internet/plan/history").status_code == 200


@pytest.mark.parametrize(("sections", "languages"), [(["payments"], []), ([], ["lv"])])
def test_deleted_articles_of_others_are_not_there(staffed, folder, sections, languages):
    git(folder, "rm", "--quiet", PATH)
    git(folder, "commit", "--quiet", "-m", "Delete")
    with staffed.app_context():
        publish(folder, services().index)
    with staffed.app_context(), writing() as session:
        user = find_by_email(session, "ed@example.org")
        user.sections, user.languages = sections, languages
    browser = signed_in(staffed, "ed@example.org")

    assert "restart" not in browser.get("/staff/articles/deleted").text
    assert browser.get(PAGE).status_code == 404
    assert send(browser, f"{PAGE}/{commits(folder)[1]}/restore", seen="").status_code == 404
    assert signed_in(staffed).get(PAGE).status_code == 404
