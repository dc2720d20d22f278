"""Forms: ask slot by slot, check, correct, confirm, and then act. Nobody has to say anything twice."""

from __future__ import annotations

from collections.abc import Callable

from helpcenter.chat import persons, words
from helpcenter.chat.fallback import person_choice, when_answered
from helpcenter.chat.form_parts import PERSON_FLOW, find_flow, label_of, person_flow, slot_by_label, slot_choices, slot_named
from helpcenter.chat.schema import Flow, Slot
from helpcenter.chat.slots import STRICT, kind_of, read_slot
from helpcenter.chat.talk import Talk
from helpcenter.chat.turns import Choice, Escalate
from helpcenter.chat.wording import PLACE, shorten
from helpcenter.language.messages import gettext

CONFIRM, CHANGE = "?confirm", "?change"
# After this many unreadable answers the visitor is offered a person.
TRIES = 3
# A free text is a digression only when the matcher is this much surer than it needs to be, or a question mark is there.
SURE = 1.5
LONGEST_SHOWN = 600

# Answers the question in the text, if a rule knows it; tells whether it did.
Aside = Callable[..., bool]


def start_person(talk: Talk) -> None:
    """Start the form that leads to a person; what was said so far is the problem."""
    if talk.state.form is not None:
        leave(talk)
    talk.rule = "builtin.person"
    intro = gettext(talk.lang, "Gladly: I pass this on to a person. Two short questions, so that the answer reaches you.")
    hours = when_answered(talk)
    talk.say(f"{intro}\n{hours}" if hours else intro, "builtin.person")
    flow = person_flow(talk.lang)
    slots = {"problem": "\n".join(talk.state.said)} if talk.state.said else {}
    open_form(talk, flow, slots)


def start(talk: Talk, flow: Flow) -> None:
    """Start a form of the rules."""
    talk.answer(flow.intro, flow.flow)
    open_form(talk, find_flow(talk, flow.flow) or flow, {})


def open_form(talk: Talk, flow: Flow, slots: dict[str, str]) -> None:
    """Begin a form with what is known already, and ask for the rest."""
    talk.state.step = None
    talk.state.pending = ""
    known = {slot.slot: value for slot in flow.form if (value := known_answer(talk, slot))}
    talk.state.form = {"flow": flow.flow, "slots": {**known, **slots}, "at": "", "tries": 0}
    if known or slots:
        talk.note(f"form {flow.flow}, known already: {', '.join(sorted({**known, **slots}))}")
    ask_next(talk, flow)


def known_answer(talk: Talk, slot: Slot) -> str | None:
    """Return a slot's answer from an earlier form or from what the visitor wrote."""
    if slot.reuse and slot.slot in talk.state.known:
        return talk.state.known[slot.slot]
    kind, _ = kind_of(slot, talk.rules.types)
    # Only what cannot be mistaken: "may" is a month and a verb, three digits may be anything.
    earlier = reversed(talk.state.said) if kind in ("email", "pattern") and slot.reuse else ()
    for text in earlier:
        value = read_slot(slot, text, talk.lang, talk.context.now.date(), talk.rules.types)
        if value is not None:
            return value
    return None


def ask_next(talk: Talk, flow: Flow) -> None:
    """Ask the first open question, or for confirmation."""
    form = talk.state.form
    for slot in flow.form:
        if slot.slot not in form["slots"]:
            form["at"], form["tries"] = slot.slot, 0
            return ask(talk, flow, slot)
    return confirm(talk, flow)


def ask(talk: Talk, flow: Flow, slot: Slot, *, before: str = "") -> None:
    """Ask one question, with its hint and its buttons."""
    question = "\n".join(part for part in (before, slot.ask, slot.hint if not before else "") if part)
    talk.say(question, flow.flow, slot_choices(talk, slot), **talk.state.form["slots"])


