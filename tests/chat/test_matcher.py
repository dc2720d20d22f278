"""Understanding: right, robust, explained, and the same everywhere."""

import json
import os
import subprocess
import sys

import pytest

from helpcenter.chat import weights
from helpcenter.chat.features import features, weigh
from helpcenter.chat.learning import IntentSource
from helpcenter.chat.matcher import Matcher, Thresholds
from tests.effort import calls

SOURCES = [
    IntentSource("invoice", ("I need a copy of my invoice", "download my bill", "where is last month's invoice", "print an invoice", "send the bill again")),
    IntentSource("return", ("how do returns work", "send an item back", "return a product", "it does not fit", "give it back")),
    IntentSource("router", ("my router is broken", "internet does not work", "no connection at home", "the red light is on", "broadband is down")),
    IntentSource("password", ("I forgot my password", "change password", "cannot log in", "reset the login", "my account is locked")),
]  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.learn(SOURCES, "en")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("please send me a copy of the bill", "invoice"), ("i wnat to retrun a produkt", "return"), ("internet is not working since today", "router"), ("passwrod forgotten", "password")],
)
def test_other_words_and_misspelt_words_find_the_intent(matcher, text, intent):
    assert matcher.rank(text).intent == intent


@pytest.mark.parametrize("text", ["what is the capital of France", "tell me the weather for tomorrow", "zzz qqq", "", "🙂", "12345"])
def test_what_is_out_of_scope_is_not_answered(matcher, text):
    assert matcher.rank(text).decision != "answer"


def test_an_example_itself_is_answered_whatever_stands_around_it(matcher):
    for source in SOURCES:
        for example in source.examples:
            match = matcher.rank(f"{example} NL-1234567 ann@example.org")
            assert (match.intent, match.decision) == (source.name, "answer"), example


def test_the_explanation_names_words_scores_repairs_and_the_nearest_example(matcher):
    match = matcher.rank("a coppy of the invoice")

    assert {"invoice", "coppy"} <= {word for word, _ in match.words}
    assert match.repairs == (("coppy", "copy"),)
    assert match.example == "I need a copy of my invoice"
    assert match.ranked[0][1] > match.ranked[1][1]


def test_a_repair_keeps_the_first_letter_and_short_words():
    matcher = Matcher.learn([IntentSource("bake", ("bake a cake",)), IntentSource("card", ("my card",))], "en")

    assert matcher.rank("make").repairs == ()
    assert matcher.rank("car").repairs == ()
    assert matcher.rank("baek").repairs == (("baek", "bake"),)


def test_keywords_raise_and_bar():
    sources = [
        IntentSource("copy", ("I need a copy",), all_of=("invoice",), any_of=("pdf", "again"), none_of=("price",)),
        IntentSource("other", ("how does it work",)),
    ]
    matcher = Matcher.learn(sources, "en")
    assert matcher.rank("invoice again").intent == "copy"
    assert matcher.rank("invoice again").confidence > matcher.rank("invoice").confidence
    assert "copy" not in dict(matcher.rank("invoice again price").ranked)


def test_excluded_intents_are_silent_and_the_thresholds_decide(matcher):
    assert matcher.rank("I forgot my password", excluded={"password"}).intent != "password"
    strict = Matcher.learn(SOURCES, "en", Thresholds(2, 1.9))
    assert strict.rank("change password").decision == "decline"


def test_the_payload_answers_like_the_original(matcher):
    copy = Matcher.from_payload(json.loads(json.dumps(matcher.to_payload())), SOURCES, "en", Thresholds())

    for text in ("a coppy of the invoice", "router", "zzz"):
        assert copy.rank(text) == matcher.rank(text)


def test_what_another_version_learned_is_learned_anew(matcher):
    stored = {**matcher.to_payload(), "learned_by": "another", "directions": [{}] * 4}

    assert Matcher.from_payload(stored, SOURCES, "en", Thresholds()).rank("change password").intent == "password"


def test_the_same_bytes_for_any_hash_seed():
    program = (
        "from tests.chat.test_matcher import SOURCES; from helpcenter.chat.matcher import Matcher; import json;"
        "m = Matcher.learn(SOURCES, 'en'); print(json.dumps(m.to_payload()), m.rank('a coppy of the bill please'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=200
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(answers) == 1


@pytest.mark.parametrize("text", ["word " * 2000, "mispeled" * 1200, " ".join(f"invoicx{letter}" for letter in "abcdefghij" * 170), "ł" * 10_000, "\u0301" * 9999])
def test_ten_thousand_characters_are_no_more_work_than_a_thousand(matcher, text):
    # Each text is new to every cache.
    short, long = (calls(lambda said=said: matcher.rank(said)) for said in (f"1 {text[:1000]}x1", f"2 {text}x2"))

    assert long < 1.5 * short
    assert long < 20_000


def test_no_intents_no_match():
    assert Matcher.learn([], "en").rank("hello").decision == "decline"
    assert Matcher.learn([IntentSource("only", ("hello there",))], "en").rank("hello there").intent == "only"


def many_sources(number: int) -> list[IntentSource]:
    """Return *number* intents that share most of their words."""
    things = [f"{first}{second}" for first in ("bal", "cor", "dun", "fel", "gim") for second in ("ta", "ro", "ni", "su", "ke", "mo", "li", "pe")]
    return [
        IntentSource(f"{thing}.{deed}", (f"how do I {deed} my {thing}", f"please {deed} the {thing} for me"))
        for thing in things
        for deed in ("change", "cancel", "return", "repair", "order", "track", "extend", "insure")
    ][:number]


@pytest.mark.parametrize("number", [weights.SCORED_IN_FULL, 320])
def test_the_right_one_of_very_many_intents_is_found(number):
    sources = many_sources(number)
    matcher = Matcher.learn(sources, "en")

    found = [matcher.rank(f"can I {source.name.partition('.')[2]} a {source.name.partition('.')[0]}?").intent for source in sources]

    assert found == [source.name for source in sources]


def test_of_very_many_intents_few_are_scored_but_those_in_full():
    matcher = Matcher.learn(many_sources(320), "en")
    vector = weigh(features(matcher.read("can I insure a balta?")[0], "en"), matcher.idf, matcher.unseen)

    scores = matcher.score(vector)

    assert 0 < len(scores) <= weights.CANDIDATES
    for place, score in scores.items():
        assert score == pytest.approx(sum(value * matcher.directions[place].get(name, 0.0) for name, value in vector.items()))


def test_a_keyword_counts_for_an_intent_that_no_example_speaks_for():
    sources = [*many_sources(320), IntentSource("warranty", ("is it under guarantee",), any_of=("xylophone",))]

    assert "warranty" in [name for name, _ in Matcher.learn(sources, "en").rank("balta xylophone").ranked]
