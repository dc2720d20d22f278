"""Publishing: only what changed, all or nothing, and a broken file never takes its good version with it."""

import datetime
import os
import signal
import subprocess
import sys
import textwrap

import pytest
from sqlalchemy import select, text

from helpcenter import storage
from helpcenter.content import library, sync
from helpcenter.content.models import Article, ContentProblem, Redirect
from helpcenter.content.problems import FolderRefused
from helpcenter.content.schedule import find_next_change
from helpcenter.storage import db, writing
from tests.content.folders import shared, write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def publish(folder, now=NOW):
    """Publish *folder*, and return what changed."""
    with writing() as session:
        return sync.sync(folder, session, now=now)


def counts(changes):
    """Return added, changed, removed, broken, unchanged."""
    return (len(changes.added), len(changes.changed), len(changes.removed), len(changes.broken), changes.unchanged)


def get(key, lang="en"):
    """Return the published article *key*."""
    return library.find_by_key(db.session, lang, key)


@pytest.mark.usefixtures("library_app")
class TestPublishing:
    def test_a_folder_becomes_articles(self, folder):
        changes = publish(folder)

        assert counts(changes) == (3, 0, 0, 0, 0)
        assert changes.revision == library.revision(db.session) == 1
        card = get("pay/card")
        assert (card.slug, card.section, card.title, card.position, card.version) == ("card", "pay", "Pay by card", 2, 1)
        assert card.html == '<p>See <a href="/en/articles/invoice">invoices</a>.</p>\n'
        assert card.revision == 1

    def test_a_second_publish_changes_nothing(self, folder):
        publish(folder)
        changes = publish(folder)

        assert counts(changes) == (0, 0, 0, 0, 3)
        assert changes.revision is None
        assert library.revision(db.session) == 1

    def test_an_article_keeps_the_day_it_was_first_published_wherever_its_file_goes(self, folder):
        publish(folder)
        (folder / "en/pay/card.md").rename(folder / "en/pay/cards.md")
        publish(folder, NOW + datetime.timedelta(days=1))
        moved = get("pay/cards")
        (folder / "en/pay/new.md").write_text("# Another one\n\nNobody has read this before.\n")
        publish(folder, NOW + datetime.timedelta(days=2))

        assert moved.first_published_at == NOW
        assert moved.published_at == NOW + datetime.timedelta(days=1)
        assert get("pay/new").first_published_at == NOW + datetime.timedelta(days=2)

    def test_only_the_changed_file_is_published_again(self, folder):
        publish(folder)
        before = get("pay/card").id
        write(folder, {"en/pay/card.md": "# Pay by phone\n"})
        changes = publish(folder)

        assert counts(changes) == (0, 1, 0, 0, 2)
        card = get("pay/card")
        assert (card.id, card.version, card.revision, card.title) == (before, 2, 2, "Pay by phone")
        assert get("pay/invoice").version == 1

    def test_a_removed_file_is_removed(self, folder):
        publish(folder)
        (folder / "lv/pay/invoice.md").unlink()
        changes = publish(folder)

        assert [(ref.lang, ref.key) for ref in changes.removed] == [("lv", "pay/invoice")]
        assert get("pay/invoice", "lv") is None

    def test_a_link_follows_its_target(self, folder):
        publish(folder)
        write(folder, {"en/pay/invoice.md": "---\nslug: bills\n---\n# Find an invoice\n"})
        changes = publish(folder)

        # The linking article did not change, and is rendered again.
        assert counts(changes) == (0, 2, 0, 0, 1)
        assert 'href="/en/articles/bills"' in get("pay/card").html

    def test_a_link_to_a_removed_article_becomes_text(self, folder):
        publish(folder)
        (folder / "en/pay/invoice.md").unlink()
        changes = publish(folder)

        assert '<span class="broken-link">invoices</span>' in get("pay/card").html
        assert [problem.code for problem in changes.problems] == ["broken-link"]

    def test_an_image_follows_its_file(self, folder):
        svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 20"/>'
        write(folder, {"_assets/a.svg": svg.format(30), "en/pay/card.md": "# Card\n\n![A](../../_assets/a.svg)\n"})
        publish(folder)
        first = get("pay/card").html
        write(folder, {"_assets/a.svg": svg.format(400)})
        changes = publish(folder)

        assert 'src="/assets/a.svg?v=' in first
        assert 'width="30" height="20"' in first
        assert counts(changes) == (0, 1, 0, 0, 2)
        assert 'width="400"' in get("pay/card").html

    def test_new_links_resolve_when_their_target_is_new_too(self, folder):
        write(folder, {"en/a.md": "# A\n\n[B](z/b.md)", "en/z/b.md": "# B\n\n[A](../a.md#top)"})
        publish(folder)

        assert 'href="/en/articles/b"' in get("a").html
        assert 'href="/en/articles/a#top"' in get("z/b").html

    def test_site_settings_alone_are_a_change(self, folder):
        publish(folder)
        write(folder, {"site.yaml": "name: Other\nlanguages: [en, lv, pl]\nfallbacks: {lv: [en], pl: [lv, en]}\n"})
        changes = publish(folder)

        assert changes.revision == 2
        assert library.site(db.session).name == "Other"

    def test_drafts_future_and_expired_articles_are_not_published(self, folder):
        write(
            folder,
            {
                "en/a.md": "---\ndraft: true\n---\n# A",
                "en/b.md": "---\npublish_at: 2026-11-23\n---\n# B",
                "en/c.md": "---\nexpire_at: 2026-11-22T12:00:00Z\n---\n# C",
                "en/d.md": "---\nexpire_at: 2026-11-24\n---\n# D",
            },
        )
        publish(folder)
        published = {article.key for article in db.session.scalars(select(Article))}
        changes = publish(folder, NOW + datetime.timedelta(days=2))

        assert published == {"pay/card", "pay/invoice", "d"}
        # Time alone publishes the one and withdraws the other.
        assert ([ref.key for ref in changes.added], [ref.key for ref in changes.removed]) == (["b"], ["d"])

    def test_two_articles_may_swap_their_slugs(self, folder):
        write(folder, {"en/a.md": "---\nslug: x\n---\n# A", "en/b.md": "---\nslug: y\n---\n# B"})
        publish(folder)
        write(folder, {"en/a.md": "---\nslug: y\n---\n# A", "en/b.md": "---\nslug: x\n---\n# B"})
        changes = publish(folder)

        assert counts(changes)[:4] == (0, 2, 0, 0)
        assert (get("a").slug, get("b").slug) == ("y", "x")


