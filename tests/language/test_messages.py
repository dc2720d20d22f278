"""Words, dates and numbers of the interface in the visitor's language."""

from datetime import UTC, date, datetime

import pytest

from helpcenter.language import messages

MOMENT = datetime(2026, 11, 22, 13, 5, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "day"),
    [
        ("en", "November 22, 2026"),
        ("lv", "2026. gada 22. novembris"),
        ("pl", "22 listopada 2026"),
        ("sv", "22 november 2026"),
        ("kk", "2026 ж. 22 қараша"),
    ],
)
def test_a_day_is_written_as_people_write_it(lang, day):
    # CLDR puts a narrow no-break space before abbreviations.
    assert messages.format_date(lang, date(2026, 11, 22)).replace("\u202f", " ") == day


def test_a_moment_is_told_to_the_minute_in_the_sites_time_zone():
    assert messages.format_moment("sv", MOMENT, "Europe/Riga") == "22 nov. 2026 15:05"


def test_a_language_without_a_catalogue_reads_english():
    assert messages.gettext("de", "Search") == "Search"
    assert messages.translations("../../etc/passwd").gettext("Search") == "Search"


@pytest.mark.parametrize(("lang", "name", "direction"), [("lv", "Latviešu", "ltr"), ("kk", "Қазақ тілі", "ltr"), ("ar", "العربية", "rtl"), ("xx", "Xx", "ltr")])
def test_a_language_is_named_in_itself(lang, name, direction):
    assert (messages.language_name(lang), messages.text_direction(lang)) == (name, direction)
