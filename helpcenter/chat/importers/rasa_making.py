"""Make rules, forms and tests of what a Rasa project says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from helpcenter.chat.importers.bot import Bubbles, ImportedFlow, Story, choice, rows, strings
from helpcenter.chat.importers.rasa_steps import Sequence, Turn
from helpcenter.chat.schema import compile_pattern
from helpcenter.search.synonyms import read_line

if TYPE_CHECKING:
    from helpcenter.chat.importers.rasa import Project

PAYLOAD = re.compile(r"^/([^{@\s]+)(\{.*)?", re.DOTALL)
PLACE = re.compile(r"\{([A-Za-z_][\w-]*)\}")
QUIET = frozenset({"action_listen"})
FALLBACK_INTENT = "nlu_fallback"
# https://legacy-docs-oss.rasa.com/docs/rasa/components#ducklingentityextractor
DUCKLING = {"email": "email", "phone-number": "phone", "number": "number"}
SLOT_TYPES = {"bool": "yes_no", "float": "number"}
MOST_OPTIONS = 50


def make(project: Project) -> None:
    """Fill the project's bot: rules first, then answers from rules, then from stories."""
    bot = project.bot
    for intent, examples in project.examples.items():
        if examples:
            rule = bot.rule(project.lang, intent, examples[0][1], examples[0][2])
            rule.examples = [(text, line) for text, _, line in examples]
    Maker(project).make()
    lines = bot.synonyms.setdefault(project.lang, [])
    for value, others in project.synonyms.items():
        for other in dict.fromkeys(others):
            line = f"{other} => {value}"
            try:
                usable = "#" not in line and "," not in line and bool(read_line(line, project.lang))
            except ValueError:
                usable = False
            if usable:
                lines.append(line)
            else:
                bot.lose("nlu", "synonym", f"“{other[:60]}” for “{value[:60]}” is no synonym that a search can use.")