@pytest.mark.usefixtures("library_app")
class TestBrokenFiles:
    @pytest.mark.parametrize(
        "content",
        [
            "---\ntitle: [\n---\n",
            "---\nupdated: 2026-02-31\n---\n",
            "---\na: &x 1\nb: *x\n---\n",
            b"rec\xfbs",
            "x".encode("utf-16"),
            "a\x00b",
            "x" * 300_000,
            "<div>" * 20_000,
        ],
        ids=["yaml", "date", "alias", "latin-1", "utf-16", "nul", "size", "weight"],
    )
    def test_the_last_good_version_stays(self, folder, content):
        publish(folder)
        write(folder, {"en/pay/card.md": content, "en/new.md": "# New"})
        changes = publish(folder)

        assert get("pay/card").title == "Pay by card"
        assert get("new").title == "New"
        assert counts(changes) == (1, 0, 0, 1, 2)
        assert changes.broken[0].path == "en/pay/card.md"

    def test_a_mended_file_is_published_and_its_problem_gone(self, folder):
        publish(folder)
        write(folder, {"en/pay/card.md": "---\ntitle: [\n---\n"})
        publish(folder)
        noted = [problem.path for problem in db.session.scalars(select(ContentProblem))]
        write(folder, {"en/pay/card.md": "# Mended\n"})
        publish(folder)

        assert noted == ["en/pay/card.md"]
        assert db.session.scalars(select(ContentProblem)).all() == []

    def test_what_was_noted_stays_while_the_file_stays(self, folder):
        write(folder, {"en/pay/card.md": "# Card\n\n[x](gone.md)"})
        publish(folder)
        publish(folder)

        assert [problem.code for problem in db.session.scalars(select(ContentProblem))] == ["broken-link"]

    def test_a_new_broken_file_is_no_target_for_links(self, folder):
        write(folder, {"en/pay/card.md": "# Card\n\n[x](heavy.md)", "en/pay/heavy.md": "<div>" * 20_000})
        publish(folder)

        assert '<span class="broken-link">x</span>' in get("pay/card").html

    def test_the_second_file_with_a_slug_is_reported_and_the_first_stays(self, folder):
        publish(folder)
        write(folder, {"en/a/card.md": "# Card again"})
        changes = publish(folder)

        assert [str(problem) for problem in changes.broken] == [
            "en/a/card.md:1: duplicate-slug The slug card is taken by en/pay/card.md; give this article another slug."
        ]
        assert get("pay/card").slug == "card"

    def test_a_slug_taken_over_by_an_edit_keeps_the_good_version(self, folder):
        publish(folder)
        write(folder, {"en/pay/invoice.md": "---\nslug: card\n---\n# Changed"})
        changes = publish(folder)

        assert changes.broken[0].line == 2
        assert get("pay/invoice").title == "Find an invoice"

    def test_a_broken_site_file_keeps_the_published_site(self, folder):
        publish(folder)
        write(folder, {"site.yaml": "name: X\nlanguagess: [en]\n"})
        changes = publish(folder)

        assert changes.broken[0].path == "site.yaml"
        assert library.site(db.session).name == "Testia"
        assert get("pay/invoice", "lv") is not None

    @pytest.mark.parametrize("state", ["missing", "empty", "a file", "no articles"])
    def test_a_folder_without_articles_changes_nothing(self, folder, state):
        publish(folder)
        elsewhere = folder.parent / "elsewhere"
        if state == "empty":
            elsewhere.mkdir()
        elif state == "a file":
            elsewhere.write_text("x")
        elif state == "no articles":
            write(elsewhere, {"en/a.txt": "x"})

        with pytest.raises(FolderRefused, match="content folder"):
            publish(elsewhere)
        assert get("pay/card") is not None

    def test_a_folder_that_cannot_be_listed_keeps_its_articles(self, folder):
        publish(folder)
        (folder / "en/pay").chmod(0)
        try:
            if os.access(folder / "en/pay", os.R_OK):
                # The superuser lists everything.
                return
            changes = publish(folder)
        finally:
            (folder / "en/pay").chmod(0o755)

        assert changes.removed == []


