"""The dialogue engine: one message in, one turn out.

Pure: the same rules, state, message, search and context always give the same turn, so a recorded conversation can be replayed over
new rules. It knows no database, no request and no clock.

The order of decision: a button; words that work anywhere (a person, start over, cancel); the form or step that is open; hard patterns
by priority; the matcher; the fallback chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from helpcenter.chat import fallback, forms, persons, small_talk, words
from helpcenter.chat.matcher import Match
from helpcenter.chat.rules import LanguageRules, Rules
from helpcenter.chat.schema import Rule, Then
from helpcenter.chat.slots import read_option
from helpcenter.chat.talk import Talk, choice_value
from helpcenter.chat.turns import Choice, Context, FindArticle, Leave, Message, Resolve, Search, State, Turn
from helpcenter.language.messages import gettext

# A longer message is cut; the boundary lets none through.
LONGEST_MESSAGE = 10_000


def reply(
    message: Message, rules: Rules, state: State, *, search: Search, find_article: FindArticle, context: Context
) -> Turn:
    """Return the bot's turn: replies, next state, trace and actions."""
    talk = open_talk(rules, state, context, search, find_article)
    talk.text = message.text.strip()[:LONGEST_MESSAGE]
    choice = message.choice or chosen(talk.text, state)
    talk.state.offered = []
    asked, talk.state.asked = talk.state.asked, ""
    if talk.state.status == "resolved":
        talk.state.status = "open"
    if choice:
        take_choice(talk, choice)
    elif not talk.text:
        talk.say(gettext(talk.lang, "Please write your question in a few words."), "builtin.empty")
    else:
        take_words(talk, asked)
    if talk.leads_to is not None:
        follow(talk, talk.leads_to)
    return close_talk(talk)


def begin(rules: Rules, state: State, *, search: Search, find_article: FindArticle, context: Context) -> Turn:
    """Return the turn with which the bot opens a conversation."""
    talk = open_talk(rules, state, context, search, find_article)
    greet(talk)
    return close_talk(talk)


def open_talk(rules: Rules, state: State, context: Context, search: Search, find_article: FindArticle) -> Talk:
    """Return the turn in the making, over a copy of the state."""
    copied = State.from_json(state.to_json())
    copied.turn += 1
    talk = Talk(rules.of(state.lang), copied, context, search, find_article)
    talk.note(f"rules {rules.revision}, language {state.lang}, turn {copied.turn}")
    return talk


def close_talk(talk: Talk) -> Turn:
    """Return the finished turn; the buttons offered are remembered, so that typing a label works too."""
    talk.state.offered = [
        {"label": choice.label, "value": choice.value} for bubble in talk.replies for choice in bubble.choices
    ]
    if talk.state.form is not None:
        talk.state.status = "form"
    elif talk.state.status == "form":
        talk.state.status = "open"
    talk.state.last_rule = talk.rule
    return Turn(
        tuple(talk.replies), talk.state, tuple(talk.trace), tuple(talk.actions), talk.rule, round(talk.confidence, 4)
    )


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


def chosen(text: str, state: State) -> str | None:
    """Return the value of the offered button whose label or value was typed."""
    said = words.plain_words(text)
    for offered in state.offered:
        if text == offered["value"] or (said and said == words.plain_words(offered["label"])):
            return offered["value"]
    return None


def take_words(talk: Talk, asked: str) -> None:
    """Answer what the visitor typed."""
    if talk.state.form is not None:
        forms.take_answer(talk, aside=answer_aside)
    elif persons.wants_person(talk.text):
        talk.note("asked for a person")
        if persons.tells_more(talk.text, talk.lang):
            talk.remember(talk.text)
        forms.start_person(talk)
    elif words.is_exactly(talk.text, words.RESTART):
        restart(talk)
    elif asked and take_yes_or_no(talk, asked):
        return
    elif talk.state.step is not None:
        take_step_words(talk)
    else:
        understand(talk)


