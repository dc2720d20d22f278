"""The interface's own words in the visitor's language: gettext catalogues, dates and numbers.

The catalogues are `catalogues/<lang>.po` beside this module, read once at first use; there is no compiled copy to
forget. The message id is the English text. A language without a catalogue reads English.
"""

import io
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE_LANGUAGE = "en"
NAME = re.compile("[a-z0-9-]+")


@lru_cache(maxsize=64)
def translations(lang: str) -> NullTranslations:
    """Return the catalogue of *lang*, a region's own or that of its language; one without a catalogue gives the English text back."""
    path = next((path for name in (lang, lang.partition("-")[0]) if NAME.fullmatch(name) and (path := CATALOGUES / f"{name}.po").is_file()), None)
    if path is None:
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale(path.stem), abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


def interface_languages() -> list[str]:
    """Return the languages the interface speaks."""
    return sorted({SOURCE_LANGUAGE, *(path.stem for path in CATALOGUES.glob("*.po"))})


def gettext(lang: str, message: str, **values: object) -> str:
    """Return *message* in *lang*, with `%(name)s` filled from *values*."""
    text = translations(lang).gettext(message)
    return text % values if values else text


def ngettext(lang: str, one: str, many: str, n: int, **values: object) -> str:
    """Return the plural form that *lang* uses for *n*, with `%(n)s` and *values* filled in."""
    return translations(lang).ngettext(one, many, n) % {"n": n, **values}


@lru_cache(maxsize=128)
def locale(lang: str) -> Locale:
    """Return the CLDR locale of *lang*, English when CLDR does not know it."""
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(SOURCE_LANGUAGE)


def language_name(lang: str) -> str:
    """Return the name of *lang* in that language, as a switcher shows it."""
    name = locale(lang).get_display_name(locale(lang)) if locale(lang).language == lang.split("-")[0] else lang
    return name[:1].upper() + name[1:]


def text_direction(lang: str) -> str:
    """Return `ltr` or `rtl`."""
    return locale(lang).text_direction


def format_date(lang: str, day: date) -> str:
    """Return *day* as people write it in *lang*, for example "2026. gada 22. novembris"."""
    return babel_date(day, format="long", locale=locale(lang))


def format_moment(lang: str, moment: datetime, timezone: str) -> str:
    """Return *moment* in *timezone* as people write it in *lang*, to the minute."""
    spoken, local = locale(lang), moment.astimezone(ZoneInfo(timezone))
    day, time = babel_date(local, format="medium", locale=spoken), babel_time(local, format="short", locale=spoken)
    return spoken.datetime_formats["medium"].format(time, day)


def format_number(lang: str, number: float) -> str:
    """Return *number* with the separators of *lang*."""
    return format_decimal(number, locale=locale(lang))