def take_answer(talk: Talk, *, aside: Aside) -> None:
    """Take what was typed while a form is open."""
    form = talk.state.form
    flow = find_flow(talk, form["flow"])
    if flow is None:
        talk.note(f"the form {form['flow']} does not exist any more")
        return cancel(talk)
    talk.rule = flow.flow
    talk.note(f"form {flow.flow}, at {form['at']}")
    if words.is_exactly(talk.text, words.CANCEL) or words.is_exactly(talk.text, words.RESTART):
        return cancel(talk)
    if flow.flow != PERSON_FLOW and persons.wants_person(talk.text) and not is_story(talk, flow):
        return start_person(talk)
    if form["at"] == CONFIRM:
        return take_confirmation(talk, flow, aside)
    if form["at"] == CHANGE:
        return take_change(talk, flow)
    return take_slot(talk, flow, slot_named(flow, form["at"]), aside)


def is_story(talk: Talk, flow: Flow) -> bool:
    """Tell whether a text that mentions a person is rather the answer: "your operator never called" in a complaint."""
    slot = slot_named(flow, talk.state.form["at"])
    asked = talk.state.form["at"] == slot.slot and kind_of(slot, talk.rules.types)[0] == "text"
    return asked and persons.tells_more(talk.text, talk.lang)


def take_slot(talk: Talk, flow: Flow, slot: Slot, aside: Aside) -> None:
    """Take words as the answer to a slot, as a correction, or as a question of its own."""
    if slot.optional and words.is_exactly(talk.text, words.SKIP):
        return fill(talk, flow, slot, "")
    if (other := named_for_change(flow, talk)) is not None:
        return ask_again_for(talk, flow, other)
    kind, _ = kind_of(slot, talk.rules.types)
    value = read_slot(slot, talk.text, talk.lang, talk.context.now.date(), talk.rules.types)
    if value is None or (kind == "text" and is_question(talk, slot)):
        if correct(talk, flow, slot):
            return None
        if aside(talk):
            return resume(talk, flow, slot)
    if value is None:
        return retry(talk, flow, slot)
    return fill(talk, flow, slot, value)


def is_question(talk: Talk, slot: Slot) -> bool:
    """Tell whether words for a free text are rather a question to the bot.

    The description of a problem often is a question, so there everything counts as the description.
    """
    if slot.slot == "problem" or len(talk.text) > 200:
        return False
    if any(rule.anywhere and pattern.search(talk.text) for rule, pattern in talk.rules.patterns):
        return True
    match = talk.match(talk.text)
    if match.decision != "answer":
        return False
    return talk.text.endswith("?") or match.confidence >= match.answer_at * SURE


def correct(talk: Talk, flow: Flow, slot: Slot) -> bool:
    """Take an answer that fits only an earlier question as its correction; tell whether it was one."""
    for earlier in flow.form:
        if earlier.slot == slot.slot or earlier.slot not in talk.state.form["slots"]:
            continue
        if kind_of(earlier, talk.rules.types)[0] not in STRICT:
            continue
        value = read_slot(earlier, talk.text, talk.lang, talk.context.now.date(), talk.rules.types)
        if value is not None:
            talk.note(f"corrected {earlier.slot}")
            keep(talk, earlier, value)
            talk.say(gettext(talk.lang, "Changed: %(label)s.", label=f"{label_of(earlier)} – {{changed}}"), flow.flow, changed=value)
            return ask_next(talk, flow) is None
    return False


def named_for_change(flow: Flow, talk: Talk) -> Slot | None:
    """Return the answered slot that "change my e-mail" names."""
    if not words.says(talk.text, words.CHANGE) or len(words.plain_words(talk.text)) > 8:
        return None
    filled = [slot for slot in flow.form if slot.slot in talk.state.form["slots"]]
    return slot_by_label(filled, talk.text, talk.lang)


def ask_again_for(talk: Talk, flow: Flow, slot: Slot) -> None:
    """Ask for one answer anew."""
    form = talk.state.form
    form["slots"].pop(slot.slot, None)
    talk.state.known.pop(slot.slot, None)
    form["at"], form["tries"] = slot.slot, 0
    talk.note(f"the visitor changes {slot.slot}")
    ask(talk, flow, slot)


