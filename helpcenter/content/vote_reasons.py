"""What site.yaml says of the reasons that readers may pick after a vote."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, field_validator

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
MOST_REASONS = 8


class VoteReasons(BaseModel):
    """The reasons after No and after Yes: a name for each, and its words by language. Without any the usual ones are offered."""

    model_config = ConfigDict(extra="forbid")

    after_no: dict[str, dict[str, str]] = {}
    after_yes: dict[str, dict[str, str]] = {}

    @field_validator("after_no", "after_yes")
    @classmethod
    def check_names(cls, given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Return *given* when the names can be kept with votes and the list is short enough to read."""
        for name, words in given.items():
            if not NAME.match(name):
                raise ValueError(f"the name of a reason has only small letters, digits and -, unlike {name}")
            if not any(words.values()):
                raise ValueError(f"the reason {name} has no words")
        if len(given) > MOST_REASONS:
            raise ValueError(f"at most {MOST_REASONS} reasons can be read at a glance")
        return given
