"""The library's own settings, which editors keep in site.yaml: languages, sections, channels, hours, theme."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from helpcenter.content.asking import Feedback
from helpcenter.content.hardened_yaml import Document, YamlRefused, load
from helpcenter.content.languages import language_code, language_folders
from helpcenter.content.opening_hours import OpeningHours
from helpcenter.content.problems import ERROR, FolderRefused, Problem, nearest
from helpcenter.content.request_fields import RequestField
from helpcenter.content.request_settings import RequestSettings
from helpcenter.content.theme import Theme
from helpcenter.content.vote_reasons import VoteReasons
from helpcenter.content.widget import Widget
from helpcenter.language.collation import sort_key

SITE_FILE = "site.yaml"
MAX_SITE_BYTES = 256 * 1024
DEFAULT_LANGUAGE = "en"
KEY = re.compile(r"(?=.{1,200}\Z)[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*\Z")
ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(?::\d{1,5})?\Z")
VARIABLE = re.compile(r"[A-Za-z][\w-]{0,59}\Z", re.ASCII)

Texts = dict[str, str]  # language -> text
# The place of a section whose editor gives none, as it is for articles.
USUAL_ORDER = 1000


class Part(BaseModel):
    """What all parts of site.yaml share: a misspelt key is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Section(Part):
    """A group of articles, with its title and description by language. `payments/cards` belongs to `payments`.

    `icon` and `order` are one value, or one by language; one value is kept as that of the language "".
    """

    key: str
    icon: Texts = {}
    order: dict[str, int] = {}
    title: Texts = {}
    description: Texts = {}
    found: bool = False
    """True for a section that no editor listed; it was found in the articles."""

    @field_validator("key")
    @classmethod
    def check_key(cls, given: str) -> str:
        """Return *given* when it can be a folder and a part of a URL."""
        if not KEY.match(given):
            raise ValueError("a section's key has only small letters, digits, - and _, and / before a sub-section")
        return given

    @field_validator("icon", mode="before")
    @classmethod
    def read_icon(cls, given: object) -> object:
        """Return *given* by language."""
        return {"": given} if given and isinstance(given, str) else given or {}

    @field_validator("order", mode="before")
    @classmethod
    def read_order(cls, given: object) -> object:
        """Return *given* by language."""
        by_language = given if isinstance(given, dict) else {"": given}
        try:
            return {lang: int(str(order)) for lang, order in by_language.items()}
        except ValueError:
            raise ValueError("order takes a whole number, or one for each language") from None


class Channel(Part):
    """One way to reach a person; `hours` names a block of opening_hours, nothing means always."""

    kind: str
    value: str = ""
    values: Texts = {}
    """The value by language, where it is one text for each, such as the address of an office."""
    label: Texts = {}
    hours: str | None = None

    @model_validator(mode="before")
    @classmethod
    def read_values(cls, given: object) -> object:
        """Return *given* with a value by language taken apart."""
        if isinstance(given, dict) and isinstance(given.get("value"), dict):
            return {**given, "values": given["value"], "value": next(iter(given["value"].values()), "")}
        return given


class AnswerTimes(Part):
    """Within how many working hours a person answers, by kind of request."""

    question: int = Field(default=8, ge=1, le=1000)
    complaint: int = Field(default=4, ge=1, le=1000)


def known_code(name: str) -> str:
    """Return the code of the language *name*. Raises ValueError when there is no such language."""
    code = language_code(name)
    if code is None:
        raise ValueError(f"{name} is no language code such as en or pt-br")
    return code


