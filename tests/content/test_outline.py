"""The library in outline: nested sections, tags, and what expires on time without a publish."""

import datetime

import pytest
from sqlalchemy import event

from helpcenter.content import library, sync
from helpcenter.content.outline import Outlines
from helpcenter.content.tags import tag_slug
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(hours=2)
SITE = """\
languages: [en, lv, pl]
fallbacks: {lv: [en], pl: [lv, en]}
sections:
  - {key: pay, title: {en: Paying, lv: Maksāšana}, icon: {en: receipt, lv: bill}}
  - {key: pay/invoices, title: {en: Invoices, lv: Rēķini}, icon: paper, order: {en: 2, lv: 1}}
  - {key: pay/cards, title: {en: Cards}, order: {en: 1, lv: 2}}
  - {key: empty, title: {en: Nothing here}}
  - {key: empty/inside, title: {en: Nothing inside}}
"""


@pytest.fixture
def folder(folder):
    """Return the small folder with sections in sections."""
    (folder / "en/pay/card.md").unlink()
    return write(
        folder,
        {
            "site.yaml": SITE,
            "en/pay/cards/lost.md": "---\ntags: [Cards, lost things]\n---\n# Lost card",
            "en/pay/invoices/paper.md": "---\ntags: [Rēķini]\n---\n# Paper",
            "en/pay/invoices/old/archive.md": "# Archive",
            "lv/pay/invoices/paper.md": "---\ntitle: Papīra rēķins\ntags: [REKINI]\n---\n",
            "lv/lauki/tikai.md": "# Tikai latviski",
            "en/pay/invoices/secret.md": "---\nunlisted: true\ntags: [Secret]\n---\n# Secret",
        },
    )


@pytest.fixture
def publish(library_app, folder):
    """Return a function that publishes the folder."""

    def publish_now():
        with writing() as session:
            return sync.sync(folder, session, now=NOW)

    publish_now()
    return publish_now


def outline(lang: str = "en"):
    """Return the outline for readers of *lang*."""
    return library.outline(db.session, lang)


def test_a_section_counts_the_articles_of_the_sections_below_it(publish):
    found = outline()

    assert [(one.key, one.title, one.count) for one in found.sections.values()] == [
        ("pay", "Paying", 4),
        ("pay/cards", "Cards", 1),
        ("pay/invoices", "Invoices", 2),
        ("pay/invoices/old", "Old", 1),
    ]
    assert [one.key for one in found.sections_below()] == ["pay"]
    assert [one.key for one in found.sections_below("pay")] == ["pay/cards", "pay/invoices"]


def test_order_and_icon_may_differ_by_language(publish):
    assert [one.key for one in outline("lv").sections_below("pay")] == ["pay/invoices", "pay/cards"]
    assert (outline("lv").sections["pay"].icon, outline("pl").sections["pay"].icon) == ("bill", "bill")
    assert (outline("en").sections["pay"].icon, outline("lv").sections["pay/invoices"].icon) == ("receipt", "paper")


def test_a_section_is_there_for_readers_who_can_open_one_of_its_articles(publish):
    assert "lauki" not in outline("en").sections
    assert "lauki" in outline("lv").sections and "lauki" in outline("pl").sections


def test_the_way_to_a_section_goes_from_the_top_down(publish):
    assert [one.key for one in outline().way_to("pay/invoices/old")] == ["pay", "pay/invoices", "pay/invoices/old"]


def test_a_section_without_articles_of_its_own_stands_above_those_below_it(publish, folder):
    (folder / "en/pay/invoice.md").unlink()
    (folder / "lv/pay/invoice.md").unlink()
    publish()

    assert outline().articles_in("pay") == []
    assert outline().sections["pay"].count == 3


def test_the_next_article_stays_in_the_section(publish, folder):
    write(folder, {"en/pay/invoices/zebra.md": "# Zebra"})
    publish()
    paper = outline().by_key["pay/invoices/paper"]

    assert outline().next_after(paper.key, paper.section).slug == "zebra"
    assert outline().next_after("pay/invoices/zebra", paper.section) is None
    assert {one.slug for one in outline().articles_below("pay/invoices")} == {"paper", "zebra", "archive"}


def test_tags_that_differ_in_case_and_diacritics_meet(publish):
    assert {slug: [one.title for one in articles] for slug, articles in outline("lv").by_tag.items()} == {
        "rekini": ["Papīra rēķins"],
        "cards": ["Lost card"],
        "lost-things": ["Lost card"],
    }
    assert (outline("en").tag("rekini").name, outline("lv").tag("rekini").name) == ("Rēķini", "REKINI")
    assert outline("en").tag("secret") is None


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [("Rēķini", "REKINI", True), ("lost things", "Lost-Things", True), ("C++", "C#", False), ("日本", "日光", False), ("αβγ", "ΑΒΓ", True), ("x" * 100, "x" * 101, False)],  # fmt: skip
)
def test_only_the_same_tags_share_an_address(first, second, meet):
    assert (tag_slug(first) == tag_slug(second)) is meet
    assert len(tag_slug(first)) <= 80 and tag_slug(first).isascii()


def test_an_outline_is_read_once_a_revision(publish, folder):
    outline("lv")
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    outline("lv")
    assert len(seen) == 1

    write(folder, {"en/pay/new.md": "# New"})
    publish()
    assert "pay/new" in outline("lv").by_key


def test_what_expires_leaves_on_time_without_a_publish(publish, folder):
    write(folder, {"en/pay/offer.md": f"---\nexpire_at: {LATER.isoformat()}\n---\n# Offer"})
    publish()
    state, outlines = library.state(db.session), Outlines()
    before = outlines.of(db.session, state.site, "lv", stamp=state.stamp, now=NOW)
    after = outlines.of(db.session, state.site, "lv", stamp=state.stamp, now=LATER)

    assert "pay/offer" in before.by_key and before.until == LATER
    assert "pay/offer" not in after.by_key and after.until is None


def test_editors_name_an_article_by_key_slug_or_path(publish):
    assert [outline("lv").named(name).key for name in ("pay/invoice", "rekins", "../pay/invoices/paper")] == [
        "pay/invoice", "pay/invoice", "pay/invoices/paper",
    ]  # fmt: skip
    assert outline("lv").named("nowhere") is None


def test_lists_are_the_same_on_both_databases(storage_app, folder):
    with storage_app.app_context():
        for slug in ("first", "second"):
            write(folder, {"en/pay/invoices/paper.md": f"---\nslug: {slug}\ntags: [Rēķini]\n---\n# Paper"})
            with writing() as session:
                sync.sync(folder, session, now=NOW)
        found, keys = outline("lv"), ["pay/invoices/paper", "pay/invoice"]
        number = outline("en").by_key["pay/invoices/paper"].id

        assert [one.key for one in found.sections.values()] == ["pay", "pay/invoices", "pay/invoices/old", "pay/cards", "lauki"]
        assert library.languages_of_section(db.session, "pay/invoices") == {"en", "lv"}
        assert library.languages_of_section(db.session, "pay_invoices") == set()
        assert library.first_slugs(db.session, "en", keys) == {"pay/invoices/paper": "first"}
        assert set(library.text_changes(db.session, "en", keys)) <= set(keys)
        assert library.articles_by_id(db.session, [number, 0])[number].slug == "second"
        assert [one.lang for one in library.versions(db.session, "pay/invoices/paper")] == ["en", "lv"]
