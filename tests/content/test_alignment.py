"""Sections that articles name by a category line up across languages."""

import datetime

import pytest
from sqlalchemy import select

from helpcenter.content import library, sync
from helpcenter.content.models import Article
from helpcenter.storage import db, writing
from tests.content.folders import shared, write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def publish(library_app):
    """Return a function that publishes a folder, and gives what it did."""

    def publish_now(folder):
        with writing() as session:
            return sync.sync(folder, session, now=NOW)

    return publish_now


def article(title: str, category: str) -> str:
    """Return an article of another tool, without a section folder."""
    return f"---\ntitle: {title}\ncategory: {category}\n---\nText of {title}.\n"


def tree(tmp_path):
    """Return a folder with two articles in English and Swedish, and one in Swedish alone."""
    return write(
        tmp_path / "content",
        {
            "en/mouse.md": article("Mouse", "Accessibility"),
            "en/screen.md": article("Screen", "Hardware"),
            "sv/mouse.md": article("Mus", "Hjälpmedel"),
            "sv/screen.md": article("Skärm", "Maskinvara"),
            "sv/ensam.md": article("Ensam", "Hjälpmedel"),
        },
    )


def sections(lang: str) -> dict[str, str]:
    """Return the titles of the sections for readers of *lang*, by key."""
    return {one.key: one.title for one in library.outline(db.session, lang).sections.values()}


def sections_of(key: str) -> dict[str, str]:
    """Return the section of an article by language."""
    return dict(db.session.execute(select(Article.lang, Article.section).where(Article.key == key)).all())


def test_translations_stand_in_the_section_of_their_source(publish, tmp_path):
    publish(tree(tmp_path))

    assert sections("en") == {"accessibility": "Accessibility", "hardware": "Hardware"}
    assert sections("sv") == {"accessibility": "Hjälpmedel", "hardware": "Maskinvara"}


def test_an_article_without_a_source_joins_those_of_its_category(publish, tmp_path):
    publish(tree(tmp_path))

    assert sections_of("ensam") == {"sv": "accessibility"}


def test_one_that_is_added_later_joins_them_too(publish, tmp_path):
    folder = tree(tmp_path)
    publish(folder)
    publish(write(folder, {"sv/sen.md": article("Sen", "Maskinvara")}))

    assert sections_of("sen") == {"sv": "hardware"}


def test_when_the_source_moves_its_translations_follow(publish, tmp_path):
    folder = tree(tmp_path)
    publish(folder)
    changes = publish(write(folder, {"en/mouse.md": article("Mouse", "Hardware")}))

    assert sections_of("mouse") == {"en": "hardware", "sv": "hardware"}
    assert {(ref.lang, ref.key) for ref in changes.changed} == {("en", "mouse"), ("sv", "mouse")}
    assert sections("sv")["hardware"] == "Maskinvara"


def test_a_source_that_is_added_later_takes_its_translations_along(publish, tmp_path):
    folder = tree(tmp_path)
    (folder / "en/mouse.md").unlink()
    publish(folder)
    publish(write(folder, {"en/mouse.md": article("Mouse", "Accessibility")}))

    assert sections_of("mouse") == {"en": "accessibility", "sv": "accessibility"}


def test_a_publish_of_nothing_new_changes_nothing(publish, tmp_path):
    folder = tree(tmp_path)
    publish(folder)

    assert publish(folder).revision is None


def test_an_article_that_is_rendered_again_stays_in_its_section(publish, tmp_path):
    folder = tree(tmp_path)
    write(folder, {"sv/mouse.md": article("Mus", "Hjälpmedel") + "\n[Ny](ny.md)\n"})
    publish(folder)
    changes = publish(write(folder, {"sv/ny.md": article("Ny", "Maskinvara")}))

    assert ("sv", "mouse") in {(ref.lang, ref.key) for ref in changes.changed}
    assert sections_of("mouse") == {"en": "accessibility", "sv": "accessibility"}


def test_an_article_that_names_its_section_stays_there(publish, tmp_path):
    folder = tree(tmp_path)
    publish(write(folder, {"sv/mouse.md": "---\ntitle: Mus\nsection: annat\n---\nText.\n"}))

    assert sections_of("mouse") == {"en": "accessibility", "sv": "annat"}


def test_a_title_is_what_most_articles_of_the_section_say(publish, tmp_path):
    folder = tree(tmp_path)
    publish(write(folder, {"sv/a.md": article("A", "Hjälpmedel"), "en/a.md": article("A", "Accessibility"),
                           "sv/b.md": article("B", "Accessibility"), "en/b.md": article("B", "Accessibility")}))  # fmt: skip
    assert sections("sv")["accessibility"] == "Hjälpmedel"

    publish(write(folder, {"sv/mouse.md": article("Mus", "Tillgänglighet")}))
    assert sections("sv")["accessibility"] == "Hjälpmedel"


def test_the_gnome_help_has_the_same_sections_in_every_language(publish):
    publish(shared("helpcenter-gnome"))
    keys = {lang: set(sections(lang)) for lang in library.site(db.session).languages}
    articles = db.session.execute(select(Article.key, Article.section)).all()

    assert len(keys["en"]) > 10
    assert all(found == keys["en"] for found in keys.values())
    assert len(set(articles)) == len({key for key, _ in articles})
    assert sections("sv")["wireless-networking"] == "Trådlösa nätverk"
