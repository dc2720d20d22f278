"""site.yaml: what it may say, what is guessed without it, and what is said about mistakes."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from helpcenter.content.problems import FolderRefused
from helpcenter.content.site import Site, load_site
from tests.content.folders import ROOT, write


def problems_of(folder, text):
    """Return the problems of a site.yaml as lines."""
    return [str(problem) for problem in load_site(write(folder, {"site.yaml": text}))[1]]


def test_the_site_of_the_sample_articles_has_no_problem():
    site, problems = load_site(ROOT / "articles")

    assert problems == []
    assert site.languages == ["en", "lv", "pl", "sv", "kk"]
    assert site.title_of("orders", "lv") == "Pasūtījumi un piegāde"


def test_a_site_survives_being_stored():
    site, _ = load_site(ROOT / "articles")

    assert Site.model_validate(site.model_dump(mode="json")) == site


def test_without_the_file_languages_come_from_folder_names_english_first(tmp_path):
    write(tmp_path, {"de/a.md": "x", "en/a.md": "x", "pt_BR/a.md": "x", "media/a.md": "x", "bot/a.yaml": "x"})

    site, problems = load_site(tmp_path)

    assert problems == []
    assert site.languages == ["en", "de", "pt-br"]


def test_a_misspelt_key_is_reported_with_its_line_and_the_nearest_key(tmp_path):
    found = problems_of(tmp_path, "name: X\nlanguagess: [en]\nchannels:\n- kind: chat\n  labl: {}\n")

    assert "site.yaml:2: unknown-key There is no key languagess. Did you mean languages?" in found
    assert "site.yaml:5: unknown-key There is no key labl. Did you mean label?" in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("languages: [english]", "english is no language code"),
        ("languages: []", "at least 1 item"),
        ("timezone: Mars/Olympus", "no time zone"),
        ("languages: [en]\nfallbacks: {en: [lv]}", "lv is not among languages"),
        ("languages: [en]\nfallbacks: {klingon: [en]}", "klingon is no language code"),
        ("opening_hours: {p: {mon-fry: '8-9'}}", "mon-fry names no days"),
        ("opening_hours: {p: {mon: '8-9'}}", "no span of hours"),
        ("opening_hours: {p: {mon: '08:00-25:00'}}", "no time of day"),
        ("opening_hours: {p: {holidays: [2026-02-31]}}", "no date"),
        ("channels: [{kind: chat, hours: people}]\nopening_hours: {peopel: {mon: '08:00-09:00'}}", "Did you mean peopel"),
        ("theme: {accent: 'red;}'}", "a colour is written as"),
        ("theme: {accent: {light: '#ffd700', dark: '#ffd700'}}", "#ffd700 on #f5f7fa has a contrast of 1.3, and links and buttons need 4.5: make it darker, for example #7f6b00"),
        ("theme: {accent: {light: '#0b57d0', dark: '#0b57d0'}}", "theme.accent.dark: #0b57d0 on #1d232b has a contrast of 2.5, and links and buttons need 4.5: make it lighter"),
        ("theme: {accent: {light: '#0b57d0'}}", "theme.accent.dark: Field required"),
        ("theme: {font: 'Arial; } body { display: none'}", "a font is names of families"),
        ("theme: {font: 'url(https://example.org/a.woff2)'}", "a font is names of families"),
        ("theme: {radius: 400}", "less than or equal to 24"),
        ("theme: {fnt: Arial}", "Did you mean font"),
        ("sections: [{key: A B}]", "only small letters"),
        ("sections: [{key: a}, {key: a}]", "stands there twice"),
        ("- a\n- b", "Expected keys"),
        ("name: 'x", "Not valid YAML"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, text, words):
    assert words in "\n".join(problems_of(tmp_path, text))


def test_a_file_that_is_not_utf_8_is_said(tmp_path):
    write(tmp_path, {"site.yaml": "name: Ā".encode("utf-16")})

    assert "not UTF-8" in str(load_site(tmp_path)[1][0])


def test_a_missing_folder_is_refused_in_one_line(tmp_path):
    with pytest.raises(FolderRefused, match=r"nowhere does not exist\. Set HELPCENTER_ARTICLES"):
        load_site(tmp_path / "nowhere")


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    write(tmp_path, {"articles": "x"})

    with pytest.raises(FolderRefused, match="is not a folder"):
        load_site(tmp_path / "articles")


def test_texts_fall_back_along_the_chain():
    site = Site(languages=["en", "lv", "pl"], fallbacks={"pl": ["lv"]})

    assert site.chain("pl") == ["pl", "lv", "en"]
    assert site.text({"en": "Hello", "lv": "Sveiki"}, "pl") == "Sveiki"
    assert site.title_of("getting-started", "pl") == "Getting started"


def test_a_name_may_differ_by_language(tmp_path):
    write(tmp_path, {"site.yaml": "languages: [en, lv]\nname: {en: Help, lv: Palīdzība}"})

    site, _ = load_site(tmp_path)

    assert (site.name, site.name_in("lv")) == ("Help", "Palīdzība")


HOURS = {
    "people": {"mon-fri": "08:00-12:00, 13:00-20:00", "sat": "10:00-16:00", "holidays": ["2026-12-24", "01-01"]},
    "night": {"daily": "22:00-02:00"},
}
SITE = Site(timezone="Europe/Riga", opening_hours=HOURS)


def riga(text):
    """Return a moment in Riga."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Riga"))


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        ("people", "2026-11-23 08:00", True),
        ("people", "2026-11-23 07:59", False),
        ("people", "2026-11-23 12:30", False),
        ("people", "2026-11-23 20:00", False),
        ("people", "2026-11-22 12:00", False),  # a Sunday
        ("people", "2026-12-24 12:00", False),  # a holiday
        ("people", "2027-01-01 12:00", False),  # a holiday every year
        ("night", "2026-11-23 23:00", True),
        ("night", "2026-11-23 01:59", True),  # still yesterday's night
        ("night", "2026-11-23 02:00", False),
        (None, "2026-11-22 03:00", True),  # no hours means always
    ],
)
def test_people_are_there_in_their_hours(hours, moment, is_open):
    assert SITE.is_open(hours, riga(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23 07:00", "2026-11-23 08:00"),
        ("2026-11-23 12:30", "2026-11-23 13:00"),
        ("2026-11-21 16:30", "2026-11-23 08:00"),
        ("2026-12-23 20:30", "2026-12-25 08:00"),
    ],
)
def test_the_next_opening_leaves_out_nights_weekends_and_holidays(moment, opening):
    assert SITE.next_opening("people", riga(moment)) == riga(opening)


