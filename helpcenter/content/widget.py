"""What site.yaml says of the widget: its looks on other sites, and what it offers on which of their pages."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

FULL_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
# Few stars: each may cost a look at the rest of the path.
PAGE_PATTERN = re.compile(r"/[^*?#]{0,300}(?:\*[^*?#]{0,300}){0,4}\Z")


class Widget(BaseModel):
    """How the widget looks and what it offers; `pages` maps paths of the sites around it to article keys."""

    model_config = ConfigDict(extra="forbid")

    accent: str | None = None
    position: Literal["start", "end"] = "end"
    pages: dict[str, list[str]] = {}

    @field_validator("accent")
    @classmethod
    def check_accent(cls, given: str | None) -> str | None:
        """Return *given* when it is a colour as `#rrggbb`."""
        if given is not None and not FULL_COLOUR.match(given):
            raise ValueError("a colour of the widget is written as #0b57d0")
        return given

    @field_validator("pages")
    @classmethod
    def check_pages(cls, given: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return *given* when each pattern is a path."""
        for pattern in given:
            if not PAGE_PATTERN.match(pattern):
                raise ValueError(f"{pattern} is no path such as /checkout/*")
        return given

    def articles_for(self, path: str) -> list[str]:
        """Return the article keys of the longest pattern that fits *path*; `*` stands for anything.

        >>> Widget(pages={"/checkout/*": ["payments/card"], "/checkout/address": ["delivery"]}).articles_for("/checkout/address")
        ['delivery']
        """
        fitting = [pattern for pattern in self.pages if fits(pattern, path)]
        return self.pages[max(fitting, key=lambda pattern: len(pattern.replace("*", "")))] if fitting else []


def fits(pattern: str, path: str) -> bool:
    """Return whether *path* is one of those that *pattern* means."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path) is not None
