"""The order of decision, the fallback chain, persons, steps, and purity."""

import json
from datetime import UTC, datetime

import pytest

from helpcenter.chat.dialogue import reply
from helpcenter.chat.rules import Rules
from helpcenter.chat.turns import Escalate, Leave, Message, Resolve, State
from tests.chat.talking import BOT, Piece, Talker, rules_of


@pytest.fixture
def ann(tmp_path) -> Talker:
    return Talker(rules_of(tmp_path))


def test_a_question_in_other_words_gets_the_answer_the_card_and_the_question_whether_it_is_solved(tmp_path):
    bot = BOT.replace("      - {label: Something else, fallback: true}\n", "      - {label: Something else, fallback: true}\n    solved: true\n")
    ann = Talker(rules_of(tmp_path, bot))
    turn = ann.say("could you send me a copy of the invoice please")

    assert turn.rule == "invoice.copy"
    assert turn.replies[1].article.url == "/en/articles/find-an-invoice"
    assert ann.labels == ["Yes, solved", "It is not there", "Something else", "No"]


def test_the_card_shows_the_passage_that_fits_the_question(ann):
    ann.pieces = [Piece("payments/find-an-invoice", "Choose the month and Download PDF.", 0.6)]
    turn = ann.say("I need a copy of my invoice")

    card = turn.replies[1].article
    assert (card.excerpt, card.url) == ("Choose the month and Download PDF.", "/en/articles/find-an-invoice#section")


def test_a_yes_resolves_and_the_next_question_opens_again(ann):
    ann.say("how do returns work")
    turn = ann.say("yes")
    assert turn.state.status == "resolved"
    assert turn.actions == (Resolve("returns.how"),)

    assert ann.say("my router is broken").state.status == "open"


def test_a_no_leads_to_a_person_who_gets_what_was_said(ann):
    ann.say("how do returns work")
    ann.choose("No")
    assert "You need not repeat anything" in ann.text

    ann.choose("Talk to a person")
    ann.say("Ann")
    ann.say("ann@example.org")
    assert "how do returns work" in ann.text
    turn = ann.say("yes")
    assert turn.state.status == "escalated"
    assert turn.actions == (
        Escalate(
            {"name": "Ann", "email": "ann@example.org", "problem": "how do returns work"},
            subject="how do returns work",
            body="how do returns work",
        ),
    )


def test_a_good_passage_is_quoted_when_no_rule_knows(ann):
    ann.pieces = [Piece("account/password", "Choose Forgotten password.", 0.8)]
    turn = ann.say("zzz qqq xxx")

    assert turn.rule == "fallback.passage"
    assert turn.replies[1].article.excerpt == "Choose Forgotten password."
    assert "Did this solve it?" in ann.text


def test_a_poor_passage_becomes_a_near_article_and_a_request_for_other_words(ann):
    ann.pieces = [Piece("account/password", "…", 0.3), Piece("account/password", "…", 0.29), Piece("feedback/idea", "…", 0.2), Piece("far/off", "…", 0.01)]
    turn = ann.say("zzz qqq xxx")

    assert [one.article.key for one in turn.replies if one.article] == ["account/password", "feedback/idea"]
    assert turn.replies[-1].rule == "fallback.rephrase"


def test_two_misses_offer_a_person_and_yes_takes_the_offer(ann):
    assert ann.say("zzz qqq").rule == "fallback.rephrase"
    assert ann.say("xxx vvv").rule == "fallback.person"
    assert ann.say("yes").state.form["flow"] == "builtin.person"


def test_an_answer_in_between_forgets_the_misses(ann):
    ann.say("zzz qqq")
    ann.say("how do returns work")

    assert ann.say("xxx vvv").rule == "fallback.rephrase"


@pytest.mark.parametrize(
    "words",
    ["human", "can I talk to a real person", "please connect me to an agent", "gribu runāt ar cilvēku", "savienojiet ar operatoru",
     "chcę porozmawiać z konsultantem", "jag vill prata med en människa", "операторға қосыңыз", "адаммен сөйлескім келеді"],
)  # fmt: skip
def test_a_person_is_one_sentence_away_in_every_language(ann, words):
    assert ann.say(words).state.form["flow"] == "builtin.person"


