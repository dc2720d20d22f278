"""The parts of a form: the built-in form that leads to a person, a form by name, a slot by its label."""

from __future__ import annotations

from helpcenter.chat import words
from helpcenter.chat.schema import Flow, RequestSource, Slot, Then
from helpcenter.chat.slots import kind_of, read_option
from helpcenter.chat.talk import Talk
from helpcenter.chat.turns import Choice
from helpcenter.language.messages import gettext

PERSON_FLOW = "builtin.person"


def person_flow(lang: str) -> Flow:
    """Return the built-in form that leads to a person, in the language's words."""
    return Flow(
        flow=PERSON_FLOW,
        form=[
            Slot(
                slot="name",
                label=gettext(lang, "Name"),
                ask=gettext(lang, "What is your name? You can leave this out."),
                optional=True,
            ),
            email_slot(lang),
            Slot(
                slot="problem",
                label=gettext(lang, "Your question"),
                ask=gettext(lang, "What can we do for you? Please describe it in a few words."),
                reuse=False,
            ),
        ],
        then=Then(request=RequestSource(kind="question", subject="{problem}", body="{problem}")),
    )


def email_slot(lang: str) -> Slot:
    """Return the question for the address to answer to."""
    return Slot(
        slot="email",
        type="email",
        label=gettext(lang, "E-mail"),
        ask=gettext(lang, "Which e-mail address may we answer to?"),
        hint=gettext(lang, "For example ann@example.org."),
    )


def find_flow(talk: Talk, name: str) -> Flow | None:
    """Return a form by name, built-in or from the rules; a request always has an address to answer to."""
    flow = person_flow(talk.lang) if name == PERSON_FLOW else talk.rules.flows.get(name)
    if flow is None or not flow.form or flow.then is None:
        return None
    if flow.then.request and all(slot.slot != "email" for slot in flow.form):
        return flow.model_copy(update={"form": [*flow.form, email_slot(talk.lang)]})
    return flow


def slot_choices(talk: Talk, slot: Slot) -> list[Choice]:
    """Return the buttons under a question."""
    choices = [Choice(option, f"form:option:{place}") for place, option in enumerate(slot.options)]
    if kind_of(slot, talk.rules.types)[0] == "yes_no":
        choices = [Choice(gettext(talk.lang, "Yes"), "form:say:yes"), Choice(gettext(talk.lang, "No"), "form:say:no")]
    if slot.optional:
        choices.append(Choice(gettext(talk.lang, "Skip"), "form:skip"))
    choices.append(Choice(gettext(talk.lang, "Cancel"), "form:cancel"))
    return choices


def slot_named(flow: Flow, name: str) -> Slot:
    """Return a form's slot; the first one when an edit of the rules took it away."""
    return next((slot for slot in flow.form if slot.slot == name), flow.form[0])


def slot_by_label(slots: list[Slot], text: str, lang: str) -> Slot | None:
    """Return the slot whose label or name the words contain."""
    label = read_option(text, [label_of(slot) for slot in slots], lang)
    if label is None:
        said = set(words.plain_words(text))
        return next((slot for slot in slots if set(slot.slot.split("_")) <= said), None)
    return next(slot for slot in slots if label_of(slot) == label)


def label_of(slot: Slot) -> str:
    """Return what a slot is called to the visitor."""
    return slot.label or slot.slot.replace("_", " ").capitalize()