def fill(talk: Talk, flow: Flow, slot: Slot, value: str) -> None:
    """Keep an answer and go on, taking with it what else the message told."""
    keep(talk, slot, value)
    if kind_of(slot, talk.rules.types)[0] == "text":
        for other in flow.form:
            if other.slot not in talk.state.form["slots"] and kind_of(other, talk.rules.types)[0] == "email":
                found = read_slot(other, talk.text, talk.lang, talk.context.now.date(), talk.rules.types)
                if found:
                    keep(talk, other, found)
    ask_next(talk, flow)


def keep(talk: Talk, slot: Slot, value: str) -> None:
    """Write down an answer, for this form and for later ones."""
    talk.state.form["slots"][slot.slot] = value
    if slot.reuse and value:
        talk.state.known[slot.slot] = value
    talk.note(f"{slot.slot} is filled" if value else f"{slot.slot} is left out")


def retry(talk: Talk, flow: Flow, slot: Slot) -> None:
    """Ask the same question with more help; after some tries offer a person."""
    talk.state.form["tries"] += 1
    help_text = slot.retry or slot.hint or gettext(talk.lang, "I could not read that.")
    talk.note(f"{slot.slot} could not be read (try {talk.state.form['tries']})")
    ask(talk, flow, slot, before=help_text)
    annoyed = words.says(talk.text, words.FRUSTRATED)
    if (annoyed or talk.state.form["tries"] >= TRIES) and flow.flow != PERSON_FLOW:
        talk.offer([person_choice(talk.lang)])


def resume(talk: Talk, flow: Flow, slot: Slot) -> None:
    """Go on with the form after a question was answered in between."""
    ask(talk, flow, slot, before=gettext(talk.lang, "And back to what we were doing:"))


