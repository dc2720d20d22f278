"""Reading the library: by slug, by key, along the fallback chain, in the order of the editors."""

import datetime

import pytest
from sqlalchemy import event

from helpcenter.content import library, sync
from helpcenter.content.site import Site
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def site(library_app, folder):
    """Return the site of the small library, published."""
    write(
        folder,
        {
            "en/z/zebra.md": "---\nfeatured: true\n---\n# Zebra",
            "lv/z/zebra.md": "---\nfeatured: true\ntitle: Čaks\n---\n",
            "lv/z/cena.md": "---\ntitle: Cena\n---\n",
            "en/z/hidden.md": "---\nunlisted: true\nfeatured: true\n---\n# Hidden",
        },
    )
    with writing() as session:
        sync.sync(folder, session, now=NOW)
    return library.site(db.session)


def test_an_article_is_found_by_its_slug_in_its_language(site):
    found = library.resolve(db.session, site, "lv", "rekins")

    assert (found.article.lang, found.article.title, found.fallback) == ("lv", "Atrodi rēķinu", False)


def test_a_slug_of_another_language_leads_to_the_translation(site):
    found = library.resolve(db.session, site, "lv", "invoice")

    assert (found.article.lang, found.fallback) == ("lv", False)


@pytest.mark.parametrize(("slug", "stands_in"), [("invoice", "lv"), ("rekins", "lv"), ("card", "en")])
def test_a_missing_translation_falls_back_along_the_chain(site, slug, stands_in):
    found = library.resolve(db.session, site, "pl", slug)

    assert (found.article.lang, found.fallback) == (stands_in, True)


def test_an_unknown_slug_is_not_found(site):
    assert library.resolve(db.session, site, "en", "nowhere") is None


def test_translations_are_listed_by_language(site):
    assert library.translations(db.session, "pay/invoice") == [
        ("en", "invoice", "Find an invoice"),
        ("lv", "rekins", "Atrodi rēķinu"),
    ]


def test_sections_count_what_readers_of_a_language_can_open(site):
    sections = library.outline(db.session, "lv").sections.values()

    assert [(one.key, one.title, one.count) for one in sections] == [("pay", "Maksāšana", 2), ("z", "Z", 2)]


def test_articles_of_a_section_come_in_order_with_stand_ins(site):
    found = library.outline(db.session, "lv").articles_in("pay")

    assert [(one.lang, one.slug) for one in found] == [("en", "card"), ("lv", "rekins")]


def test_articles_of_the_same_order_are_sorted_as_the_language_does(site):
    # Latvian sorts č after c.
    assert [one.title for one in library.outline(db.session, "lv").articles_in("z")] == ["Cena", "Čaks"]


def test_featured_articles_come_once_and_never_unlisted(site):
    assert [one.title for one in library.outline(db.session, "lv").featured] == ["Čaks"]


def test_an_unlisted_article_can_be_opened_by_its_address(site):
    assert library.resolve(db.session, site, "en", "hidden").article.title == "Hidden"


def test_opening_an_article_takes_two_statements(site):
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    library.resolve(db.session, library.site(db.session), "lv", "rekins")

    assert len(seen) == 2


def test_the_state_is_the_same_whichever_way_it_is_read(site):
    assert library.state_beside(db.engine, db.session) == library.state(db.session)


def test_before_the_first_publish_there_is_a_site_with_defaults(library_app):
    assert library.site(db.session) == library.state_beside(db.engine, db.session).site == Site()
    assert library.revision(db.session) == 0
    assert library.published_part(db.session, "rules") is None
