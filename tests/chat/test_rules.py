"""The rule language: what is read, what is refused and where, and the published copy."""

import json

import pytest

from helpcenter.chat.dialogue import reply
from helpcenter.chat.rules import Rules, from_payload, load_rules, to_payload
from helpcenter.chat.turns import Context, Message, State
from tests.chat.talking import BOT, NOW, Talker, rules_of, write_bot

FIVE = "examples: [one a, two b, three c, four d, five e]"
FORM = "form: [{slot: month, type: month, ask: Which?}]"


def found(tmp_path, text, **kwargs):
    """Return the problems of a bot file as `line CODE message`."""
    _, problems = load_rules(write_bot(tmp_path, text), ["en"], **kwargs)
    return [f"{one.line} {one.code} {one.message}" for one in problems]


CASES = [
    ("rules:\n  - intent: a\n    exampels: [x]\n    answer: y\n", "3 UNKNOWN-KEY the key `exampels` is not known here; did you mean `examples`?"),
    ("rulez: []\n", "1 UNKNOWN-KEY the key `rulez` is not known here; did you mean `rules`?"),
    ("rules:\n  - examples: [x]\n    answer: y\n", "2 MISSING-KEY rules: the key `intent` is missing"),
    ("rules:\n  - intent: a\n    examples: [x]\n", "2 BAD-VALUE rules: a rule needs an answer or a flow"),
    (f"rules:\n  - intent: a\n    {FIVE}\n    answer: y\n    choices:\n      - {{label: Go, flow: gone}}\n", "6 UNKNOWN-FLOW there is no flow `gone`"),
    (f"rules:\n  - intent: order.status\n    {FIVE}\n    answer: y\n    choices:\n      - {{label: Go, rule: order.statsu}}\n", "6 UNKNOWN-RULE there is no rule `order.statsu`; did you mean `order.status`?"),
    (f"rules:\n  - intent: a\n    {FIVE}\n    answer: y\n    choices: [{{label: Go}}]\n", "5 BAD-VALUE rules → choices: a choice needs exactly one of"),
    (f"rules:\n  - intent: a\n    {FIVE}\n    answer: y\n    patterns: ['(a)\\1']\n", "5 BAD-VALUE rules → patterns: the pattern does not compile"),
    (f"rules:\n  - intent: a\n    {FIVE}\n    answer: y\n  - intent: a\n    examples: [q, w, e, r, t]\n    answer: z\n", "5 TWO-RULES the rule `a` stands at bot/en/bot.yaml:2 too"),
    (f"rules:\n  - intent: a\n    {FIVE}\n    answer: y\n  - intent: b\n    examples:\n      - Two  B\n      - w\n      - e\n      - r\n      - t\n    answer: z\n", "7 SAME-EXAMPLE “Two  B” is an example of a too"),
    (f"flows:\n  - flow: f\n    {FORM}\n", "2 BAD-VALUE flows: a form needs `then`"),
    (f"flows:\n  - flow: f\n    {FORM}\n    confirm: For {{mouth}}?\n    then: {{person: true}}\n", "2 UNKNOWN-SLOT {mouth} is no slot of this form; did you mean `month`?"),
    (f"flows:\n  - flow: f\n    {FORM}\n    then: {{request: {{kind: callback, subject: x}}}}\n", "4 NOT-ONE-OF flows → then → request → kind: `callback` is not one of"),
    ("flows:\n  - flow: f\n    form: [{slot: a, type: emial, ask: x}]\n    then: {person: true}\n", "3 UNKNOWN-TYPE there is no type `emial`; did you mean `email`?"),
    ("flows:\n  - flow: f\n    form: [{slot: a, type: choice, ask: x}]\n    then: {person: true}\n", "3 BAD-VALUE flows → form: a slot of type choice needs options"),
    ("flows:\n  - flow: f\n    steps:\n      a: {answer: x, choices: [{label: y, step: c}]}\n      b: {answer: x}\n", "4 UNKNOWN-STEP there is no step `c`"),
    ("flows:\n  - flow: f\n    steps:\n      a: {answer: x}\n      b: {answer: x}\n", "5 UNREACHED no choice leads to the step `b`"),
    ("rules:\n  - intent: a\n    examples: [x]\n    answer: y\n", "2 FEW-EXAMPLES a has 1 examples"),
    ("rules:\n  - intent: builtin.a\n    patterns: x\n    answer: y\n", "2 RESERVED `builtin.a`"),
    ("rules:\n  - intent: a\n    answer: y\n    answer: z\n", "4 YAML-TWICE the key `answer` comes twice"),
    ("rules: &x []\nflows: *x\n", "1 YAML-ALIAS anchors and aliases"),
    ("rules: !!python/object/apply:os.system [ls]\n", "1 YAML-TAG the tag tag:yaml.org,2002:python/object/apply:os.system is not accepted"),
    ("a: " + "[" * 2000, "1 YAML-DEPTH brackets are nested too deeply"),
    ("- x\n", "1 YAML-KEY the file must hold keys"),
    ("rules: [\n", "2 YAML "),
    ("settings: {answer_at: high}\n", "1 BAD-VALUE settings → answer_at"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[wanted[:30] for _, wanted in CASES])
def test_what_is_wrong_is_said_with_its_line_and_the_nearest_valid_word(tmp_path, text, wanted):
    assert any(one.startswith(wanted) for one in found(tmp_path, text)), found(tmp_path, text)


def test_an_article_that_does_not_exist_is_an_error_with_the_nearest_key(tmp_path):
    text = f"rules:\n  - intent: a\n    {FIVE}\n    answer:\n      - article: payments/find-an-invioce\n"
    wanted = "5 UNKNOWN-ARTICLE there is no article `payments/find-an-invioce`; did you mean `payments/find-an-invoice`?"

    assert found(tmp_path, text, article_keys={"payments/find-an-invoice", "returns/return"}) == [wanted]


def test_a_condition_on_a_place_that_does_not_exist_is_an_error(tmp_path):
    text = f"rules:\n  - intent: a\n    {FIVE}\n    when: {{section: payment, article: payments/find}}\n    answer: x\n"

    problems = found(tmp_path, text, article_keys={"payments/cards/find", "returns/return"})
    assert [one.split(" ")[1] for one in problems] == ["UNKNOWN-ARTICLE", "UNKNOWN-SECTION"]
    assert problems[1].endswith("there is no section `payment`; did you mean `payments`?")


def test_the_problem_prints_as_file_line_code_message(tmp_path):
    _, problems = load_rules(write_bot(tmp_path, "rulez: []\n"), ["en"])

    assert str(problems[0]).startswith("bot/en/bot.yaml:1: UNKNOWN-KEY the key `rulez`")


def test_a_broken_file_or_rule_leaves_the_others(tmp_path):
    write_bot(tmp_path, "rules: [\n", "en/broken.yaml")
    folder = write_bot(tmp_path, f"rules:\n  - intent: good\n    {FIVE}\n    answer: y\n  - intent: bad\n    answre: z\n")
    rules, problems = load_rules(folder, ["en"])

    assert list(rules.of("en").rules) == ["good"]
    assert {one.code for one in problems} >= {"YAML", "UNKNOWN-KEY"}


def test_yes_and_no_stay_words(tmp_path):
    bot = f"rules:\n  - intent: a\n    {FIVE}\n    answer: On\n    choices:\n      - {{label: No, person: true}}\n"

    assert rules_of(tmp_path, bot).of("en").rules["a"].choices[0].label == "No"


def test_shared_files_hold_for_every_language_and_a_language_wins(tmp_path):
    write_bot(tmp_path, "settings: {misses_before_person: 5}\ntypes: {order: {pattern: 'N[0-9]{3}'}}\n", "shared.yaml")
    write_bot(tmp_path, "settings: {misses_before_person: 3}\n", "lv/bot.yaml")
    write_bot(tmp_path, BOT)
    rules, _ = load_rules(tmp_path / "bot", ["en", "lv"])

    assert rules.of("en").settings.misses_before_person == 5
    assert rules.of("lv").settings.misses_before_person == 3
    assert rules.of("lv").types["order"].pattern == "N[0-9]{3}"


def test_a_rule_that_another_language_lacks_is_a_warning(tmp_path):
    write_bot(tmp_path, "welcome: {answer: Labdien}\n", "lv/bot.yaml")
    _, problems = load_rules(write_bot(tmp_path, BOT), ["en", "lv"])

    assert [(one.code, one.severity) for one in problems] == [("NOT-TRANSLATED", "warning")]


def test_the_published_copy_answers_like_the_files(tmp_path):
    rules = rules_of(tmp_path)
    payload = json.loads(json.dumps(to_payload(rules), sort_keys=True))
    questions = ["could you send me a copy of the invoice", "how do returns work", "my router is broken", "zzz"]

    published = from_payload(payload)
    assert published.revision == rules.revision
    for question in questions:
        assert Talker(published).say(question) == Talker(rules).say(question)
    assert list(published.of("en").flows["router.repair"].steps) == ["lights", "fine"]


def test_nothing_published_is_no_rules():
    assert from_payload(None) == Rules()
    assert from_payload({"format": 999}) == Rules()


def test_the_revision_changes_with_a_rule_and_only_then(tmp_path):
    first, again = rules_of(tmp_path), rules_of(tmp_path)
    changed = rules_of(tmp_path, BOT.replace("You have 14 days.", "You have 15 days."))

    assert first.revision == again.revision != changed.revision


def test_a_file_that_is_too_large_or_not_utf8_is_refused(tmp_path):
    folder = write_bot(tmp_path, "#" * 600_000)
    (folder / "en" / "latin.yaml").write_bytes(b"rules: [\xff]")
    _, problems = load_rules(folder, ["en"])

    assert {one.code for one in problems} == {"YAML-SIZE", "YAML-UTF8"}


def test_a_small_bot_answers_with_less_confidence_and_an_editors_number_is_final(tmp_path):
    few = rules_of(tmp_path).of("en").thresholds
    own = rules_of(tmp_path, BOT + "\nsettings: {answer_at: 0.4}\n").of("en").thresholds
    none = Rules().of("en").thresholds

    assert 0.15 < few.answer_at < 0.28
    assert none.answer_at < few.answer_at
    assert own.answer_at == 0.4


def test_the_conversation_of_the_design_works_with_two_rules_only(tmp_path):
    bot = BOT[: BOT.index("  - intent: router.down")] + BOT[BOT.index("flows:") :]
    ann = Talker(rules_of(tmp_path, bot))

    assert ann.say("i cant find my bil for march").rule == "invoice.copy"


PLANS = """
variables: {phone: "+371 6700 0100", days: "14"}
rules:
  - intent: speed.gold
    examples: [how fast is my internet, what speed do I have, my internet speed, how quick is my line, which speed is mine]
    when: {visitor: {plan: [Gold, platinum]}}
    answer: "Yours is the fastest, {name}. Call {phone}."
  - intent: speed
    examples: [how fast is internet, what is the speed, internet speed please, how quick is it, which speed is there]
    answer: "It depends; you can change within {days} days."
  - intent: router.mobile
    examples: [the light is red, a red light, there is a red lamp, it blinks red, red lamp on]
    when: {answers: {product: mobile}}
    answer: A phone has no such light.
"""


def test_variables_are_filled_in_and_escaped(tmp_path):
    talker = Talker(rules_of(tmp_path, PLANS.replace('days: "14"', 'days: "<14>"') + FLOW_WITH_PRODUCT))
    talker.say("what is the speed")

    assert talker.text == "It depends; you can change within <14> days."
    assert "&lt;14&gt;" in talker.turn.replies[0].html


@pytest.mark.parametrize(("plan", "rule"), [("gold", "speed.gold"), ("PLATINUM", "speed.gold"), ("basic", "speed"), (None, "speed")])
def test_a_rule_for_some_visitors_exists_for_them_alone(tmp_path, plan, rule):
    context = Context(NOW, visitor={"plan": plan, "name": "Ann"} if plan else {})
    talker = Talker(rules_of(tmp_path, PLANS + FLOW_WITH_PRODUCT), context=context)
    talker.say("how fast is my internet")

    assert talker.turn.rule == rule


def test_a_rule_for_an_earlier_answer_exists_after_it(tmp_path):
    rules = rules_of(tmp_path, PLANS + FLOW_WITH_PRODUCT)
    told = {"search": lambda *_: [], "find_article": lambda *_: None, "context": Context(NOW)}
    before = reply(Message("the light is red"), rules, State("en", "ann"), **told)
    after = reply(Message("the light is red"), rules, State("en", "ann", known={"product": "Mobile"}), **told)

    assert before.rule != "router.mobile" and after.rule == "router.mobile"


FLOW_WITH_PRODUCT = """
flows:
  - flow: ask.product
    form: [{slot: product, type: choice, options: [Broadband, Mobile], ask: Which?}]
    then: {answer: Thank you.}
"""


def test_included_files_belong_to_the_language_that_includes_them(tmp_path):
    write_bot(tmp_path, PLANS, "parts/plans.yaml")
    write_bot(tmp_path, "include: parts/plans.yaml\nrules: []\n", "lv/bot.yaml")
    folder = write_bot(tmp_path, BOT)
    rules, _problems = load_rules(folder, ["en", "lv"])

    assert set(rules.of("lv").rules) == {"speed.gold", "speed", "router.mobile"}
    assert "speed" not in rules.of("en").rules
    assert rules.of("lv").variables["phone"] == "+371 6700 0100"


def test_files_that_include_each_other_are_read_once(tmp_path):
    write_bot(tmp_path, "include: parts/b.yaml\n" + PLANS, "parts/a.yaml")
    write_bot(tmp_path, "include: [parts/a.yaml, parts/b.yaml]\nrules: []\n", "parts/b.yaml")
    folder = write_bot(tmp_path, "include: parts/a.yaml\n" + BOT)
    rules, problems = load_rules(folder, ["en"])

    assert "speed" in rules.of("en").rules
    assert not [problem for problem in problems if problem.code.startswith("TWO")]


def test_files_are_the_same_behind_a_link(tmp_path):
    folder = write_bot(tmp_path / "elsewhere", "include: parts/plans.yaml\n" + BOT)
    write_bot(tmp_path / "elsewhere", PLANS, "parts/plans.yaml")
    write_bot(tmp_path / "elsewhere", "include: parts/plans.yaml\nrules: []\n", "shared.yaml")
    (tmp_path / "content").mkdir()
    (tmp_path / "content/bot").symlink_to(folder.rename(folder.with_name("rules")))
    rules, problems = load_rules(tmp_path / "content/bot", ["en"])

    assert not [problem for problem in problems if problem.code.startswith("TWO")]
    assert rules.of("en").origins["speed"].startswith("bot/parts/plans.yaml:")


def test_shared_files_without_any_language_are_told(tmp_path):
    folder = write_bot(tmp_path, BOT, "shared.yaml")
    rules, problems = load_rules(folder, ["lv", "en"])

    assert rules.languages == {}
    assert [(problem.path, problem.code, problem.severity) for problem in problems] == [("bot/shared.yaml", "NO-LANGUAGE", "warning")]
    assert "bot/lv/" in problems[0].message


@pytest.mark.parametrize("name", ["parts/gone.yaml", "../outside.yaml", "/etc/passwd", "en", "parts", "a\\0b"])
def test_an_include_outside_the_folder_or_of_nothing_is_an_error(tmp_path, name):
    (tmp_path / "outside.yaml").write_text(PLANS, encoding="utf-8")

    assert any("NO-FILE" in one for one in found(tmp_path, f'include: "{name}"\n' + BOT))


def test_braces_that_nothing_fills_in_are_a_warning(tmp_path):
    said = found(tmp_path, PLANS.replace("{phone}", "{fone}") + FLOW_WITH_PRODUCT)

    assert said == ["7 UNKNOWN-VALUE nothing fills in {fone}, so visitors would read the braces; did you mean `phone`?"]


@pytest.mark.parametrize(
    "text",
    [
        "welcome: {answer: 'Call {fone}.'}",
        "flows: [{flow: a, steps: {one: {answer: 'Call {fone}.'}}}]",
        "flows: [{flow: a, form: [{slot: product, ask: 'Which {fone}?'}], then: {answer: Thanks.}}]",
        "flows: [{flow: a, form: [{slot: product, ask: Which?, hint: 'As {fone}'}], then: {answer: Thanks.}}]",
        "flows: [{flow: a, intro: 'By {fone}.', form: [{slot: product, ask: Which?}], then: {answer: Thanks.}}]",
        "flows: [{flow: a, form: [{slot: product, ask: Which?}], then: {answer: 'Thanks for {product}, {fone}.'}}]",
    ],
)
def test_braces_are_looked_for_wherever_the_bot_speaks(tmp_path, text):
    said = [one for one in found(tmp_path, f"variables: {{phone: '1'}}\n{text}\n") if "UNKNOWN-VALUE" in one]

    assert len(said) == 1
    assert "{fone}" in said[0] and "`phone`" in said[0]


def test_a_condition_on_an_answer_that_nobody_is_asked_for_is_an_error(tmp_path):
    assert any("UNKNOWN-SLOT there is no slot `product`" in one for one in found(tmp_path, PLANS))


def test_values_and_conditions_survive_publishing(tmp_path):
    rules = rules_of(tmp_path, PLANS + FLOW_WITH_PRODUCT)
    again = from_payload(json.loads(json.dumps(to_payload(rules))))

    assert again.of("en").variables == rules.of("en").variables
    assert again.of("en").rules["speed.gold"].when.visitor == {"plan": ["Gold", "platinum"]}


def test_what_an_editor_locks_is_no_file_and_what_cannot_be_read_is_told(tmp_path):
    folder = write_bot(tmp_path, BOT)
    (folder / "en" / ".#bot.yaml").symlink_to("ann@desk.1234")
    (folder / "en" / "folder.yaml").mkdir()
    rules, problems = load_rules(folder, ["en"])

    assert "invoice.copy" in rules.of("en").rules
    assert [(one.path, one.code) for one in problems if one.severity == "error"] == [("bot/en/folder.yaml", "YAML-READ")]


def test_a_number_that_cannot_be_read_is_told_with_its_line(tmp_path):
    assert any(one.startswith("2 YAML this number") for one in found(tmp_path, f"settings:\n  answer_at: {'9' * 5000}\n"))


def test_a_rule_for_some_visitors_is_not_said_to_others_who_name_it(tmp_path):
    rules = rules_of(tmp_path, PLANS + FLOW_WITH_PRODUCT)
    told = {"search": lambda *_: [], "find_article": lambda *_: None}
    stranger = reply(Message(choice="rule:speed.gold"), rules, State("en", "eve"), context=Context(NOW), **told)
    member = reply(Message(choice="rule:speed.gold"), rules, State("en", "ann"), context=Context(NOW, visitor={"plan": "gold"}), **told)

    assert "fastest" not in "".join(one.text for one in stranger.replies)
    assert "fastest" in member.replies[0].text
