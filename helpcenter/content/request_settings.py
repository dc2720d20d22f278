"""The part of site.yaml about support requests: teams, service levels, fields of the contact form and canned replies."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from helpcenter.content.request_fields import MOST_FIELDS, TAKEN_NAMES, Kind, RequestField

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# What a canned reply may name.
REPLY_VARIABLES = frozenset({"name", "reference", "agent", "site"})

Texts = dict[str, str]  # language -> text


class Part(BaseModel):
    """What all parts share: a misspelt key is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Team(Part):
    """People who answer together; `hours` names a block of opening_hours, with the holidays of this team.

    Requests of its `kinds` and about its `sections` come to a team by themselves.
    """

    label: Texts = {}
    hours: str | None = None
    kinds: list[Kind] = []
    sections: list[str] = []


class ServiceLevel(Part):
    """What is promised to requests of a kind and priority, in working hours; left out, it holds for all of them."""

    kind: Kind | None = None
    priority: Literal["normal", "high"] | None = None
    first_answer: float | None = Field(default=None, gt=0, le=1000)
    solution: float | None = Field(default=None, gt=0, le=1000)


class CannedReply(Part):
    """A reply that agents insert, by language, with `{{ name }}`, `{{ reference }}`, `{{ agent }}` and `{{ site }}`."""

    title: Texts = Field(min_length=1)
    text: Texts = Field(min_length=1)

    @field_validator("text")
    @classmethod
    def check_variables(cls, given: Texts) -> Texts:
        """Return *given* when it names only what there is."""
        for text in given.values():
            for name in VARIABLE.findall(text):
                if name not in REPLY_VARIABLES:
                    raise ValueError(f"{{{{ {name} }}}} is none of {', '.join(sorted(REPLY_VARIABLES))}")
        return given


class RequestSettings(Part):
    """How requests are shared out and answered."""

    teams: dict[str, Team] = {}
    service_levels: list[ServiceLevel] = []
    """The first that fits a request holds; without any, answer_within_hours does."""
    reopen_days: int = Field(default=14, ge=1, le=365)
    """So long a solved request opens again when its customer writes; later their words are a new request."""
    undo_send_seconds: int = Field(default=0, ge=0, le=120)
    """So long an agent may take a reply back before anybody sees it."""
    canned_replies: dict[str, CannedReply] = {}
    fields: dict[str, RequestField] = Field(default={}, max_length=MOST_FIELDS)
    """Further questions of the contact form, in the order asked."""

    @field_validator("fields")
    @classmethod
    def check_free_names(cls, given: dict) -> dict:
        """Return *given* when no name is one that requests use already."""
        for name in given:
            if name in TAKEN_NAMES:
                raise ValueError(f"{name} is kept with every request already; give the field another name, such as other_{name}")
        return given

    @field_validator("teams", "canned_replies", "fields")
    @classmethod
    def check_names(cls, given: dict) -> dict:
        """Return *given* when each name can stand in a form."""
        for name in given:
            if not NAME.match(name):
                raise ValueError(f"{name} is no name such as billing: small letters, digits, - and _, a letter first")
        return given