class Site(Part):
    """The library's settings. The first language is the default; texts fall back along `fallbacks`."""

    name: str = "Help center"
    names: Texts = {}
    languages: list[str] = Field(default=[DEFAULT_LANGUAGE], min_length=1)
    fallbacks: dict[str, list[str]] = {}
    timezone: str = "UTC"
    sections: list[Section] = []
    channels: list[Channel] = []
    opening_hours: dict[str, OpeningHours] = {}
    theme: Theme = Theme()
    answer_within_hours: AnswerTimes = AnswerTimes()
    feedback: Feedback = Feedback()
    requests: RequestSettings = RequestSettings()
    widget_origins: list[str] = []
    """The sites, as https://shop.example, that may show the widget."""
    widget: Widget = Widget()
    vote_reasons: VoteReasons = VoteReasons()
    variables: dict[str, str | Texts] = {}
    """Words that articles name as {{ var.name }}: one text, or one by language."""
    approval: bool = False
    """Whether what editors save for readers needs a second person's approval."""
    video_hosts: list[Literal["youtube.com", "vimeo.com"]] = []
    """The sites whose videos play on our pages once a reader clicks; elsewhere the click leads there."""

    @model_validator(mode="before")
    @classmethod
    def read_names(cls, given: object) -> object:
        """Return *given* with a name by language taken apart."""
        if isinstance(given, dict) and isinstance(given.get("name"), dict):
            names = given["name"]
            return {**given, "names": names, "name": next(iter(names.values()), "Help center")}
        return given

    @field_validator("languages")
    @classmethod
    def check_languages(cls, given: list[str]) -> list[str]:
        """Return *given* as language codes, each once."""
        return list(dict.fromkeys(map(known_code, given)))

    @field_validator("fallbacks")
    @classmethod
    def check_fallbacks(cls, given: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return *given* with language codes; a language that the site has not says what its readers get instead."""
        return {known_code(lang): [known_code(other) for other in chain] for lang, chain in given.items()}

    @field_validator("timezone")
    @classmethod
    def check_timezone(cls, given: str) -> str:
        """Return *given* when this machine knows that time zone."""
        try:
            ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{given} is no time zone such as Europe/Riga") from None
        return given

    @field_validator("widget_origins")
    @classmethod
    def check_origins(cls, given: list[str]) -> list[str]:
        """Return *given* when each is an origin; it becomes part of a header."""
        for origin in given:
            if not ORIGIN.match(origin):
                raise ValueError(f"{origin} is no address such as https://shop.example, without a path")
        return given

    @field_validator("variables")
    @classmethod
    def check_variables(cls, given: dict[str, str | Texts]) -> dict[str, str | Texts]:
        """Return *given* when each name can be written between braces."""
        for name in given:
            if not VARIABLE.match(name):
                raise ValueError(f"{name} is no name such as support_phone: letters, digits, - and _, a letter first")
        return given

    @model_validator(mode="after")
    def check_names(self) -> Site:
        """Return the site when the names it uses exist."""
        for chain in self.fallbacks.values():
            for other in chain:
                if other not in self.languages:
                    raise ValueError(f"fallbacks: {other} is not among languages")
        for channel in self.channels:
            if channel.hours is not None and channel.hours not in self.opening_hours:
                hint = nearest(channel.hours, self.opening_hours)
                raise ValueError(f"channels: there are no opening_hours named {channel.hours}.{hint}")
        for name, team in self.requests.teams.items():
            if team.hours is not None and team.hours not in self.opening_hours:
                hint = nearest(team.hours, self.opening_hours)
                raise ValueError(f"requests: teams: {name}: there are no opening_hours named {team.hours}.{hint}")
        keys = [section.key for section in self.sections]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"sections: {key} stands there twice")
        return self

    @property
    def default_language(self) -> str:
        """The language shown to whoever asks for none of ours."""
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the opening hours."""
        return ZoneInfo(self.timezone)

    def chain(self, lang: str) -> list[str]:
        """Return the languages to look in for *lang*, itself first, the default language last."""
        return list(dict.fromkeys([lang, *self.fallbacks.get(lang, []), self.default_language]))

    def text(self, texts: Texts, lang: str, default: str = "") -> str:
        """Return the text of *texts* in *lang* or along its chain."""
        for code in (*self.chain(lang), *texts):
            if texts.get(code):
                return texts[code]
        return default

    def name_in(self, lang: str) -> str:
        """Return the site's name in *lang*."""
        return self.text(self.names, lang, self.name)

    def section(self, key: str) -> Section:
        """Return the section *key*, listed or not."""
        return next((section for section in self.sections if section.key == key), Section.model_construct(key=key))

    def title_of(self, section: Section | str, lang: str) -> str:
        """Return the section's title in *lang*; without any, its key in words."""
        section = self.section(section) if isinstance(section, str) else section
        return self.text(section.title, lang, words_of(section.key))

    def description_of(self, section: Section | str, lang: str) -> str:
        """Return the section's description in *lang*, or nothing."""
        section = self.section(section) if isinstance(section, str) else section
        return self.text(section.description, lang)

    def icon_of(self, section: Section | str, lang: str) -> str:
        """Return the name of the section's icon in *lang*, or nothing."""
        section = self.section(section) if isinstance(section, str) else section
        return self.text(section.icon, lang)

    def place_of(self, key: str, lang: str) -> tuple:
        """Return what sorts the sections beside each other: by `order`, then as listed, then by title in *lang*."""
        section = self.section(key)
        order = next((section.order[code] for code in (*self.chain(lang), "") if code in section.order), USUAL_ORDER)
        listed = next((n for n, one in enumerate(self.sections) if one.key == key and not one.found), len(self.sections))
        return order, listed, sort_key(self.title_of(section, lang), lang), key

    def variable(self, name: str, lang: str) -> str | None:
        """Return the text of the variable *name* for articles in *lang*, None when nobody defined it."""
        found = self.variables.get(name)
        return self.text(found, lang) if isinstance(found, dict) else found

    def is_open(self, hours: str | None, at: datetime.datetime) -> bool:
        """Return whether the people of the named hours are there at *at*; no name means always."""
        return hours is None or hours not in self.opening_hours or self.opening_hours[hours].is_open(at, self.zone)

    def next_opening(self, hours: str | None, at: datetime.datetime) -> datetime.datetime | None:
        """Return when the named hours next begin after *at*, in the site's time zone."""
        named = self.opening_hours.get(hours) if hours else None
        return named.next_opening(at, self.zone) if named else None


def ancestors(key: str) -> list[str]:
    """Return the sections that the section *key* is in, from the top down.

    >>> ancestors("payments/invoices/paper")
    ['payments', 'payments/invoices']
    """
    parts = key.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def words_of(key: str) -> str:
    """Return a key as a title.

    >>> words_of("getting-started")
    'Getting started'
    """
    text = re.sub(r"[-_]+", " ", key.rpartition("/")[2]).strip()
    return text[:1].upper() + text[1:]


def load_site(folder: Path) -> tuple[Site, list[Problem]]:
    """Return the site of *folder* and what is wrong with its site.yaml.

    Without the file, or when it cannot be used, the site is guessed from the folder's languages.
    Raises FolderRefused when the folder itself cannot be read.
    """
    try:
        guessed = guess_site(folder)
    except OSError as error:
        raise FolderRefused(folder_refusal(folder, error)) from error
    path = folder / SITE_FILE
    if not path.exists() and not path.is_symlink():
        return guessed, []
    try:
        document = read_site_file(path)
    except YamlRefused as error:
        return guessed, [Problem(SITE_FILE, error.line, "bad-site", ERROR, error.message)]
    if not isinstance(document.value, dict):
        return guessed, [Problem(SITE_FILE, 1, "bad-site", ERROR, "Expected keys such as name: and languages:.")]
    try:
        return Site.model_validate({"languages": guessed.languages, **without_nulls(document.value)}), []
    except ValidationError as error:
        return guessed, site_problems(error, document)


def folder_refusal(folder: Path, error: OSError | RuntimeError) -> str:
    """Return the one line said about a content folder that cannot be read."""
    # A loop of symbolic links is a RuntimeError before Python 3.13.
    if isinstance(error, FileNotFoundError):
        reason = "does not exist"
    elif isinstance(error, NotADirectoryError):
        reason = "is not a folder"
    else:
        reason = f"cannot be read ({getattr(error, 'strerror', None) or 'a loop of symbolic links'})"
    return f"The content folder {folder} {reason}. Set HELPCENTER_ARTICLES to a folder of Markdown files."


def read_site_file(path: Path) -> Document:
    """Return the YAML of *path*. Raises YamlRefused, also for what is no file or no UTF-8."""
    try:
        if path.stat().st_size > MAX_SITE_BYTES:
            raise YamlRefused(1, f"The file is larger than {MAX_SITE_BYTES // 1024} KB.")
        return load(path.read_text(encoding="utf-8-sig"), aliases=True)
    except UnicodeDecodeError as error:
        raise YamlRefused(1, "The file is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise YamlRefused(1, f"The file cannot be read ({error.strerror}).") from error


def without_nulls(value: object) -> object:
    """Return *value* without the keys that were left empty, so that their defaults hold."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def guess_site(folder: Path) -> Site:
    """Return a site made from the names of the language folders, the default language first."""
    codes = sorted(language_folders(folder)) or [DEFAULT_LANGUAGE]
    codes.sort(key=lambda code: code != DEFAULT_LANGUAGE)
    return Site(languages=codes)


def site_problems(error: ValidationError, document: Document) -> list[Problem]:
    """Return one problem per mistake that pydantic found, with the line of the key."""
    return [_site_problem(dict(finding), document) for finding in error.errors(include_url=False)]


def _site_problem(finding: dict, document: Document) -> Problem:
    place = tuple(finding["loc"])
    line = document.line_of(place)
    if finding["type"] == "extra_forbidden":
        known = keys_at(place[:-1])
        hint = nearest(str(place[-1]), known)
        return Problem(SITE_FILE, line, "unknown-key", ERROR, f"There is no key {place[-1]}.{hint}")
    message = finding["msg"].removeprefix("Value error, ")
    where = ".".join(str(part) for part in place)
    return Problem(SITE_FILE, line, "bad-site", ERROR, f"{where}: {message}." if where else f"{message}.")


def keys_at(place: tuple) -> list[str]:
    """Return the keys that site.yaml knows at *place*."""
    models = {
        "sections": Section,
        "channels": Channel,
        "theme": Theme,
        "answer_within_hours": AnswerTimes,
        "vote_reasons": VoteReasons,
        "feedback": Feedback,
        "requests": RequestSettings,
    }
    model = models.get(str(place[0])) if place else Site
    if place[:2] == ("requests", "fields") and len(place) == 3:
        model = RequestField
    return [name for name in model.model_fields if name not in ("names", "values", "found")] if model else []
