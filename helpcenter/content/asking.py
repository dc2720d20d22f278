"""What site.yaml says of feedback: where digests go, which surveys are asked, and the hold-out experiment."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

ADDRESS = re.compile(r"[^\s@<>,;:()\"\\]{1,64}@[^\s@<>,;:()\"\\]{1,255}\Z")


class Surveys(BaseModel):
    """Which surveys are asked; all are off until an editor says otherwise."""

    model_config = ConfigDict(extra="forbid")

    after_request: bool = False
    """Mail an invitation when a request was solved."""
    after_chat: bool = False
    """Offer the survey on the chat's page when the question is solved."""
    block: bool = False
    """Let the sites of `widget_origins` show the survey as a block."""


class Feedback(BaseModel):
    """How feedback is asked for and passed on."""

    model_config = ConfigDict(extra="forbid")

    digest: dict[str, str] = {}
    """The mail address by section that gets its comments once a week; `all` gets every section's."""
    surveys: Surveys = Surveys()
    hold_out_percent: int = Field(default=0, ge=0, le=50)
    """How many of a hundred contact forms are shown without suggestions, to learn what suggestions save."""

    @field_validator("digest")
    @classmethod
    def check_digest(cls, given: dict[str, str]) -> dict[str, str]:
        """Return *given* when each is a mail address."""
        for section, address in given.items():
            if not ADDRESS.match(address):
                raise ValueError(f"digest: {section}: {address} is no mail address such as team@example.org")
        return given
