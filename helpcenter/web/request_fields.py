"""The fields that site.yaml puts on the contact form, for pages and for what comes back from them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from helpcenter.content.request_fields import RequestField
from helpcenter.language.messages import gettext
from helpcenter.support import fields
from helpcenter.web.locale import current_site

BEFORE_NAME = "field-"
# Which kind the fields on the page were asked for.
ASKED_FOR = "asked_for"


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


REASONS = {
    "missing": _("Answer this: %(label)s"),
    "long": _("%(label)s: at most 200 characters"),
    "choice": _("Choose one: %(label)s"),
    "date": _("%(label)s: write a date such as 2026-11-22"),
    "email": _("%(label)s: write an e-mail address such as name@example.com"),
    "phone": _("%(label)s: write a telephone number such as +371 20000000"),
}


@dataclass(frozen=True)
class ShownField:
    """A field as the form shows it in one language."""

    name: str
    id: str
    type: str
    label: str
    hint: str
    required: bool
    kinds: str
    is_asked: bool
    choices: list[tuple[str, str]]


def shown_fields(lang: str, kind: str) -> list[ShownField]:
    """Return every field of the form in *lang*; those that are not for *kind* wait until their kind is chosen."""
    return [_shown(name, field, lang, kind) for name, field in current_site().requests.fields.items()]


def _shown(name: str, field: RequestField, lang: str, kind: str) -> ShownField:
    site = current_site()
    return ShownField(
        name=name,
        id=BEFORE_NAME + name,
        type=field.type,
        label=site.text(field.label, lang, name),
        hint=site.text(field.hint, lang),
        required=field.required,
        kinds=" ".join(field.kinds),
        is_asked=field.is_for(kind),
        choices=[(value, site.text(words, lang, value)) for value, words in field.choices.items()],
    )


def typed_answers(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the fields that there are, by their names."""
    return {name: given[BEFORE_NAME + name] for name in current_site().requests.fields if BEFORE_NAME + name in given}


def wrong_answers(lang: str, kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the answers for a request of *kind*, by the id of the field, in *lang*."""
    site = current_site()
    _answers, wrong = fields.checked_answers(site, kind, typed)
    return {
        BEFORE_NAME + one.name: gettext(lang, REASONS[one.reason], label=site.text(site.requests.fields[one.name].label, lang, one.name))
        for one in wrong
    }


def has_more(kind: str, asked_for: str) -> bool:
    """Return whether *kind* asks what a form for *asked_for* did not show: it was chosen without a script."""
    site = current_site()
    return bool(fields.fields_for(site, kind).keys() - fields.fields_for(site, asked_for).keys())


def in_words(slots: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the answers of a request with their labels, for whoever reads this page."""
    return fields.in_words(current_site(), slots, g.lang)