def confirm(talk: Talk, flow: Flow) -> None:
    """Show what will be sent, and ask whether it is right; where nothing is sent, only when the form has words for it."""
    if not flow.then.request and not flow.confirm:
        return finish(talk, flow)
    form = talk.state.form
    form["at"] = CONFIRM
    if flow.confirm:
        text = flow.confirm
        unseen = [slot for slot in flow.form if slot.slot not in PLACE.findall(flow.confirm) and form["slots"][slot.slot]]
    else:
        text, unseen = gettext(talk.lang, "This is what I will pass on. Shall I send it?"), flow.form
    lines = [f"**{label_of(slot)}:** {{{slot.slot}}}" for slot in unseen if form["slots"].get(slot.slot)]
    shown = {name: value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…" for name, value in form["slots"].items()}
    choices = [
        Choice(gettext(talk.lang, "Yes, send it") if flow.then.request else gettext(talk.lang, "Yes"), "form:send"),
        Choice(gettext(talk.lang, "Change something"), "form:change"),
        Choice(gettext(talk.lang, "Cancel"), "form:cancel"),
    ]
    talk.say("\n".join([text, *lines]), flow.flow, choices, **shown)
    return None


def take_confirmation(talk: Talk, flow: Flow, aside: Aside) -> None:
    """Take what was typed at the confirmation."""
    if words.is_exactly(talk.text, words.YES):
        return finish(talk, flow)
    if (slot := named_for_change(flow, talk)) is not None:
        return ask_again_for(talk, flow, slot)
    if words.is_exactly(talk.text, words.NO) or words.says(talk.text, words.CHANGE, whole=True):
        return ask_what_to_change(talk, flow)
    if correct(talk, flow, Slot(slot="none", ask="?")):
        return None
    if not aside(talk):
        talk.say(gettext(talk.lang, "Please choose: shall I send this, or do you want to change something?"), flow.flow)
    return confirm(talk, flow)


def ask_what_to_change(talk: Talk, flow: Flow) -> None:
    """Offer each answer for a change."""
    talk.state.form["at"] = CHANGE
    choices = [Choice(label_of(slot), f"form:slot:{slot.slot}") for slot in flow.form]
    choices.append(Choice(gettext(talk.lang, "Cancel"), "form:cancel"))
    talk.say(gettext(talk.lang, "What would you like to change?"), flow.flow, choices)


def take_change(talk: Talk, flow: Flow) -> None:
    """Take the name of the answer to change."""
    slot = slot_by_label(flow.form, talk.text, talk.lang)
    if slot is not None:
        return ask_again_for(talk, flow, slot)
    if correct(talk, flow, Slot(slot="none", ask="?")):
        return None
    return confirm(talk, flow)


def take_button(talk: Talk, name: str) -> None:
    """Follow a button of the open form."""
    form = talk.state.form
    flow = find_flow(talk, form["flow"])
    if flow is None or name == "cancel":
        return cancel(talk)
    talk.rule = flow.flow
    kind, _, value = name.partition(":")
    at_question = form["at"] not in (CONFIRM, CHANGE)
    slot = slot_named(flow, value if kind == "slot" else form["at"])
    if kind == "send" and form["at"] == CONFIRM:
        return finish(talk, flow)
    if kind == "change" and form["at"] == CONFIRM:
        return ask_what_to_change(talk, flow)
    if kind == "slot":
        return ask_again_for(talk, flow, slot)
    if kind == "skip" and at_question and slot.optional:
        return fill(talk, flow, slot, "")
    if kind == "say" and at_question and value in ("yes", "no"):
        return fill(talk, flow, slot, value)
    if kind == "option" and at_question and value.isdecimal() and int(value) < len(slot.options):
        return fill(talk, flow, slot, slot.options[int(value)])
    # A button of an earlier question: ask the present one again.
    return ask_next(talk, flow) if at_question else confirm(talk, flow)


def leave(talk: Talk) -> None:
    """Close the form without sending; free texts already written belong to the story."""
    form, talk.state.form = talk.state.form, None
    flow = find_flow(talk, form["flow"])
    for slot in flow.form if flow else []:
        value = form["slots"].get(slot.slot)
        if value and kind_of(slot, talk.rules.types)[0] != "email" and slot.slot not in ("problem", "name"):
            talk.remember(f"{label_of(slot)}: {value}")


def cancel(talk: Talk) -> None:
    """Close the form because the visitor wants so."""
    talk.state.form = None
    talk.note("form cancelled")
    talk.say(
        gettext(talk.lang, "All right, nothing is sent. What else can I do for you?"), "builtin.cancel", [person_choice(talk.lang)]
    )


def finish(talk: Talk, flow: Flow) -> None:
    """Do what the form was filled for."""
    slots = talk.state.form["slots"]
    talk.state.form = None
    if flow.then.request:
        talk.actions.append(build_request(talk, flow, slots))
        talk.state.status = "escalated"
        talk.state.said = []
        talk.note(f"request of kind {flow.then.request.kind}")
    if flow.then.answer:
        talk.answer(flow.then.answer, flow.flow, **slots)
    elif flow.then.request:
        talk.say(
            gettext(talk.lang, "Thank you, this is with our team now. The answer comes to {email}; you get a confirmation in a moment."),
            flow.flow,
            **slots,
        )
    if flow.then.request and (hours := when_answered(talk)):
        talk.say(hours, flow.flow)
    if flow.then.leads_on:
        talk.leads_to = flow.then


def build_request(talk: Talk, flow: Flow, slots: dict[str, str]) -> Escalate:
    """Return the request of a finished form."""
    source = flow.then.request
    values = {**talk.rules.variables, **slots}
    subject = shorten(PLACE.sub(lambda match: values.get(match[1], match[0]), source.subject), 120)
    lines = [f"{label_of(slot)}: {slots[slot.slot]}" for slot in flow.form if slots.get(slot.slot) and slot.slot != "email"]
    said = [f"> {text}" for text in talk.state.said] if flow.flow != PERSON_FLOW else []
    body = PLACE.sub(lambda match: values.get(match[1], ""), source.body) if source.body else "\n".join([*lines, "", *said]).strip()
    return Escalate(
        slots={name: value for name, value in slots.items() if value},
        kind=source.kind,
        subject=subject,
        section=source.section,
        body=body,
        urgent=source.urgent,
    )
