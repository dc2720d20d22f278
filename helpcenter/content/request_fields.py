"""Further questions of the contact form, by kind of request, as site.yaml lists them under `requests: fields:`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

REQUEST_KINDS = ("question", "problem", "complaint", "call_back", "feedback")
Kind = Literal[REQUEST_KINDS]
FIELD_TYPES = ("text", "choice", "date", "email", "phone")
MOST_FIELDS, MOST_CHOICES = 20, 50
# What requests keep under these names already.
TAKEN_NAMES = frozenset({"email", "name", "problem", "signed_in_as", "signed_in_email"})

Texts = dict[str, str]  # language -> text


class RequestField(BaseModel):
    """One question: its label and hint by language, what its answer must be, and for which kinds of request it is asked."""

    model_config = ConfigDict(extra="forbid")

    label: Texts = Field(min_length=1)
    hint: Texts = {}
    type: Literal[FIELD_TYPES] = "text"
    required: bool = False
    kinds: list[Kind] = []
    """Without any, it is asked for every kind."""
    choices: dict[str, Texts] = Field(default={}, max_length=MOST_CHOICES)

    @model_validator(mode="after")
    def check_choices(self) -> RequestField:
        """Return the field when it has something to choose from exactly if it is a choice."""
        if self.type == "choice" and len(self.choices) < 2:
            raise ValueError("a choice needs at least two choices, such as choices: {home: {en: At home}, work: {en: At work}}")
        if self.type != "choice" and self.choices:
            raise ValueError(f"choices are only for type: choice, and this is type: {self.type}")
        for name, words in self.choices.items():
            if not words:
                raise ValueError(f"choices: {name}: write its words by language, such as {name}: {{en: At home}}")
        return self

    def is_for(self, kind: str) -> bool:
        """Return whether requests of *kind* are asked this."""
        return not self.kinds or kind in self.kinds