@pytest.mark.parametrize("words", ["add a person to my contract for broadband", "how many people can use the wifi at once"])
def test_a_word_for_a_person_alone_is_no_wish_for_one(ann, words):
    assert (ann.say(words).state.form or {}).get("flow") != "builtin.person"


def test_what_the_wish_for_a_person_is_about_is_kept(ann):
    ann.say("I want to talk to a person about my broken washing machine")
    ann.say("skip")
    ann.say("ann@example.org")

    assert "washing machine" in ann.text


def test_anger_is_met_with_sorry_and_a_person(ann):
    turn = ann.say("this is useless, you idiots")

    assert turn.replies[0].rule == "builtin.sorry"
    assert "Talk to a person" in ann.labels


def test_an_unsure_bot_asks_which_was_meant_and_keeps_the_words(tmp_path):
    bot = BOT + "\nsettings: {answer_at: 2, ask_at: 0}\n"
    ann = Talker(rules_of(tmp_path, bot))
    turn = ann.say("returns and invoices")
    assert turn.rule == "fallback.ask"
    assert "None of these" in ann.labels

    assert ann.choose("Return an item").rule == "returns.how"
    assert ann.turn.state.said == ["returns and invoices"]


def test_none_of_these_goes_down_the_fallback_chain(tmp_path):
    ann = Talker(rules_of(tmp_path, BOT + "\nsettings: {answer_at: 2, ask_at: 0}\n"))
    ann.say("returns and invoices")

    assert ann.choose("None of these").rule == "fallback.rephrase"


def test_typing_a_label_is_pressing_the_button(ann):
    ann.say("I need a copy of my invoice")

    assert ann.say("it is not there").state.form["flow"] == "invoice.missing"


def test_outside_hours_the_bot_says_when_a_person_answers(ann):
    ann.at(open_now=False, next_opening=datetime(2026, 1, 15, 8, 0, tzinfo=UTC))
    ann.say("talk to a person")

    assert "January 15, 2026 at 08:00" in ann.text


def test_rules_for_open_hours_are_silent_when_closed(tmp_path):
    bot = BOT.replace("    answer: Let us look at the lights.\n    flow: router.repair", "    when: {open: true}\n    answer: We ring you.")
    ann = Talker(rules_of(tmp_path, bot))
    assert ann.at(open_now=True).say("my router is broken").rule == "router.down"
    assert ann.at(open_now=False).say("my router is broken").rule != "router.down"


def test_an_answer_by_hours_says_the_one_that_holds(tmp_path):
    ann = Talker(rules_of(tmp_path, BOT.replace("answer: Let us look at the lights.", "answer: [{open: Now., closed: Later.}]")))
    ann.at(open_now=False).say("my router is broken")

    assert "Later." in ann.text and "Now." not in ann.text


def test_the_page_raises_its_rule_and_never_hides_another(tmp_path):
    bot = BOT.replace("    title: Return an item", "    title: Return an item\n    when: {page: /en/articles/returns/*}")
    there = Talker(rules_of(tmp_path, bot)).at(page="/en/articles/returns/how?x=1")
    elsewhere = Talker(rules_of(tmp_path, bot)).at(page="/en/")

    assert there.say("something back").confidence > elsewhere.say("something back").confidence
    assert there.say("I need a copy of my invoice").rule == "invoice.copy"


@pytest.mark.parametrize(
    ("when", "place", "raises"),
    [
        ("section: returns", {"section": "returns"}, True),
        ("section: returns", {"section": "returns/abroad"}, True),
        ("section: returns", {"section": "returnsandmore"}, False),
        ("section: [orders, returns]", {"section": "returns", "article": "returns/how"}, True),
        ("article: returns/how", {"section": "returns", "article": "returns/how"}, True),
        ("article: returns/how", {"section": "returns", "article": "returns/why"}, False),
    ],
)
def test_the_article_or_the_section_raises_its_rule_in_every_language_alike(tmp_path, when, place, raises):
    bot = BOT.replace("    title: Return an item", f"    title: Return an item\n    when: {{{when}}}")
    there, elsewhere = Talker(rules_of(tmp_path, bot)).at(**place), Talker(rules_of(tmp_path, bot))

    assert (there.say("something back").confidence > elsewhere.say("something back").confidence) is raises