def test_the_next_opening_keeps_local_time_over_the_change_of_clocks():
    # Clocks go back in the night to 25 October 2026; eight o'clock stays eight o'clock.
    found = SITE.next_opening("people", riga("2026-10-24 17:00"))

    assert found.isoformat() == "2026-10-26T08:00:00+02:00"


def test_people_who_never_come_have_no_next_opening():
    assert Site(opening_hours={"p": {"mon": "closed"}}).next_opening("p", riga("2026-11-23 07:00")) is None


@pytest.mark.parametrize(("key", "is_key"), [("pay/cards", True), ("pay//cards", False), ("pay/", False), ("/pay", False), ("p" * 201, False)])
def test_the_key_of_a_sub_section_is_a_path(tmp_path, key, is_key):
    found = problems_of(tmp_path, f"languages: [en]\nsections: [{{key: {key}}}]")

    assert (found == []) is is_key


def test_icon_and_order_are_one_value_or_one_by_language(tmp_path):
    text = "languages: [en, lv]\nsections:\n- {key: a, icon: book, order: 5}\n- {key: b, icon: {lv: truck}, order: {lv: 1}}\n"
    site, problems = load_site(write(tmp_path, {"site.yaml": text}))

    assert problems == []
    assert [site.icon_of("a", "lv"), site.icon_of("b", "lv")] == ["book", "truck"]
    assert [sorted("ab", key=lambda key: site.place_of(key, lang)) for lang in ("en", "lv")] == [["a", "b"], ["b", "a"]]
    assert Site.model_validate(site.model_dump(mode="json")) == site


def test_an_order_that_is_no_number_is_said(tmp_path):
    assert "order takes a whole number" in problems_of(tmp_path, "languages: [en]\nsections:\n- {key: a, order: first}\n")[0]
