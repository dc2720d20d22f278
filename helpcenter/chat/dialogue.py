"""The dialogue engine: one message in, one turn out.

Pure: the same rules, state, message, search and context always give the same turn, so a recorded conversation can be replayed over
new rules. It knows no database, no request and no clock.

The order of decision: a button; words that work anywhere (a person, start over, cancel); the form or step that is open; hard patterns
by priority; the matcher; the fallback chain.
"""

from __future__ import annotations

from helpcenter.chat import fallback, forms, persons, questions, small_talk, words
from helpcenter.chat.following import answer_rule, answer_several, follow, go_to_step, greet, offer_waiting, restart, take_choice
from helpcenter.chat.matcher import Match
from helpcenter.chat.rules import Rules
from helpcenter.chat.schema import Rule, Step
from helpcenter.chat.steps import named_choice
from helpcenter.chat.talk import Talk, choice_value
from helpcenter.chat.turns import Context, FindArticle, Message, Search, State, Turn
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


def first_state(lang: str, seed: str, context: Context) -> State:
    """Return the state in which a conversation begins: who has signed in need not say name and address again."""
    return State(lang, seed, known={name: context.visitor[name] for name in ("name", "email") if context.visitor.get(name)})


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
    offer_waiting(talk)
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
    if asked == "step":
        return go_on_or_leave(talk)
    if words.is_exactly(talk.text, words.YES):
        talk.note(f"read as a yes to what was asked ({asked})")
        take_choice(talk, "person" if asked == "person" else "solved:yes")
        return True
    if words.is_exactly(talk.text, words.NO):
        talk.note(f"read as a no to what was asked ({asked})")
        take_choice(talk, "rephrase" if asked == "person" else "solved:no")
        return True
    return False


def go_on_or_leave(talk: Talk) -> bool:
    """Take a yes or no to "Shall we go on where we were?"; tell whether it was one."""
    place = talk.state.step
    if place is not None and words.is_exactly(talk.text, words.YES):
        go_to_step(talk, place["flow"], place["step"])
        return True
    if place is not None and words.is_exactly(talk.text, words.NO):
        leave_steps(talk)
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
    known = sure_rule(talk)
    # "It does not work" began this flow, and inside it is an answer; it must not begin again.
    is_back = known is not None and known.flow == place["flow"]
    # A word shared with a label is a guess; a rule that is sure knows better.
    choice = named_choice(talk.text, step.choices, talk.lang, loosely=known is None or is_back)
    if choice is not None:
        return take_choice(talk, choice_value(choice, place["flow"]).value)
    if words.is_exactly(talk.text, words.CANCEL):
        return leave_steps(talk)
    if is_back or words.is_exactly(talk.text, words.YES) or words.is_exactly(talk.text, words.NO):
        return ask_step_again(talk, place, step)
    understand(talk)
    if talk.state.form is None and talk.state.step == place and talk.state.status == "open" and step.choices:
        talk.say(gettext(talk.lang, "Shall we go on where we were?"), "builtin.resume")
        talk.offer(choice_value(choice, place["flow"]) for choice in step.choices)
        talk.state.asked = "step"
    return None


def leave_steps(talk: Talk) -> None:
    """Leave a branching flow because the visitor wants so."""
    talk.state.step = None
    talk.say(gettext(talk.lang, "All right, we leave it there. What else can I do for you?"), "builtin.cancel")


def ask_step_again(talk: Talk, place: dict[str, str], step: Step) -> None:
    """Ask for one of the step's choices when the words fit none of them."""
    talk.note(f"flow {place['flow']} is open already: asked which choice of step {place['step']} was meant")
    talk.rule = place["flow"]
    talk.say(gettext(talk.lang, "Which of these fits best?"), f"{place['flow']}/{place['step']}")
    talk.offer(choice_value(choice, place["flow"]) for choice in step.choices)


def understand(talk: Talk) -> None:
    """Answer a free question: pattern, matcher, small talk, fallback."""
    annoyed = words.says(talk.text, words.FRUSTRATED)
    if not annoyed and (asked := several_questions(talk)):
        return answer_several(talk, asked)
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


def several_questions(talk: Talk) -> list[tuple[Rule, str]]:
    """Return the questions of the message with their rules when there are several; a pattern wins over all of them."""
    if talk.state.step is not None or find_by_pattern(talk, note=False) is not None:
        return []
    return questions.several(talk.text, talk.rules, talk.match)


def find_rule(talk: Talk) -> Rule | None:
    """Return the rule that is sure enough to answer, and note why."""
    rule = find_by_pattern(talk)
    if rule is not None:
        talk.confidence = 1.0
        return rule
    match = talk.match(talk.text)
    fallback.explain_match(talk, match)
    fallback.explain_conditions(talk, match)
    talk.confidence = match.confidence
    return talk.rules.rules.get(match.intent) if match.decision == "answer" else None


def sure_rule(talk: Talk) -> Rule | None:
    """Return the rule that would answer, without a note."""
    rule = find_by_pattern(talk, note=False)
    if rule is not None:
        return rule
    match = talk.match(talk.text)
    return talk.rules.rules.get(match.intent) if match.decision == "answer" else None


def find_by_pattern(talk: Talk, *, note: bool = True) -> Rule | None:
    """Return the first rule, by priority, one of whose patterns occurs in the message."""
    barred = talk.conditions()["excluded"]
    for rule, pattern in talk.rules.patterns:
        if rule.intent not in barred and pattern.search(talk.text):
            if note:
                talk.note(f"rule {rule.intent} by its pattern {pattern.pattern}")
            return rule
    return None


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
