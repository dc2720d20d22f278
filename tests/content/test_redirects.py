"""redirects.yaml: old addresses of other help centers, and what is wrong with them."""

import pytest

from helpcenter.content import library, sync
from helpcenter.content.checks import check_folder
from helpcenter.content.models import ContentProblem, PathRedirect
from helpcenter.content.redirects import asked_addresses, find_target, plain_address
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.content.folders import write


def publish(folder):
    """Publish *folder*, and return what changed."""
    with writing() as session:
        return sync.sync(folder, session, now=utcnow())


def redirects(folder, text: str):
    """Write redirects.yaml with *text* below its key."""
    lines = "\n".join(f"  {line}" for line in text.splitlines())
    return write(folder, {"redirects.yaml": f"redirects:\n{lines}\n"})


def problems(folder) -> list[str]:
    """Return what `helpcenter check` says of redirects.yaml."""
    return [str(problem) for problem in check_folder(folder) if problem.path == "redirects.yaml"]


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("/hc/en-us/articles/1150-find", "/hc/en-us/articles/1150-find"),
        ("/old/", "/old"),
        ("https://help.example/old/?b=2&a=1#top", "/old?a=1&b=2"),
        ("/%C4%93", "/ē"),
        ("//help.example/a", "/a"),
        ("old", None),
        ("/a\\b", None),
        ("http://[", None),
    ],
)
def test_an_old_address_is_compared_in_one_way(written, compared):
    assert plain_address(written) == compared


def test_the_most_exact_address_comes_first():
    asked = asked_addresses("/index.php", "id=3&action=faq")

    assert asked == ["/index.php?action=faq&id=3", "/index.php?action=faq", "/index.php?id=3", "/index.php", "/index.php/*"]
    assert asked_addresses("/a/b/", "") == ["/a/b", "/a/b/*", "/a/*"]