@pytest.mark.usefixtures("library_app")
class TestOldAddresses:
    def test_redirect_from_leads_to_the_article(self, folder):
        write(folder, {"en/pay/card.md": "---\nredirect_from: [/help/old-card.html, plastic]\n---\n# Card"})
        publish(folder)
        site = library.site(db.session)

        for slug in ("old-card", "plastic"):
            assert library.resolve(db.session, site, "en", slug).article.key == "pay/card"
        assert library.resolve(db.session, site, "en", "never-was") is None

    def test_a_changed_slug_leads_on(self, folder):
        publish(folder)
        write(folder, {"en/pay/card.md": "---\nslug: by-card\n---\n# Card"})
        publish(folder)

        assert library.resolve(db.session, library.site(db.session), "en", "card").article.slug == "by-card"

    def test_a_moved_and_renamed_file_leads_on(self, folder):
        write(folder, {"en/pay/card.md": "---\nredirect_from: [older]\n---\n# Card"})
        publish(folder)
        (folder / "en/cards").mkdir()
        (folder / "en/pay/card.md").rename(folder / "en/cards/plastic.md")
        changes = publish(folder)
        site = library.site(db.session)

        assert ([ref.key for ref in changes.added], [ref.key for ref in changes.removed]) == (["cards/plastic"], ["pay/card"])
        for slug in ("card", "older"):
            assert library.resolve(db.session, site, "en", slug).article.slug == "plastic"

    def test_a_redirect_that_front_matter_no_longer_names_is_gone(self, folder):
        write(folder, {"en/pay/card.md": "---\nredirect_from: [plastic]\n---\n# Card"})
        publish(folder)
        write(folder, {"en/pay/card.md": "# Card"})
        publish(folder)

        assert db.session.scalars(select(Redirect)).all() == []


@pytest.mark.usefixtures("library_app")
class TestTogether:
    def test_an_error_in_the_middle_leaves_the_old_library_whole(self, folder):
        publish(folder)
        write(folder, {"en/pay/card.md": "# New card", "en/new.md": "# New"})
        (folder / "lv/pay/invoice.md").unlink()

        with pytest.raises(RuntimeError, match="pulled the plug"), writing() as session:
            sync.sync(folder, session, now=NOW)
            raise RuntimeError("pulled the plug")
        assert library.revision(db.session) == 1
        assert get("pay/card").title == "Pay by card"
        assert get("pay/invoice", "lv") is not None
        assert get("new") is None

    def test_what_was_prepared_before_another_publish_is_prepared_again(self, folder):
        prepared = sync.prepare(folder, db.session, now=NOW)
        db.session.rollback()
        publish(folder)
        with writing() as session:
            changes = sync.publish(prepared, session, now=NOW)

        assert counts(changes) == (0, 0, 0, 0, 3)
        assert changes.revision is None

    def test_progress_counts_up_to_the_number_of_articles(self, folder):
        seen = []
        sync.prepare(folder, db.session, now=NOW, progress=lambda done, total: seen.append((done, total)))

        assert seen == [(1, 3), (2, 3), (3, 3)]

    def test_the_gnome_help_is_served_in_eight_languages(self):
        publish(shared("helpcenter-gnome"))
        site = library.site(db.session)
        rows = dict(db.session.execute(text("select lang, count(*) from article group by lang")).all())

        assert site.languages == ["en", "cs", "de", "fr", "lt", "ru", "sv", "uk"]
        assert set(rows) == set(site.languages)
        assert all(count == 293 for count in rows.values())
        section = next(one for one in library.outline(db.session, "sv").sections.values() if one.key == "wireless-networking")
        assert section.title == "Trådlösa nätverk"
        found = library.resolve(db.session, site, "sv", "net-wireless-disconnecting")
        assert not found.fallback
        assert len(library.translations(db.session, found.article.key)) == 8


KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from flask import Flask
from sqlalchemy import event
from helpcenter import storage
from helpcenter.content import sync
from helpcenter.storage import writing
from helpcenter.storage.database import WRITER

folder, url, killed_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
app = Flask("killed")
storage.init_app(app, url)
seen = 0

def count(connection, cursor, statement, *rest):
    global seen
    if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
        seen += 1
        if seen == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

event.listen(app.extensions[WRITER], "after_cursor_execute", count)
with app.app_context(), writing() as session:
    sync.sync(folder, session, now=datetime.now(UTC))
print("finished", seen)
"""


@pytest.mark.parametrize("killed_at", [1, 2, 4, 6])
def test_killed_in_the_middle_readers_see_the_old_library_whole(library_app, folder, tmp_path, killed_at):
    publish(folder)
    write(folder, {"en/pay/card.md": "# New card", "en/new.md": "# New", "en/pay/invoice.md": "---\nslug: bills\n---\n# Bills"})
    (folder / "lv/pay/invoice.md").unlink()
    url = f"sqlite:///{tmp_path / 'library.db'}"
    storage.close(library_app)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), url, str(killed_at)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)

    assert ran.returncode == -signal.SIGKILL, ran.stderr + ran.stdout
    assert library.revision(db.session) == 1
    assert {article.title for article in db.session.scalars(select(Article))} == {"Pay by card", "Find an invoice", "Atrodi rēķinu"}
    db.session.rollback()
    assert counts(publish(folder)) == (1, 2, 1, 0, 0)


@pytest.mark.usefixtures("library_app")
class TestTheNextChange:
    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            ({}, None),
            ({"en/a.md": "---\npublish_at: 2026-11-23\n---\n# A"}, "2026-11-23T00:00:00+00:00"),
            ({"en/a.md": "---\nexpire_at: 2026-11-22T14:30:00+02:00\n---\n# A"}, "2026-11-22T12:30:00+00:00"),
            ({"en/a.md": "---\npublish_at: 2026-11-24\nexpire_at: 2026-11-25\n---\n# A"}, "2026-11-24T00:00:00+00:00"),
            ({"en/a.md": "---\ndraft: true\npublish_at: 2026-11-23\n---\n# A"}, None),
            ({"en/a.md": "---\npublish_at: 2026-11-21\n---\n# A"}, None),
            ({"en/a.md": "---\npublish_at: soon\n---\n# A", "en/b.md": "---\nexpire_at: 2027-01-01\n---\n# B"}, "2027-01-01T00:00:00+00:00"),
        ],
        ids=["none", "appears", "expires", "both", "draft", "past", "broken"],
    )  # fmt: skip
    def test_is_the_first_moment_that_is_still_to_come(self, folder, files, expected):
        write(folder, files)
        publish(folder)
        # Files that did not change are not read again, and count all the same.
        publish(folder)
        moment = find_next_change(db.session)

        assert (moment.isoformat() if moment else None) == expected

    def test_is_the_next_one_once_it_has_come(self, folder):
        write(folder, {"en/a.md": "---\npublish_at: 2026-11-24\nexpire_at: 2026-11-25\n---\n# A"})
        publish(folder)
        publish(folder, NOW.replace(day=24))
        second = find_next_change(db.session)
        publish(folder, NOW.replace(day=25))

        assert second.day == 25
        assert find_next_change(db.session) is None

    def test_a_broken_edit_does_not_keep_an_article_beyond_its_end(self, folder):
        write(folder, {"en/a.md": "---\nexpire_at: 2026-11-23\n---\n# A"})
        publish(folder)
        write(folder, {"en/a.md": "---\nexpire_at: [\n---\n# A"})
        publish(folder)
        kept, moment = get_row("a"), find_next_change(db.session)
        publish(folder, NOW.replace(day=23))

        assert kept is not None and moment.day == 23
        assert get_row("a") is None


def get_row(key):
    """Return the row of an article, whatever the time."""
    return db.session.scalar(select(Article).where(Article.key == key))
