"""How old translations are: the text they were made from, and how much that has changed since."""

from __future__ import annotations

import datetime
from collections import defaultdict
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from helpcenter.content import library, sync
from helpcenter.content.models import Article, ArticleRevision
from helpcenter.content.site import Site
from helpcenter.content.translations import source_language
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
SITE = "languages: [en, lv, pl, sv]\nfallbacks: {lv: [pl], pl: [lv]}\n"


def publish(folder: Path) -> sync.ChangeSet:
    """Publish *folder*, and return what changed."""
    with writing() as session:
        return sync.sync(folder, session, now=NOW)


def article(words: str, significance: str = "", made_from: str = "") -> str:
    """Return an article whose text is *words*."""
    keys = f"significance: {significance}\n" * bool(significance) + f"source_hash: {made_from}\n" * bool(made_from)
    return f"---\ntitle: Pay\n{keys}---\n{words}\n"


def get(lang: str, key: str = "pay/card") -> Article:
    """Return the published article *key* in *lang*."""
    found = library.find_by_key(db.session, lang, key)
    db.session.refresh(found)
    return found


def ages(key: str = "pay/card") -> dict[str, str]:
    """Return the staleness of each language of *key*."""
    rows = db.session.execute(select(Article.lang, Article.staleness).where(Article.key == key))
    return dict(sorted(rows.all()))


def change(folder: Path, words: str, significance: str = "", lang: str = "en") -> None:
    """Give the article another text, and publish."""
    write(folder, {f"{lang}/pay/card.md": article(words, significance)})
    publish(folder)


@pytest.fixture
def site_folder(tmp_path: Path, library_app: object) -> Path:
    """Return a published folder with one article in three of four languages."""
    folder = write(
        tmp_path / "site",
        {"site.yaml": SITE, **{f"{lang}/pay/card.md": article(f"By card, said in {lang}.") for lang in ("en", "lv", "pl")}},
    )
    publish(folder)
    return folder


def test_the_source_is_the_article_in_the_default_language() -> None:
    site = Site(languages=["en", "lv", "pl", "sv"], fallbacks={"en": ["pl"]})

    assert source_language(site, {"sv", "en"}) == "en"
    assert source_language(site, {"sv", "lv", "pl"}) == "pl"
    assert source_language(site, {"sv", "lv"}) == "lv"
    assert source_language(site, set()) is None


def test_a_new_translation_counts_as_made_from_the_present_source(site_folder: Path) -> None:
    assert ages() == {"en": "", "lv": "", "pl": ""}
    assert get("lv").based_on == get("pl").based_on == get("en").text_hash
    assert get("en").based_on == ""


@pytest.mark.parametrize("significance", ["typo", "medium", "major"])
def test_a_change_of_the_source_ages_its_translations(site_folder: Path, significance: str) -> None:
    change(site_folder, "By card or phone.", significance)

    assert ages() == {"en": "", "lv": significance, "pl": significance}


def test_a_change_that_does_not_say_how_much_it_matters_is_medium(site_folder: Path) -> None:
    change(site_folder, "By card or phone.")

    assert ages() == {"en": "", "lv": "medium", "pl": "medium"}


