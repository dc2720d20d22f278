"""Where a conversation goes: rules, flows, steps, articles, a person, an end. Each function says what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from helpcenter.chat import fallback, forms
from helpcenter.chat.schema import Rule, Then
from helpcenter.chat.talk import Talk, choice_value, fits
from helpcenter.chat.turns import Choice, Leave, Resolve, State
from helpcenter.chat.wording import shorten
from helpcenter.language.messages import gettext

# What a turn is called that asks which of several questions comes first.
SEVERAL = "builtin.several"
ANSWERED_TOGETHER, MOST_CHOICES = 2, 8


def greet(talk: Talk) -> None:
    """Say the welcome of the rules, or the built-in one."""
    welcome = talk.rules.welcome
    if welcome is not None:
        talk.answer(welcome.answer, "welcome")
        talk.offer(choice_value(choice) for choice in welcome.choices)
        return
    words_of_welcome = gettext(
        talk.lang,
        "Hello! I am an automatic assistant. Ask your question in your own words; a person is never more than one step away.",
    )
    talk.say(words_of_welcome, "welcome", [fallback.person_choice(talk.lang)])


def answer_rule(talk: Talk, rule: Rule) -> None:
    """Say a rule's answer and offer its choices, or start its flow."""
    talk.rule = rule.intent
    talk.note(f"answered by rule {rule.intent} ({talk.rules.origins.get(rule.intent, 'built in')})")
    talk.state.misses = 0
    talk.answer(rule.answer, rule.intent)
    talk.offer(choice_value(choice) for choice in rule.choices)
    if rule.flow:
        start_flow(talk, rule.flow)
    elif rule.asks_whether_solved:
        fallback.ask_whether_solved(talk)
    if rule.end == "left":
        talk.actions.append(Leave())


def answer_several(talk: Talk, asked: Sequence[tuple[Rule, str]]) -> None:
    """Answer two questions of one message one after the other; ask which comes first where one begins a flow, or where there are more."""
    talk.note("several questions in one message: " + ", ".join(f"“{text}” → {rule.intent}" for rule, text in asked))
    talk.remember(talk.text)
    talk.state.misses = 0
    talk.rule = asked[0][0].intent
    if len(asked) > ANSWERED_TOGETHER or any(rule.flow for rule, _ in asked):
        return ask_which_first(talk, asked)
    talk.confidence = min(talk.match(text).confidence for _, text in asked)
    for rule, text in asked:
        talk.text = text
        talk.note(f"answered by rule {rule.intent} ({talk.rules.origins.get(rule.intent, 'built in')})")
        talk.answer(rule.answer, rule.intent)
    choices = {choice.label: choice_value(choice) for rule, _ in asked for choice in rule.choices}
    talk.offer(list(choices.values())[:MOST_CHOICES])
    if any(rule.asks_whether_solved for rule, _ in asked):
        fallback.ask_whether_solved(talk)
    return None


def ask_which_first(talk: Talk, asked: Sequence[tuple[Rule, str]]) -> None:
    """Ask which of several questions comes first; the others are offered as soon as it is answered."""
    talk.rule = SEVERAL
    talk.state.waiting = [rule.intent for rule, _ in asked]
    talk.say(
        gettext(talk.lang, "You asked several things. Which shall we take first? The others come right after."),
        SEVERAL,
        waiting_choices(talk),
    )


def offer_waiting(talk: Talk) -> None:
    """Offer what was asked together with the question that is answered now, once nothing else is open."""
    talk.state.waiting = [name for name in talk.state.waiting if name != talk.rule and name in talk.rules.rules]
    if talk.rule == SEVERAL or talk.state.form is not None or talk.state.step is not None or not talk.state.waiting:
        return
    talk.say(gettext(talk.lang, "You also asked about this:"), talk.rule or SEVERAL, [*fallback.take_choices(talk), *waiting_choices(talk)])
    talk.state.waiting = []


def waiting_choices(talk: Talk) -> list[Choice]:
    """Return a button for each question that waits."""
    return [Choice(shorten(talk.rules.title(name), 80), f"rule:{name}") for name in talk.state.waiting]


def start_flow(talk: Talk, name: str) -> None:
    """Enter a flow: its form, or its first step."""
    flow = talk.rules.flows.get(name)
    if flow is None:
        talk.note(f"the flow {name} does not exist any more")
        return fallback.fall_back(talk, talk.text)
    talk.rule = talk.rule or name
    talk.state.misses = 0
    if flow.form:
        return forms.start(talk, flow)
    talk.answer(flow.intro, name)
    return go_to_step(talk, name, next(iter(flow.steps)))


