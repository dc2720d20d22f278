"""Whatever is said or pressed, in whatever order, the bot answers, at once, and its state stays JSON."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpcenter.chat.dialogue import reply
from helpcenter.chat.turns import Message, State
from tests.chat.talking import Piece, Talker, rules_of
from tests.effort import calls

SAID = [
    "I need a copy of my invoice", "how do returns work?", "my router is broken", "talk to a person", "cancel", "start over", "yes", "no",
    "skip", "march", "123456", "ann@example.org", "change my email", "zzz qqq", "this is useless", "I complain", "red", "hello", "", "🙂",
]  # fmt: skip
VALUES = [
    "person", "fallback", "rephrase", "restart", "solved:yes", "solved:no", "flow:invoice.missing", "flow:router.repair", "flow:gone",
    "step:router.repair/fine", "step:gone/gone", "rule:returns.how", "article:payments/find-an-invoice", "article:gone/x", "end:left",
    "end:solved", "form:send", "form:change", "form:cancel", "form:skip", "form:slot:month", "form:say:yes", "form:option:0", "x:y", ":",
]  # fmt: skip
MESSAGES = st.one_of(
    st.sampled_from(SAID).map(Message),
    st.sampled_from(VALUES).map(lambda value: Message(choice=value)),
    st.text(max_size=60).map(Message),
)


@pytest.fixture(scope="module")
def ann(tmp_path_factory) -> Talker:
    """Return Ann, with a search that finds something poor."""
    return Talker(rules_of(tmp_path_factory.mktemp("bot")), pieces=[Piece("account/password", "Choose it.", 0.3)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages=st.lists(MESSAGES, min_size=1, max_size=12))
def test_any_conversation_goes_on(ann, messages):
    state = ann.turns[0].state
    for message in messages:
        turn = reply(message, ann.rules, state, **ann.told)
        assert turn.replies
        assert all(one.html and "<script" not in one.html for one in turn.replies)
        assert turn.state.status in ("open", "form", "escalated", "resolved")
        state = State.from_json(json.loads(json.dumps(turn.state.to_json())))


@pytest.mark.parametrize("text", ["word " * 2000, "mispeled" * 1250, "🙂" * 10_000, "ن" * 10_000, "a@" * 5000, "1" * 10_000, "[x](" * 2500, "**" * 5000])
@pytest.mark.parametrize("place", ["open", "form"])
def test_ten_thousand_characters_are_no_more_work_than_a_thousand(ann, text, place):
    state = ann.turns[0].state
    if place == "form":
        state = reply(Message(choice="person"), ann.rules, state, **ann.told).state
    short, long = (calls(lambda said=said: reply(Message(said), ann.rules, state, **ann.told)) for said in (f"1{text[:1000]}", f"2{text}"))

    assert long < 1.5 * short
    assert long < 50_000


def test_a_long_problem_is_passed_on_whole(ann):
    state = reply(Message(choice="person"), ann.rules, ann.turns[0].state, **ann.told).state
    story = "It began on Monday. " * 400
    for words in ("Ann", "ann@example.org", story, "yes"):
        turn = reply(Message(words), ann.rules, state, **ann.told)
        state = turn.state

    assert turn.actions[0].slots["problem"] == story.strip()