def test_steps_branch_by_button_or_by_words_and_resume_after_a_question(ann):
    ann.say("my router is broken")
    assert "Which colour" in ann.text

    assert ann.say("how do returns work").replies[0].rule == "returns.how"
    assert ann.turn.replies[-1].rule == "builtin.resume"
    ann.say("it is green now")
    assert "All is well." in ann.text


def test_a_pattern_wins_over_the_matcher(ann):
    turn = ann.say("I complain about my invoice copy")

    assert (turn.rule, turn.confidence) == ("complaint", 1.0)


def test_a_language_without_rules_still_answers_greets_and_escalates(ann):
    kazakh = Talker(Rules(), lang="kk", pieces=[Piece("account/password", "Құпиясөз", 0.9, "kk")])
    assert kazakh.turn.replies[0].text
    assert kazakh.say("Сәлем").rule == "builtin.hello"
    assert kazakh.say("құпиясөзді ұмытып қалдым").rule == "fallback.passage"
    assert kazakh.say("адаммен сөйлескім келеді").state.form["flow"] == "builtin.person"


def test_good_bye_leaves(tmp_path):
    ann = Talker(Rules())

    assert ann.say("bye").actions == (Leave(),)


def test_after_escalation_what_is_not_understood_is_added_to_the_request(ann):
    ann.say("talk to a person")
    for words in ("Ann", "ann@example.org", "My washing machine sings at night", "yes"):
        ann.say(words)
    turn = ann.say("it sings louder now zzz")

    assert [action.text for action in turn.actions] == ["it sings louder now zzz"]
    assert ann.say("how do returns work").rule == "returns.how"


def test_start_over_forgets_the_place_and_keeps_the_address(ann):
    ann.say("my router is broken")
    turn = ann.say("start over")

    assert turn.state.step is None
    assert turn.replies[0].rule == "welcome"


def test_small_talk_is_no_part_of_the_story(ann):
    ann.say("hello")

    assert ann.turn.state.said == []


def test_the_wording_is_the_same_for_a_conversation_and_differs_between_them(tmp_path):
    rules = rules_of(tmp_path)
    said = {Talker(rules, seed=f"visitor {number}").say("hello").replies[0].text for number in range(20)}

    assert said == {"Hello!", "Hi there!", "Good day!"}
    assert Talker(rules, seed="x").say("hello") == Talker(rules, seed="x").say("hello")


def test_the_engine_is_pure_and_its_state_is_json(ann):
    before = json.dumps(ann.turn.state.to_json(), sort_keys=True)
    told = ann.told
    first = reply(Message("how do returns work"), ann.rules, ann.turn.state, **told)
    again = reply(Message("how do returns work"), ann.rules, State.from_json(json.loads(before)), **told)

    assert first == again
    assert json.dumps(ann.turn.state.to_json(), sort_keys=True) == before


def test_the_trace_says_which_rule_words_and_scores_decided(ann):
    trace = "\n".join(ann.say("I need a coppy of my invoice").trace)

    for piece in (ann.rules.revision, "best rule invoice.copy", "matched words", "invoice", "coppy → copy", "runners-up", "article payments/find-an-invoice"):
        assert piece in trace


def test_an_article_that_is_not_published_leaves_the_text(tmp_path):
    ann = Talker(rules_of(tmp_path, BOT.replace("payments/find-an-invoice", "gone/article")))
    turn = ann.say("I need a copy of my invoice")

    assert [one.article for one in turn.replies] == [None]
    assert any("gone/article is not published" in line for line in turn.trace)


def test_an_old_button_leads_back_to_the_welcome(ann):
    assert reply(Message(choice="nonsense:x"), ann.rules, ann.turn.state, **ann.told).replies[0].rule == "welcome"
    assert reply(Message(choice="rule:gone"), ann.rules, ann.turn.state, **ann.told).replies


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🙂" * 50, "\u202e" * 30, "a" * 10_000, "ن" * 3000, "x " * 5000, "{month} **b** <script>"])
def test_any_text_gets_an_answer(ann, text):
    turn = ann.say(text)

    assert turn.replies
    assert all("<script" not in one.html for one in turn.replies)
