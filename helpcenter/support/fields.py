"""What customers answer to the fields that site.yaml puts on the contact form: checked, and told to agents in words."""

import re
from collections.abc import Mapping
from datetime import date

from helpcenter.content.request_fields import RequestField
from helpcenter.content.site import Site
from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.mail.addresses import AddressRefused, checked_address

LONGEST_ANSWER = 200
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}[0-9]")
PHONE_DIGITS = range(6, 16)
TOLD_ELSEWHERE = ("email", "name", "problem")
DOTTED_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})\.?", re.ASCII)


class FieldRefused(ValueError):
    """An answer cannot be kept. *reason* is a key: "missing", "long", or the type that it should be of."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {REASONS[reason]}")
        self.name, self.reason = name, reason


REASONS = {
    "missing": "this has to be answered",
    "long": f"this is too long: at most {LONGEST_ANSWER} characters",
    "choice": "this is none of the choices",
    "date": "this is no date such as 2026-11-22",
    "email": "this is no e-mail address such as name@example.com",
    "phone": "this is no telephone number such as +371 20000000",
}


def fields_for(site: Site, kind: str) -> dict[str, RequestField]:
    """Return the fields that requests of *kind* are asked, by name."""
    return {name: field for name, field in site.requests.fields.items() if field.is_for(kind)}


def checked_answer(name: str, field: RequestField, typed: object) -> str:
    """Return the answer to *field* as it is kept, empty when there is none. Raises FieldRefused."""
    try:
        answer = clean_text(typed if typed is not None else "", limit=LONGEST_ANSWER, lines=False)
    except TextRefused:
        raise FieldRefused(name, "long") from None
    if not answer:
        if field.required:
            raise FieldRefused(name, "missing")
        return ""
    return READERS[field.type](name, field, answer)


def checked_answers(site: Site, kind: str, given: Mapping[str, object]) -> tuple[dict[str, str], list[FieldRefused]]:
    """Return the answers for a request of *kind* by name, without empty ones, and what is wrong; what nobody asked for is left out."""
    answers, wrong = {}, []
    for name, field in fields_for(site, kind).items():
        try:
            if answer := checked_answer(name, field, given.get(name)):
                answers[name] = answer
        except FieldRefused as refused:
            wrong.append(refused)
    return answers, wrong


def _text(_name: str, _field: RequestField, answer: str) -> str:
    return answer


def _choice(name: str, field: RequestField, answer: str) -> str:
    if answer not in field.choices:
        raise FieldRefused(name, "choice")
    return answer


def _date(name: str, _field: RequestField, answer: str) -> str:
    """Return the day as 2026-11-22; a browser without a calendar lets people write 22.11.2026."""
    dotted = DOTTED_DATE.fullmatch(answer)
    try:
        day = date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else date.fromisoformat(answer)
    except ValueError:
        raise FieldRefused(name, "date") from None
    return day.isoformat()


def _email(name: str, _field: RequestField, answer: str) -> str:
    try:
        return checked_address(answer)
    except AddressRefused:
        raise FieldRefused(name, "email") from None


def _phone(name: str, _field: RequestField, answer: str) -> str:
    if not PHONE.fullmatch(answer) or sum(character.isdigit() for character in answer) not in PHONE_DIGITS:
        raise FieldRefused(name, "phone")
    return answer


READERS = {"text": _text, "choice": _choice, "date": _date, "email": _email, "phone": _phone}


def in_words(site: Site, slots: Mapping[str, object], lang: str) -> list[tuple[str, str]]:
    """Return what is kept under *slots*: labels and answers, choices in their words, for people who read *lang*.

    What site.yaml does not know, or no more, keeps its name; what every request has is told elsewhere.
    """
    told = []
    for name, answer in slots.items():
        if name in TOLD_ELSEWHERE:
            continue
        field = site.requests.fields.get(name)
        label = site.text(field.label, lang, name) if field else name
        words = field.choices.get(str(answer), {}) if field else {}
        told.append((label, site.text(words, lang, str(answer))))
    return told