class Maker:
    """Turns sequences into answers; remembers which actions each intent is answered with."""

    def __init__(self, project: Project) -> None:
        self.project, self.bot, self.lang = project, project.bot, project.lang
        self.done: dict[str, list[str]] = {}
        """By intent, the actions that became its answer."""
        self.spoken = {text.casefold(): intent for intent, given in project.examples.items() for text, _, _ in given}
        self.asked = {slot for form in project.forms.values() for slot in slots_of(form)}
        self.lost_values: set[str] = set()

    def make(self) -> None:
        """Make forms, then answers, then tests."""
        for name, form in self.project.forms.items():
            self.make_form(name, form)
        for sequence in self.project.rules:
            self.take_rule(sequence)
        for sequence in self.project.stories:
            if not sequence.is_test:
                self.take_story(sequence)
        self.retrieval_intents()
        for sequence in self.project.stories:
            self.make_test(sequence)

    def take_rule(self, rule: Sequence) -> None:
        """Take a rule's actions as the answer of its intent."""
        for turn in (rule.lead, *rule.turns):
            self.take_submission(turn, rule)
        if rule.conditions:
            return self.lose(rule, "condition", f"the rule “{rule.name}” depends on {', '.join(rule.conditions)[:80]}; it was left out.")
        if rule.loop is not None:
            if rule.turns:
                self.lose(rule, "condition", f"the rule “{rule.name}” is for the open form {rule.loop}; here forms answer questions and cancel by themselves.")
            return None
        for turn in rule.turns[:1]:
            for intent in turn.intents:
                self.take_answer(intent, turn, rule)
        if len(rule.turns) > 1:
            self.lose(rule, "context", f"only the first message of the rule “{rule.name}” became an answer.")
        return None

    def take_story(self, story: Sequence) -> None:
        """Take a story's actions as answers of the intents that no rule answers."""
        if story.conditions:
            detail = f"the story “{story.name}” depends on {', '.join(dict.fromkeys(story.conditions))[:80]}; what depends on it was left out."
            self.lose(story, "condition", detail)
        for turn in (story.lead, *story.turns):
            self.take_submission(turn, story)
        for turn in story.turns:
            for intent in turn.intents:
                self.take_answer(intent, turn, story)

    def take_submission(self, turn: Turn, sequence: Sequence) -> None:
        """Take what is said after a form."""
        flow = self.bot.flows.get((self.lang, self.bot.name("flow", turn.after_form))) if turn.after_form in self.project.forms else None
        if flow is not None and not flow.answer and turn.submitted:
            flow.answer, _, _ = self.reply(turn.submitted, sequence)

    def take_answer(self, intent: str, turn: Turn, sequence: Sequence) -> None:
        """Take the actions of a turn as an intent's answer, unless it has one."""
        actions = [action for action in turn.actions if action not in QUIET]
        if intent == FALLBACK_INTENT:
            return self.lose(sequence, "fallback", "what follows nlu_fallback was left out; here the fallback chain answers what nobody understood.")
        rule = self.bot.find(self.lang, intent)
        below = [one for one in self.project.examples if one.startswith(f"{intent}/")] if rule is None else []
        for one in below:
            self.take_answer(one, turn, sequence)
        if rule is None:
            return None if below else self.lose(sequence, "no-examples", f"the intent “{intent[:60]}” has no examples; what answers it was left out.")
        if intent in self.done:
            if actions and self.done[intent] != actions:
                detail = f"“{intent[:60]}” is answered by {', '.join(actions)[:80] or 'nothing'} in “{sequence.name[:60]}”; its first answer was kept."
                self.lose(sequence, "context", detail)
            return None
        if actions:
            self.done[intent] = actions
            rule.answer, rule.choices, rule.flow = self.reply(actions, sequence, intent)
        return None

    def reply(self, actions: list[str], sequence: Sequence, intent: str = "") -> tuple[Bubbles, list[dict[str, Any]], str]:
        """Return what actions say, their buttons, and the form they open."""
        bubbles: Bubbles = []
        choices: list[dict[str, Any]] = []
        flow = ""
        for action in actions:
            if action in self.project.forms:
                flow = self.bot.name("flow", action)
            elif response := self.response(action, intent):
                texts, buttons = self.said(response)
                bubbles += [texts] if texts else []
                choices += buttons
            else:
                self.lose(sequence, "action", f"the action {action[:60]} is code, or has no response; it was left out.")
        return bubbles, choices, flow

    def response(self, action: str, intent: str) -> str:
        """Return the name of the response of an action; that of `utter_faq` is by intent."""
        for name in (f"utter_{intent}" if "/" in intent and intent.partition("/")[0] == action.removeprefix("utter_") else "", action):
            if name and name in self.project.responses:
                return name
        return ""

    def said(self, response: str) -> tuple[list[str], list[dict[str, Any]]]:
        """Return the texts of a response and the buttons of its first variation that has some."""
        source, line = self.project.sources[f"responses/{response}"]
        texts: list[str] = []
        buttons: list[dict[str, Any]] = []
        for one in self.project.responses[response]:
            if one.get("condition") or one.get("channel"):
                self.bot.lose(source, "condition", f"a variation of {response} is for some conversations only; it was left out.", line)
                continue
            for name in ("image", "attachment", "custom", "elements"):
                if one.get(name):
                    self.bot.lose(source, "image" if name == "image" else "rich-message", f"{name} of {response} was left out.", line)
            texts += [self.with_values(text, source, line) for text in strings(one.get("text"))]
            if not buttons:
                buttons = rows(one.get("buttons"))
            elif one.get("buttons") and rows(one.get("buttons")) != buttons:
                self.bot.lose(source, "button", f"the variations of {response} have different buttons; the first were kept.", line)
        return texts, [made for button in buttons if (made := self.button(button, response, source, line))]

    def with_values(self, text: str, source: str, line: int) -> str:
        """Return a text with the names that slots have here."""

        def place(match: re.Match[str]) -> str:
            if match[1] not in self.asked and match[1] not in self.lost_values:
                self.lost_values.add(match[1])
                self.bot.lose(source, "value", f"nothing fills in {{{match[1][:60]}}}; visitors would read it.", line)
            return f"{{{self.bot.name('slot', match[1])}}}"

        return PLACE.sub(place, text)

    def button(self, button: dict[str, Any], response: str, source: str, line: int) -> dict[str, Any] | None:
        """Return a button that leads to a rule; None and a loss for one that does something else."""
        title, payload = str(button.get("title") or "").strip(), str(button.get("payload") or "").strip()
        match = PAYLOAD.match(payload)
        wanted = match[1] if match else self.spoken.get(payload.casefold(), "")
        rule = self.bot.find(self.lang, wanted)
        if not title or rule is None:
            self.bot.lose(source, "button", f"the button “{title[:60]}” of {response} leads to no intent ({payload[:60]}); it was left out.", line)
            return None
        if match and match[2] and match[2].strip() != "{}":
            self.bot.lose(source, "payload", f"what the button “{title[:60]}” of {response} carries was left out.", line)
        return choice(title, rule=rule.intent)

    def make_form(self, name: str, form: Any) -> None:
        """Make a flow of a form."""
        source, line = self.project.sources[f"forms/{name}"]
        flow = self.bot.name("flow", name)
        asked = [slot for one in slots_of(form) if (slot := self.make_slot(one, name, form, source, line))]
        if asked:
            self.bot.flows[(self.lang, flow)] = ImportedFlow(self.lang, flow, source, asked)
        else:
            self.bot.lose(source, "form", f"the form {name[:60]} asks nothing; it was left out.", line)

    def make_slot(self, slot: str, form_name: str, form: Any, source: str, line: int) -> dict[str, Any]:
        """Return one question of a form."""
        made: dict[str, Any] = {"slot": self.bot.name("slot", slot), "type": "text", "ask": f"(The question for “{slot}” has yet to be written.)"}
        response = next((one for one in (f"utter_ask_{form_name}_{slot}", f"utter_ask_{slot}") if one in self.project.responses), "")
        variations = self.project.responses.get(response, [])
        texts = [text for one in variations for text in strings(one.get("text"))]
        titles = [title for one in variations[:1] for button in rows(one.get("buttons")) for title in strings(button.get("title"))]
        if texts:
            made["ask"] = self.bot.text(texts[0], source, line=line) or made["ask"]
        else:
            self.bot.lose(source, "question", f"“{slot[:60]}” of {form_name[:60]} has no question here (utter_ask_{slot[:40]}); it holds a placeholder.", line)
        if len(texts) > 1:
            self.bot.lose(source, "question", f"“{slot[:60]}” of {form_name[:60]} is asked in its first wording only.", line)
        return made | self.kind_of(slot, form, titles, source, line)

    def kind_of(self, slot: str, form: Any, titles: list[str], source: str, line: int) -> dict[str, Any]:
        """Return the type of a slot: what its buttons, its declared type, its entity or its regular expression say."""
        declared = self.project.slots.get(slot)
        declared = declared if isinstance(declared, dict) else {}
        values = [str(value) for value in declared.get("values") or [] if isinstance(value, str | int | float)] if declared.get("type") == "categorical" else []
        if options := list(dict.fromkeys(title.strip()[:80] for title in titles or values if title.strip()))[:MOST_OPTIONS]:
            return {"type": "choice", "options": options}
        entities = [entity for one in mappings_of(slot, form, declared) for entity in strings(one.get("entity"))]
        for entity in entities:
            pattern = self.project.patterns.get(entity)
            try:
                if pattern and compile_pattern(pattern):
                    return {"type": "pattern", "pattern": pattern}
            except ValueError as error:
                self.bot.lose(source, "regex", f"“{entity[:60]}”: {error}.", line)
            if entity in DUCKLING:
                return {"type": DUCKLING[entity]}
        kind = SLOT_TYPES.get(str(declared.get("type")), "text")
        if kind == "text" and entities:
            self.bot.lose(source, "slot", f"“{slot[:60]}” takes any words; the entity {entities[0][:60]} is not told from them here.", line)
        return {"type": kind}

    def retrieval_intents(self) -> None:
        """Give the intents below another one (`faq/hours`) their responses, where a rule answers the one above."""
        for intent in self.project.examples:
            above, _, below = intent.partition("/")
            rule = self.bot.find(self.lang, intent)
            if below and rule is not None and not rule.answer and f"utter_{intent}" in self.project.responses:
                texts, rule.choices = self.said(f"utter_{intent}")
                rule.answer = [texts]

    def make_test(self, story: Sequence) -> None:
        """Keep a story of several messages as a test that is tried when everything is written."""
        turns = []
        for turn in story.turns:
            rule = next((rule for intent in turn.intents if (rule := self.bot.find(self.lang, intent)) and rule.examples), None)
            if rule is None:
                return
            turns.append((turn.said or rule.examples[0][0], rule.intent))
        if len(turns) > 1 or (turns and story.is_test):
            kept = self.bot.stories.setdefault(self.lang, [])
            names = {one.name for one in kept}
            name = next(one for one in numbered(story.name) if one not in names)
            kept.append(Story(name, story.source, story.line, turns))

    def lose(self, sequence: Sequence, what: str, detail: str) -> None:
        """Note a loss of a rule or story."""
        self.bot.lose(sequence.source, what, detail, sequence.line)


def slots_of(form: Any) -> list[str]:
    """Return the slots of a form: a list in 3.x, a mapping in 2.x."""
    given = form.get("required_slots") if isinstance(form, dict) else None
    return list(given) if isinstance(given, dict) else strings(given)


def mappings_of(slot: str, form: Any, declared: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how a slot is filled: said at the slot in 3.x, at the form in 2.x."""
    given = form.get("required_slots") if isinstance(form, dict) else None
    return rows(given.get(slot)) if isinstance(given, dict) else rows(declared.get("mappings"))


def numbered(name: str) -> Iterator[str]:
    """Yield a name, then the name with 2, 3, …"""
    yield name
    number = 2
    while True:
        yield f"{name} {number}"
        number += 1