def take_yes_or_no(talk: Talk, asked: str) -> bool:
    """Take a typed yes or no as the answer to what the bot asked; tell whether it was one."""
    if words.is_exactly(talk.text, words.YES):
        take_choice(talk, "person" if asked == "person" else "solved:yes")
        return True
    if words.is_exactly(talk.text, words.NO):
        take_choice(talk, "rephrase" if asked == "person" else "solved:no")
        return True
    return False


def take_step_words(talk: Talk) -> None:
    """Take words inside a branching flow: a choice in other words, or a question of its own after which the flow goes on."""
    place = talk.state.step
    flow = talk.rules.flows.get(place["flow"])
    step = flow.steps.get(place["step"]) if flow else None
    if step is None:
        talk.state.step = None
        return understand(talk)
    # A word shared with a label is a guess; a rule that is sure knows better.
    known = find_by_pattern(talk) or talk.match(talk.text).decision == "answer"
    label = read_option(talk.text, [choice.label for choice in step.choices], talk.lang, loosely=not known)
    if label is not None:
        choice = next(one for one in step.choices if one.label == label)
        return take_choice(talk, choice_value(choice, place["flow"]).value)
    if words.is_exactly(talk.text, words.CANCEL):
        talk.state.step = None
        return talk.say(gettext(talk.lang, "All right, we leave it there. What else can I do for you?"), "builtin.cancel")
    understand(talk)
    if talk.state.form is None and talk.state.step == place and talk.state.status == "open" and step.choices:
        talk.say(gettext(talk.lang, "Shall we go on where we were?"), "builtin.resume")
        talk.offer(choice_value(choice, place["flow"]) for choice in step.choices)
    return None


def understand(talk: Talk) -> None:
    """Answer a free question: pattern, matcher, small talk, fallback."""
    annoyed = words.says(talk.text, words.FRUSTRATED)
    rule = find_rule(talk)
    if rule is not None:
        if not rule.small_talk:
            talk.remember(talk.text)
        answer_rule(talk, rule)
        if annoyed and not rule.flow and not talk.state.asked:
            talk.note("words of frustration: a person is offered too")
            talk.offer([fallback.person_choice(talk.lang)])
        return
    if annoyed:
        talk.remember(talk.text)
        return fallback.apologise(talk)
    if small_talk.answer(talk):
        return
    match = talk.match(talk.text)
    if match.decision == "ask" and talk.state.status != "escalated":
        return fallback.ask_which(talk, match)
    return fallback.fall_back(talk, talk.text)


def find_rule(talk: Talk) -> Rule | None:
    """Return the rule that is sure enough to answer, and note why."""
    rule = find_by_pattern(talk)
    if rule is not None:
        talk.confidence = 1.0
        return rule
    match = talk.match(talk.text)
    fallback.explain_match(talk, match)
    talk.confidence = match.confidence
    return talk.rules.rules.get(match.intent) if match.decision == "answer" else None


def find_by_pattern(talk: Talk) -> Rule | None:
    """Return the first rule, by priority, one of whose patterns occurs in the message."""
    barred = talk.conditions()["excluded"]
    for rule, pattern in talk.rules.patterns:
        if rule.intent not in barred and pattern.search(talk.text):
            talk.note(f"rule {rule.intent} by its pattern {pattern.pattern}")
            return rule
    return None


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
    if rule is None:
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


def answer_aside(talk: Talk, *, sure: float = 1.0) -> bool:
    """Answer a question in the middle of a form; tell whether there was an answer.

    Only the words of the rule are said: its buttons and flow would lead away from the form. *sure* scales the threshold.
    """
    rule = find_by_pattern(talk)
    if rule is None:
        match: Match = talk.match(talk.text)
        if match.decision != "answer" or match.confidence < match.answer_at * sure:
            return False
        rule = talk.rules.rules[match.intent]
        fallback.explain_match(talk, match)
        talk.confidence = match.confidence
    if not rule.answer:
        return False
    talk.rule = rule.intent
    talk.note(f"a question inside the form, answered by rule {rule.intent}; the form goes on")
    talk.answer(rule.answer, rule.intent)
    return True


def follow(talk: Talk, then: Then) -> None:
    """Go where a finished flow leads."""
    kind, name = then.goes_to
    TARGETS[kind](talk, name)