@pytest.mark.usefixtures("library_app")
class TestPublishing:
    def test_what_the_file_says_is_published(self, folder):
        redirects(folder, "/hc/1-card: pay/card\n/index.php?action=faq&id=3: /en/\n/old/*: https://old.example/\n/away: gone")
        changes = publish(folder)

        assert changes.problems == []
        assert find_target(db.session, "/hc/1-card", "") == "pay/card"
        assert find_target(db.session, "/hc/1-card", "utm=x") == "pay/card"
        assert find_target(db.session, "/index.php", "id=3&action=faq") == "/en/"
        assert find_target(db.session, "/index.php", "id=4&action=faq") is None
        assert find_target(db.session, "/old/deep/er", "") == "https://old.example/"
        assert find_target(db.session, "/away", "") == "gone"

    def test_a_changed_file_is_a_new_revision_and_an_unchanged_one_is_none(self, folder):
        redirects(folder, "/a: pay/card\n/b: pay/card")
        publish(folder)
        unchanged = publish(folder)
        redirects(folder, "/b: pay/invoice\n/c: pay/card")
        changed = publish(folder)

        assert (unchanged.revision, changed.revision) == (None, 2)
        assert {row.path: row.target for row in db.session.query(PathRedirect)} == {"/b": "pay/invoice", "/c": "pay/card"}

    def test_a_deleted_file_takes_its_redirects_along(self, folder):
        redirects(folder, "/a: pay/card")
        publish(folder)
        (folder / "redirects.yaml").unlink()
        publish(folder)

        assert find_target(db.session, "/a", "") is None

    @pytest.mark.parametrize("content", ["redirects: [", "redirect:\n  /a: b\n", "- /a", "redirects: [/a]", b"\xff", "x" * 5_000_000])
    def test_a_broken_file_keeps_the_last_good_one(self, folder, content):
        redirects(folder, "/a: pay/card")
        publish(folder)
        write(folder, {"redirects.yaml": content, "en/pay/card.md": "# Pay by phone"})
        changes = publish(folder)
        noted = [problem.code for problem in db.session.query(ContentProblem) if problem.path == "redirects.yaml"]

        assert find_target(db.session, "/a", "") == "pay/card"
        assert [problem.path for problem in changes.broken] == ["redirects.yaml"]
        assert noted == ["bad-redirects"]
        assert library.find_by_key(db.session, "en", "pay/card").title == "Pay by phone"

    def test_a_link_out_of_the_folder_is_not_read(self, folder, tmp_path):
        (tmp_path / "secret.yaml").write_text("redirects: {/a: pay/card}")
        (folder / "redirects.yaml").symlink_to(tmp_path / "secret.yaml")
        publish(folder)

        assert find_target(db.session, "/a", "") is None

    def test_a_chain_is_published_in_one_step(self, folder):
        redirects(folder, "/a: /b\n/b: /c/\n/c: pay/card")
        publish(folder)

        assert find_target(db.session, "/a", "") == find_target(db.session, "/b", "") == "pay/card"


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("/a: pay/card\n/b: gone\n/c: https://x.example/y\n/d: /en/search", ""),
            ("/a: pay/cart", "2: broken-redirect There is no article pay/cart. Did you mean pay/card?"),
            ("/a: /en/articles/nothing", "2: broken-redirect There is no article at /en/articles/nothing."),
            ("/a: http://x.example", "2: bad-redirect http://x.example is no https address; redirects lead to https or to this site."),
            ("/a: //evil.example", "2: bad-redirect //evil.example is no https address; redirects lead to https or to this site."),
            ("/a:", "2: bad-redirect It leads nowhere; name an article's key, a path, an https address, or gone."),
            ("a: pay/card", "2: bad-redirect a is no old address; write a path such as /hc/articles/1, or /hc/* for all below it."),
            ("/*: pay/card", "2: bad-redirect /* is no old address; write a path such as /hc/articles/1, or /hc/* for all below it."),
            ("/a: pay/card\n/a/: gone", "3: bad-redirect /a/ stands here twice (first on line 2); the first counts."),
            (
                "/en/articles/card: pay/invoice",
                "2: redirect-shadow /en/articles/card is an address of this site; readers get that page.",
            ),
            ("/lv: pay/invoice", "2: redirect-shadow /lv is an address of this site; readers get that page."),
            ("/staff/x: pay/invoice", "2: redirect-shadow /staff/x is an address of this site; readers get that page."),
            ("/en/sections/pay: gone", "2: redirect-shadow /en/sections/pay is an address of this site; readers get that page."),
            (
                "/a: /b\n/b: pay/card",
                "2: redirect-chain /a leads to an old address; readers are sent straight on to pay/card. Name that here.",
            ),
        ],
    )  # fmt: skip
    def test_each_is_told_with_its_line(self, folder, text, found):
        redirects(folder, text)

        assert problems(folder) == ([f"redirects.yaml:{found}"] if found else [])

    def test_a_loop_and_what_leads_into_it_are_taken_out(self, folder):
        redirects(folder, "/a: /b\n/b: /a\n/c: /b\n/d: pay/card")

        assert [line.partition(" ")[0] for line in problems(folder)] == ["redirects.yaml:2:", "redirects.yaml:3:", "redirects.yaml:4:"]
        assert all("redirect-loop" in line for line in problems(folder))

    @pytest.mark.parametrize(
        "text",
        ["/old/*: /old/new", "/a/*: /b/x\n/b/*: /a/x", "/a: /a?b=1", "/a/*: /a/x\n/a/x: /a/y"],
    )  # fmt: skip
    def test_a_loop_through_a_star_or_a_query_is_found(self, folder, text):
        redirects(folder, text)

        assert len(problems(folder)) == len(text.splitlines())
        assert all("redirect-loop" in line for line in problems(folder))

    def test_a_star_may_lead_to_a_page_of_the_site_below_itself(self, folder):
        redirects(folder, "/en/tags/*: /en/tags/bill\n/en/old/*: /en/search")

        assert problems(folder) == []

    def test_a_long_chain_is_followed_to_its_end(self, folder):
        redirects(folder, "\n".join(f"/{number}: /{number + 1}" for number in range(2_000)) + "\n/2000: pay/card")
        found = problems(folder)

        assert len(found) == 2_000
        assert all("sent straight on to pay/card" in line for line in found)

    def test_ten_thousand_lines_are_read(self, folder):
        redirects(folder, "\n".join(f"/hc/articles/{number}: pay/card" for number in range(10_000)))

        assert problems(folder) == []

    def test_a_draft_may_be_a_target(self, folder):
        write(folder, {"en/pay/soon.md": "---\ndraft: true\n---\n# Soon"})
        redirects(folder, "/a: pay/soon")

        assert problems(folder) == []


def test_parameters_that_others_added_do_not_hide_an_old_address():
    asked = asked_addresses("/faq.php", "utm_source=mail&id=3&lang=lv")

    assert asked[0] == "/faq.php?id=3&lang=lv&utm_source=mail"
    assert asked.index("/faq.php?id=3&lang=lv") < asked.index("/faq.php?id=3") < asked.index("/faq.php")
    assert len(asked_addresses("/faq.php", "&".join(f"a{number}=1" for number in range(50)))) < 50