def test_the_greatest_step_since_counts(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    change(site_folder, "By card, or phone.", "typo")

    assert ages()["lv"] == "major"


def test_steps_before_the_translation_do_not_count(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    change(site_folder, "Ar karti vai telefonu.", lang="lv")
    change(site_folder, "By card, or phone.", "typo")

    assert ages() == {"en": "", "lv": "typo", "pl": "major"}


def test_another_front_matter_or_line_ends_age_nothing(site_folder: Path) -> None:
    write(site_folder, {"en/pay/card.md": article("By card,\r\nsaid in en.\n").replace("title: Pay", "title: Pay\norder: 3")})
    publish(site_folder)

    assert ages() == {"en": "", "lv": "", "pl": ""}
    assert get("en").position == 3


def test_touching_a_translation_without_changing_its_text_does_not_make_it_fresh(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    write(site_folder, {"lv/pay/card.md": article("By card, said in lv.").replace("title", "order: 4\ntitle")})
    publish(site_folder)

    assert get("lv").position == 4
    assert ages()["lv"] == "major"


def test_source_and_translation_changed_in_one_publish_are_fresh(site_folder: Path) -> None:
    write(site_folder, {"en/pay/card.md": article("New.", "major"), "lv/pay/card.md": article("Jauns.")})
    publish(site_folder)

    assert ages() == {"en": "", "lv": "", "pl": "major"}


def test_a_source_that_gets_its_old_text_back_makes_translations_fresh_again(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    change(site_folder, "By card, said in en.")

    assert ages()["lv"] == ""


def test_an_aged_translation_gets_a_new_version_and_revision(site_folder: Path) -> None:
    before = get("lv").version
    change(site_folder, "By card or phone.", "typo")
    after = get("lv")

    assert (after.version, after.revision) == (before + 1, get("en").revision)

    change(site_folder, "By card, or phone.", "typo")

    assert get("lv").version == before + 1  # as old as before: nothing changed for readers


def test_a_significance_put_right_without_another_change_counts(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    change(site_folder, "By card or phone.", "typo")

    assert ages()["lv"] == "typo"

    change(site_folder, "By card or phone.")

    assert ages()["lv"] == "typo"  # a line that was tidied away takes nothing back


class TestWithSourceHash:
    """A translation that says which text it was made from."""

    def test_it_is_made_from_that_text_however_often_it_changes(self, site_folder: Path) -> None:
        first = get("en").text_hash
        change(site_folder, "By card or phone.", "major")
        for words in ("Ar karti.", "Ar karti vien."):
            write(site_folder, {"lv/pay/card.md": article(words, made_from=first)})
            publish(site_folder)

            assert ages()["lv"] == "major"

    @pytest.mark.parametrize("digits", [8, 12, 64])
    def test_the_beginning_of_a_hash_is_enough(self, site_folder: Path, digits: int) -> None:
        change(site_folder, "By card or phone.", "major")
        made_from = get("en").text_hash[:digits].upper()
        write(site_folder, {"lv/pay/card.md": article("Ar karti.", made_from=made_from)})
        publish(site_folder)

        assert ages()["lv"] == ""

    @pytest.mark.parametrize(("significance", "expected"), [("typo", "medium"), ("medium", "medium"), ("major", "major")])
    def test_a_text_that_nobody_knows_is_medium_or_worse(self, site_folder: Path, significance: str, expected: str) -> None:
        change(site_folder, "By card or phone.", significance)
        write(site_folder, {"lv/pay/card.md": article("Ar karti.", made_from="0123456789")})
        publish(site_folder)

        assert ages()["lv"] == expected

    def test_taking_the_hash_away_changes_nothing(self, site_folder: Path) -> None:
        first = get("en").text_hash
        write(site_folder, {"en/pay/card.md": article("New.", "major"), "lv/pay/card.md": article("Ar karti.", made_from=first)})
        publish(site_folder)
        write(site_folder, {"lv/pay/card.md": article("Ar karti.")})
        publish(site_folder)

        assert ages()["lv"] == "major"

    def test_a_translation_of_a_translation_is_as_stale_as_that(self, site_folder: Path) -> None:
        write(site_folder, {"sv/pay/card.md": article("Med kort.", made_from=get("pl").text_hash)})
        publish(site_folder)

        assert ages()["sv"] == ""

        change(site_folder, "By card or phone.", "major")

        assert ages()["sv"] == "major"

        change(site_folder, "Telefonem.", "typo", lang="pl")

        assert ages() == {"en": "", "lv": "major", "pl": "", "sv": "typo"}

    def test_two_that_were_made_from_each_other_are_medium(self, site_folder: Path) -> None:
        polish, latvian = get("pl").text_hash, get("lv").text_hash
        write(site_folder, {"lv/pay/card.md": article("By card, said in lv.", made_from=polish)})
        write(site_folder, {"pl/pay/card.md": article("By card, said in pl.", made_from=latvian)})
        publish(site_folder)

        assert ages() == {"en": "", "lv": "medium", "pl": "medium"}


class TestWhatLeavesAndMoves:
    """Sources that go, come back, move and change places."""

    def test_a_source_that_is_a_draft_for_a_while_loses_no_step(self, site_folder: Path) -> None:
        change(site_folder, "By card or phone.", "major")
        write(site_folder, {"en/pay/card.md": article("By card or phone.").replace("title", "draft: true\ntitle")})
        publish(site_folder)

        assert ages() == {"lv": "", "pl": "major"}  # Latvian stands first now, Polish was made from the English text

        change(site_folder, "By card or phone.")

        assert ages() == {"en": "", "lv": "major", "pl": "major"}

    def test_a_deleted_source_makes_no_translation_stale(self, site_folder: Path) -> None:
        (site_folder / "en/pay/card.md").unlink()
        write(site_folder, {"en/pay/other.md": "# Something else\n"})
        publish(site_folder)

        assert ages() == {"lv": "", "pl": ""}

    def test_a_source_that_comes_later_counts_as_the_text_of_those_before(self, site_folder: Path) -> None:
        write(site_folder, {"pl/pay/late.md": article("Później.")})
        publish(site_folder)
        write(site_folder, {"en/pay/late.md": article("Later.", "major")})
        publish(site_folder)

        assert ages("pay/late") == {"en": "", "pl": ""}
        assert get("pl", "pay/late").based_on == get("en", "pay/late").text_hash

        write(site_folder, {"en/pay/late.md": article("Much later.", "major")})
        publish(site_folder)

        assert ages("pay/late") == {"en": "", "pl": "major"}

    @pytest.mark.parametrize("at_once", [True, False])
    def test_moved_files_are_as_old_as_they_were(self, site_folder: Path, at_once: bool) -> None:
        change(site_folder, "By card or phone.", "major")
        change(site_folder, "Telefonem.", lang="pl")
        for lang in ("en", "lv", "pl"):
            (site_folder / lang / "money").mkdir()
            (site_folder / lang / "pay/card.md").rename(site_folder / lang / "money/card.md")
            if not at_once:
                publish(site_folder)
        publish(site_folder)

        assert ages("money/card") == {"en": "", "lv": "major", "pl": ""}

        write(site_folder, {"en/money/card.md": article("By phone.", "typo")})
        publish(site_folder)

        assert ages("money/card") == {"en": "", "lv": "major", "pl": "typo"}

    def test_translations_that_stay_behind_are_as_old_as_before(self, site_folder: Path) -> None:
        (site_folder / "en/money").mkdir()
        (site_folder / "en/pay/card.md").rename(site_folder / "en/money/card.md")
        publish(site_folder)

        assert ages() == {"lv": "", "pl": ""}

    def test_files_that_move_to_and_fro_leave_no_trail(self, site_folder: Path) -> None:
        (site_folder / "en/money").mkdir()
        for _ in range(4):
            for old, new in (("pay", "money"), ("money", "pay")):
                (site_folder / f"en/{old}/card.md").rename(site_folder / f"en/{new}/card.md")
                publish(site_folder)

        assert len(db.session.scalars(select(ArticleRevision).where(ArticleRevision.lang == "en")).all()) == 2
        assert ages() == {"en": "", "lv": "", "pl": ""}

    def test_another_translation_key_takes_the_history_along(self, site_folder: Path) -> None:
        change(site_folder, "By card or phone.", "major")
        for lang, words in (("en", "By card or phone."), ("lv", "By card, said in lv.")):
            write(site_folder, {f"{lang}/pay/card.md": article(words).replace("title", "translation_key: cards\ntitle")})
        publish(site_folder)

        assert ages("cards") == {"en": "", "lv": "major"}
        assert ages() == {"pl": ""}

    def test_two_sources_may_swap_their_keys(self, site_folder: Path) -> None:
        write(site_folder, {"en/pay/cash.md": article("Cash."), "lv/pay/cash.md": article("Skaidra nauda.")})
        publish(site_folder)
        change(site_folder, "By card or phone.", "major")
        write(site_folder, {"en/pay/card.md": article("By card or phone.").replace("title", "translation_key: pay/cash\ntitle")})
        write(site_folder, {"en/pay/cash.md": article("Cash.").replace("title", "translation_key: pay/card\ntitle")})
        publish(site_folder)
        rows = db.session.execute(select(ArticleRevision.key, ArticleRevision.text_hash).where(ArticleRevision.lang == "en"))

        texts = defaultdict(list)
        for key, text_hash in rows:
            texts[key].append(text_hash)

        card, cash = texts["pay/cash"][-1], texts["pay/card"][-1]
        assert (get("en", "pay/cash").text_hash, get("en", "pay/card").text_hash) == (card, cash)
        assert len(set(texts["pay/cash"])) == len(set(texts["pay/card"])) == 3
        assert ages()["lv"] == "major"  # the Latvian article did not follow: it is not of this text

    def test_another_default_language_asks_who_was_made_from_whom_anew(self, site_folder: Path) -> None:
        write(site_folder, {"site.yaml": SITE.replace("[en, lv, pl, sv]", "[lv, en, pl, sv]")})
        publish(site_folder)

        assert ages() == {"en": "", "lv": "", "pl": ""}

        change(site_folder, "Ar karti vai telefonu.", "major", lang="lv")

        assert ages() == {"en": "major", "lv": "", "pl": "major"}  # Polish was made from English, which is stale

        change(site_folder, "By card or phone.", "typo", lang="en")

        assert ages() == {"en": "", "lv": "", "pl": "typo"}

    def test_history_outlives_the_article(self, site_folder: Path) -> None:
        made_from = get("en").text_hash
        (site_folder / "lv/pay/card.md").unlink()
        publish(site_folder)
        change(site_folder, "By card or phone.", "major")
        write(site_folder, {"lv/pay/card.md": article("Ar karti.", made_from=made_from)})
        publish(site_folder)

        assert ages()["lv"] == "major"


def test_history_has_one_row_for_each_text(site_folder: Path) -> None:
    change(site_folder, "By card or phone.", "major")
    change(site_folder, "By card or phone.")
    change(site_folder, "By card.", "typo")
    rows = db.session.execute(
        select(ArticleRevision.significance).where(ArticleRevision.lang == "en").order_by(ArticleRevision.id)
    ).scalars()

    assert list(rows) == ["medium", "major", "typo"]


def test_articles_published_before_histories_were_kept_begin_fresh(site_folder: Path) -> None:
    with writing() as session:
        session.execute(text("UPDATE article SET text_hash = '', based_on = '', staleness = '', dependency_hash = ''"))
        session.execute(text("DELETE FROM article_revision"))
    publish(site_folder)

    assert ages() == {"en": "", "lv": "", "pl": ""}
    assert get("lv").based_on == get("en").text_hash != ""


def test_a_source_that_broke_in_an_upgrade_ages_nothing(site_folder: Path) -> None:
    with writing() as session:
        session.execute(text("UPDATE article SET text_hash = '', based_on = '', dependency_hash = ''"))
        session.execute(text("DELETE FROM article_revision"))
    write(site_folder, {"en/pay/card.md": b"\xff\xff"})
    publish(site_folder)

    assert ages() == {"en": "", "lv": "", "pl": ""}

    change(site_folder, "By card or phone.", "major")

    assert ages() == {"en": "", "lv": "", "pl": ""}
    assert get("lv").based_on == get("en").text_hash


def test_one_changed_file_among_many_costs_a_handful_of_statements(site_folder: Path) -> None:
    write(site_folder, {f"{lang}/many/{number}.md": article(f"{number} in {lang}.") for lang in ("en", "lv") for number in range(300)})
    publish(site_folder)
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    def count_of(folder: Path, names: list[int], words: str) -> int:
        statements.clear()
        write(folder, {f"en/many/{name}.md": article(f"{name} {words}") for name in names})
        publish(folder)
        return sum("article_revision" in statement or "staleness" in statement for statement in statements)

    with writing() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        one, many = count_of(site_folder, [7], "anew"), count_of(site_folder, list(range(300)), "again")
    finally:
        event.remove(engine, "before_cursor_execute", note)

    updates_of_rows = 300 - 1  # each changed row is one UPDATE of its own, which was so before
    assert one <= 8
    assert many - one <= updates_of_rows
    assert {row.staleness for row in db.session.scalars(select(Article).where(Article.lang == "lv", Article.section == "many"))} == {"medium"}


def test_ages_are_the_same_on_any_database(tmp_path: Path, storage_app: Flask) -> None:
    folder = write(
        tmp_path / "site",
        {"site.yaml": SITE, **{f"{lang}/pay/card.md": article(f"By card, said in {lang}.") for lang in ("en", "lv", "pl")}},
    )
    with storage_app.app_context():
        publish(folder)
        change(folder, "By card or phone.", "typo")
        change(folder, "By card or phone.", "major")  # put right afterwards
        change(folder, "Telefonem.", lang="pl")

        assert ages() == {"en": "", "lv": "major", "pl": ""}

        for lang in ("en", "lv"):
            (folder / lang / "money").mkdir()
            (folder / lang / "pay/card.md").rename(folder / lang / "money/card.md")
        write(folder, {"site.yaml": SITE.replace("[en, lv, pl, sv]", "[sv, en, lv, pl]")})
        publish(folder)

        assert (ages(), ages("money/card")) == ({"pl": ""}, {"en": "", "lv": "major"})