def go_to_step(talk: Talk, name: str, step_name: str) -> None:
    """Say one step of a branching flow and offer its choices."""
    flow = talk.rules.flows.get(name)
    step = flow.steps.get(step_name) if flow else None
    if step is None:
        talk.note(f"the step {name}/{step_name} does not exist any more")
        return fallback.fall_back(talk, talk.text)
    talk.note(f"flow {name}, step {step_name}")
    talk.rule = talk.rule or name
    talk.answer(step.answer, f"{name}/{step_name}")
    talk.offer(choice_value(choice, name) for choice in step.choices)
    talk.state.step = {"flow": name, "step": step_name} if step.choices else None
    if step.solved or not step.choices:
        fallback.ask_whether_solved(talk)
    return None


def take_choice(talk: Talk, value: str) -> None:
    """Follow a button."""
    kind, _, name = value.partition(":")
    talk.note(f"button {value}")
    if kind == "form" and talk.state.form is not None:
        return forms.take_button(talk, name)
    if kind not in TARGETS:
        talk.note("an old button that leads nowhere any more")
        return greet(talk)
    if talk.state.form is not None:
        forms.leave(talk)
    if kind != "step":
        talk.state.step = None
    return TARGETS[kind](talk, name)


def take_rule(talk: Talk, name: str) -> None:
    """Answer by the rule that was chosen."""
    rule = talk.rules.rules.get(name)
    if rule is None or not fits(rule.when.visitor, talk.context.visitor):
        return greet(talk)
    # The words that led to the question belong to the story, and to the passage on the card.
    if talk.state.pending and not rule.small_talk:
        talk.remember(talk.state.pending)
        talk.text, talk.state.pending = talk.state.pending, ""
    talk.confidence = 1.0
    return answer_rule(talk, rule)


def take_step(talk: Talk, name: str) -> None:
    """Go to the step that was chosen."""
    flow, _, step = name.partition("/")
    go_to_step(talk, flow, step)


def take_article(talk: Talk, key: str) -> None:
    """Show the article that was chosen."""
    talk.rule = "builtin.article"
    talk.text = talk.state.said[-1] if talk.state.said else ""
    talk.show_article(key, "builtin.article")
    if talk.replies:
        return fallback.ask_whether_solved(talk)
    return fallback.fall_back(talk, talk.text)


def take_fallback(talk: Talk, name: str = "") -> None:
    """Go on with the fallback chain for what was asked before."""
    pending, talk.state.pending = talk.state.pending, ""
    text = pending
    if not text:
        return rephrase(talk)
    talk.text = text
    return fallback.fall_back(talk, text)


def take_person(talk: Talk, name: str = "") -> None:
    """Start the form that leads to a person."""
    if talk.state.pending:
        talk.remember(talk.state.pending)
        talk.state.pending = ""
    forms.start_person(talk)


def take_end(talk: Talk, name: str) -> None:
    """End as the choice says: solved, or left."""
    if name == "solved":
        return take_solved(talk, "yes")
    talk.actions.append(Leave())
    return talk.say(gettext(talk.lang, "Thank you for writing. I am here whenever you need me."), "builtin.bye")


def take_solved(talk: Talk, name: str) -> None:
    """Close on a yes; on a no, offer a person."""
    if name == "yes":
        talk.actions.append(Resolve(talk.state.last_rule))
        talk.state.status = "escalated" if talk.state.status == "escalated" else "resolved"
        talk.state.misses = 0
        talk.state.said = []
        return talk.say(gettext(talk.lang, "I am glad it is solved. Is there anything else? Just write."), "builtin.solved")
    talk.say(gettext(talk.lang, "I am sorry that this did not solve it."), "builtin.unsolved")
    fallback.offer_person(talk)
    return None


def rephrase(talk: Talk, name: str = "") -> None:
    """Invite another try."""
    talk.say(
        gettext(talk.lang, "Of course. Please write it in other words; a few key words are enough."),
        "fallback.rephrase",
        [fallback.person_choice(talk.lang)],
    )


def restart(talk: Talk, name: str = "") -> None:
    """Forget where the conversation stood, but not what was said to a person already."""
    status = talk.state.status if talk.state.status == "escalated" else "open"
    talk.state = replace(State(talk.lang, talk.state.seed), turn=talk.state.turn, known=talk.state.known, status=status)
    talk.note("started over")
    greet(talk)


TARGETS: dict[str, Callable[[Talk, str], None]] = {
    "rule": take_rule,
    "flow": start_flow,
    "step": take_step,
    "article": take_article,
    "fallback": take_fallback,
    "person": take_person,
    "restart": restart,
    "end": take_end,
    "solved": take_solved,
    "rephrase": rephrase,
}


def follow(talk: Talk, then: Then) -> None:
    """Go where a finished flow leads."""
    kind, name = then.goes_to
    TARGETS[kind](talk, name)
