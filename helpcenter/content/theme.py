"""The theme of site.yaml: what an editor changes of the looks, checked so that everything can still be read."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

from helpcenter.content.colours import DARK, LEAST_CONTRAST, LIGHT, Scheme, contrast, is_readable, readable, worst_background

COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
# Names of families, with or without quotes: nothing that could end a declaration or load a file.
FAMILY = re.compile(r"""[\w-][\w -]{0,59}\Z|"[\w -]{1,60}"\Z|'[\w -]{1,60}'\Z""")
MOST_FAMILIES = 10
WIDEST_RADIUS = 24


def check_colour(given: object) -> str:
    """Return *given* when it is a colour as `#rgb` or `#rrggbb`. Raises ValueError."""
    if not isinstance(given, str) or not COLOUR.match(given):
        raise ValueError("a colour is written as #0b57d0")
    return given


def check_contrast(given: str, scheme: Scheme, direction: str) -> str:
    """Return *given* when text in it can be read. Raises ValueError, which says where not, and names a colour that can."""
    if is_readable(given, scheme):
        return given
    under = worst_background(given, scheme)
    found = f"{given} on {under} has a contrast of {contrast(given, under):.1f}, and links and buttons need {LEAST_CONTRAST}"
    raise ValueError(f"{found}: make it {direction}, for example {readable(given, scheme)}")


class AccentPair(BaseModel):
    """An accent for light pages and one for dark ones, taken as they are."""

    model_config = ConfigDict(extra="forbid")

    light: str
    dark: str

    @field_validator("light", "dark")
    @classmethod
    def check_colour(cls, given: str) -> str:
        """Return *given* when it is a colour as `#rgb` or `#rrggbb`."""
        return check_colour(given)

    @field_validator("light")
    @classmethod
    def check_light(cls, given: str) -> str:
        """Return *given* when it can be read on light pages."""
        return check_contrast(given, LIGHT, "darker")

    @field_validator("dark")
    @classmethod
    def check_dark(cls, given: str) -> str:
        """Return *given* when it can be read on dark pages."""
        return check_contrast(given, DARK, "lighter")


# The accents of static/css/site.css.
SHIPPED = AccentPair(light="#0b57d0", dark="#8ab4f8")


class Theme(BaseModel):
    """How the pages look: `logo` is a path in the content folder, `radius` the pixels of round corners, `font` names installed families."""

    model_config = ConfigDict(extra="forbid")

    accent: AccentPair | None = None
    logo: str | None = None
    font: str | None = None
    radius: int | None = Field(default=None, ge=0, le=WIDEST_RADIUS)

    @field_validator("accent", mode="before")
    @classmethod
    def read_accent(cls, given: object) -> object:
        """Return *given* for light and for dark pages: one colour is moved until it can be read on each."""
        if given is None or isinstance(given, dict | AccentPair):
            return given
        accent = check_colour(given).lower()
        return SHIPPED if accent == SHIPPED.light else AccentPair(light=readable(accent, LIGHT), dark=readable(accent, DARK))

    @field_validator("font")
    @classmethod
    def check_font(cls, given: str | None) -> str | None:
        """Return *given* when it is nothing but names of families."""
        families = given.split(",") if given is not None else []
        if len(families) > MOST_FAMILIES or not all(FAMILY.match(family.strip()) for family in families):
            raise ValueError('a font is names of families such as "Source Sans 3", Georgia')
        return given
