"""Read a Dialogflow ES agent, as its settings export it: a zip, or the folder it unpacks to.

The files follow https://botflo.com/how-to-bulk-upload-intents-in-dialogflow-es/ (agent.json, `intents/<name>.json`,
`intents/<name>_usersays_<lang>.json`, `entities/<name>_entries_<lang>.json`); Google documents the export's command but not its files. What
the fields mean is said in https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/projects.agent.intents (priority, fallback,
follow-up intents, parameters, messages). Fields that neither describes are not read.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from helpcenter.chat.importers.bot import Bubbles, ImportedBot, ImportedFlow, ImportedRule, choice, json_files, language_of, open_bot, rows, strings

NORMAL_PRIORITY = (0, 500000)
USER_SAYS = re.compile(r"^(.+)_usersays_([A-Za-z-]+)$")
ENTRIES = re.compile(r"^(.+)_entries_([A-Za-z-]+)$")
# $date, $date.original, #context.name: a parameter's value within an answer.
PARAMETER = re.compile(r"[$#](?:[\w-]+\.)?([A-Za-z_][\w-]*)(?:\.original)?")
SLOT_TYPES = {
    "@sys.email": "email",
    "@sys.phone-number": "phone",
    "@sys.date": "date",
    "@sys.number": "number",
    "@sys.number-integer": "number",
    "@sys.any": "text",
}
MOST_OPTIONS = 50
MOST_ALSO = 20
# Message types that have no words of ours to stand for them.
LOST_TYPES = {"1": "card", "3": "image", "4": "custom payload"}


def read_dialogflow(place: Path, lang: str | None = None) -> ImportedBot:
    """Return the bot of the agent at *place*; *lang* is the language of what does not say its own. Raises ImportRefused."""
    agent = Agent(lang)
    agent.read(place)
    for name, intent in agent.intents.items():
        agent.take(name, intent)
    for name, intent in agent.intents.items():
        agent.follow_up(name, intent)
    agent.quick_replies()
    agent.make_steps()
    agent.take_synonyms()
    return agent.bot


class Agent:
    """The files of an agent, and the bot that is made of them."""

    def __init__(self, lang: str | None) -> None:
        self.bot = ImportedBot("dialogflow")
        self.lang = lang or "en"
        self.given_lang = lang
        self.intents: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, str] = {}
        self.says: dict[tuple[str, str], list[str]] = {}
        self.values: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.replies: list[tuple[ImportedRule, str]] = []

    def read(self, place: Path) -> None:
        """Sort the files of the export by what they are."""
        for name, value in json_files(open_bot(place), self.bot):
            path = PurePosixPath(name)
            if path.name == "agent.json" and isinstance(value, dict):
                self.lang = self.given_lang or language_of(str(value.get("language", "")))
            elif path.parent.name == "intents" and (match := USER_SAYS.match(path.stem)):
                self.says[(match[1], language_of(match[2], self.lang))] = [spoken(row) for row in rows(value)]
            elif path.parent.name == "entities" and (match := ENTRIES.match(path.stem)):
                self.values[(match[1], language_of(match[2], self.lang))] = rows(value)
            elif path.parent.name == "intents" and isinstance(value, dict):
                self.intents[path.stem] = value
                self.sources[path.stem] = name
            elif path.name not in ("agent.json", "package.json") and path.parent.name != "entities":
                self.bot.lose(name, "unknown-file", "the file is no part of an agent that is documented; it was not read.")

    def take(self, name: str, intent: dict[str, Any]) -> None:
        """Make the rules of one intent, one in each language it speaks."""
        source, title = self.sources[name], str(intent.get("name") or name)
        response = (rows(intent.get("responses")) or [{}])[0]
        self.note_losses(source, title, intent)
        said = {lang: texts for (of, lang), texts in self.says.items() if of == name}
        langs = {**dict.fromkeys(said), **dict.fromkeys(self.message_lang(one) for one in rows(response.get("messages")))}
        for lang in langs:
            if intent.get("fallbackIntent") is True:
                detail = f"“{title}” is a fallback intent; here the fallback chain answers what nobody understood."
                self.bot.lose(source, "fallback", detail)
                return
            if number_of(intent.get("priority")) < 0:
                return self.bot.lose(source, "disabled", f"“{title}” is switched off; it was left out.")
            self.take_language(lang, source, title, intent, said.get(lang, []))
        return None

    def take_language(self, lang: str, source: str, title: str, intent: dict[str, Any], said: list[str]) -> None:
        """Make the rule of an intent in one language."""
        response = (rows(intent.get("responses")) or [{}])[0]
        events = [str(event.get("name")) for event in rows(intent.get("events"))]
        answer, replies = self.messages(source, lang, rows(response.get("messages")))
        if "WELCOME" in events and answer:
            self.bot.welcome.setdefault(lang, answer)
        if not said:
            if "WELCOME" not in events:
                self.bot.lose(source, "no-examples", f"“{title}” has no training phrases in {lang}; it was left out.")
            return
        rule = self.bot.rule(lang, title, source)
        rule.examples = [(text, None) for text in said]
        rule.small_talk = "WELCOME" in events or title.startswith("smalltalk.")
        form = self.form(source, lang, rows(response.get("parameters")))
        names = {slot["given"]: slot.pop("given") and slot["slot"] for slot in form}
        answer = [[self.with_values(text, names, source) for text in variants] for variants in answer]
        if form:
            flow = self.bot.name("flow", title)
            self.bot.flows[(lang, flow)] = ImportedFlow(lang, flow, source, form, answer)
            rule.flow = flow
        else:
            rule.answer = answer
        self.replies += [(rule, reply) for reply in replies]

    def note_losses(self, source: str, title: str, intent: dict[str, Any]) -> None:
        """Note what an intent has that our rules have not."""
        if intent.get("webhookUsed") is True or intent.get("webhookForSlotFilling") is True:
            self.bot.lose(source, "webhook", f"“{title}” calls a webhook; only its written answers came along.")
        priority = number_of(intent.get("priority"))
        if priority > 0 and priority not in NORMAL_PRIORITY:
            self.bot.lose(source, "priority", f"“{title}” has the priority {priority}; here examples decide, and only patterns have a priority.")
        for event in rows(intent.get("events")):
            if event.get("name") != "WELCOME":
                self.bot.lose(source, "event", f"“{title}” is also reached by the event {str(event.get('name'))[:40]}, which does not exist here.")

    def message_lang(self, message: dict[str, Any]) -> str:
        return language_of(str(message.get("lang") or ""), self.lang)

    def messages(self, source: str, lang: str, messages: list[dict[str, Any]]) -> tuple[Bubbles, list[str]]:
        """Return what is said in one language, and the quick replies below it."""
        bubbles: Bubbles = []
        replies: list[str] = []
        for message in messages:
            kind = str(message.get("type"))
            if self.message_lang(message) != lang:
                continue
            if message.get("platform"):
                self.bot.lose(source, "platform", f"a message is for {str(message['platform'])[:40]} only; those of the default platform came along.")
            elif kind in ("0", "message"):
                bubbles.append(strings(message.get("speech")))
            elif kind == "2":
                bubbles.append(strings(message.get("title")))
                replies += strings(message.get("replies"))
            elif kind == "4" and (chips := chips_of(message.get("payload"))):
                replies += chips
            else:
                self.bot.lose(source, "rich-message", f"a {LOST_TYPES.get(kind, f'message of type {kind[:20]}')} in {lang} was left out.")
        return [bubble for bubble in bubbles if any(text.strip() for text in bubble)], replies

    def form(self, source: str, lang: str, parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the questions of an intent's required parameters."""
        slots = []
        for one in parameters:
            name, kind = str(one.get("name") or ""), str(one.get("dataType") or "")
            asked = [str(prompt.get("value")) for prompt in rows(one.get("prompts")) if language_of(str(prompt.get("lang") or ""), self.lang) == lang]
            if one.get("required") is not True or not asked or not name:
                self.bot.lose(source, "parameter", f"the parameter “{name[:60]}” ({kind[:40]}) asks nothing; values inside a sentence are not kept.")
                continue
            if one.get("isList") is True or len(asked) > 1:
                self.bot.lose(source, "parameter", f"the parameter “{name[:60]}” is asked once, in its first wording, for one value.")
            slot: dict[str, Any] = {"given": name, "slot": self.bot.name("slot", name), "type": SLOT_TYPES.get(kind, "text"), "ask": asked[0]}
            options = self.options(kind.removeprefix("@"), lang)
            if options:
                slot |= {"type": "choice", "options": options[:MOST_OPTIONS]}
            elif kind not in SLOT_TYPES or len(options) > MOST_OPTIONS:
                self.bot.lose(source, "parameter", f"the parameter “{name[:60]}” takes any words; {kind[:40]} is not known here.")
            slots.append(slot)
        return slots

    def options(self, entity: str, lang: str) -> list[str]:
        """Return the values of an entity of the agent's own."""
        given = self.values.get((entity, lang)) or self.values.get((entity, self.lang)) or []
        return list(dict.fromkeys(value.strip()[:80] for row in given if isinstance(value := row.get("value"), str) and value.strip()))

    def with_values(self, text: str, names: dict[str, str], source: str) -> str:
        """Return an answer with the values of the form as our places; others stay as they are, and are a loss."""

        def place(match: re.Match[str]) -> str:
            if match[1] in names:
                return f"{{{names[match[1]]}}}"
            if not match[1].isdigit():
                self.bot.lose(source, "value", f"nothing fills in {match[0][:60]} in an answer; visitors would read it.")
            return match[0]

        return PARAMETER.sub(place, text)

    def parent_of(self, name: str, intent: dict[str, Any]) -> str | None:
        """Return the intent that another one follows: its parent, or the only one that opens its context."""
        if parent := intent.get("parentId"):
            return next((one for one, other in self.intents.items() if other.get("id") == parent), None)
        wanted = {context.casefold() for context in strings(intent.get("contexts"))}
        opening = []
        for one, other in self.intents.items():
            opened = rows((rows(other.get("responses")) or [{}])[0].get("affectedContexts"))
            if one != name and wanted <= {str(context.get("name")).casefold() for context in opened}:
                opening.append(one)
        return opening[0] if len(opening) == 1 else None

    def follow_up(self, name: str, intent: dict[str, Any]) -> None:
        """Make an intent that only follows another one a button of that one."""
        if not intent.get("parentId") and not strings(intent.get("contexts")):
            return
        title, source = str(intent.get("name") or name), self.sources[name]
        parent = self.parent_of(name, intent)
        above = str(self.intents[parent].get("name") or parent) if parent else ""
        for lang in sorted({lang for lang, _ in self.bot.rules}):
            rule, upper = self.bot.find(lang, title), self.bot.find(lang, above)
            # Without examples it has become a button already: two follow-ups may have one name.
            if rule is None or not rule.examples:
                continue
            if upper is None or upper is rule or upper.flow:
                contexts = ", ".join(strings(intent.get("contexts")))[:80]
                self.bot.lose(source, "context", f"“{title}” was heard in a context only ({contexts}); here it is always.")
                continue
            self.bot.lose(source, "follow-up", f"“{title}” followed “{above}”; here it is a button of it, and not heard elsewhere.")
            label, *others = [text for text, _ in rule.examples]
            also = [other for other in dict.fromkeys(others) if 0 < len(other.strip()) <= 80][:MOST_ALSO]
            upper.choices.append(choice(label, rule=rule.intent, **({"also": also} if also else {})))
            rule.examples = []

    def quick_replies(self) -> None:
        """Make the quick replies that are an intent's words buttons."""
        known = {(rule.lang, text.casefold().strip()): rule for rule in self.bot.rules.values() for text, _ in rule.examples}
        for rule, reply in self.replies:
            labels = {one["label"].casefold() for one in rule.choices}
            target = known.get((rule.lang, reply.casefold().strip()))
            if reply.casefold().strip() in labels:
                continue
            if target is None or rule.flow:
                self.bot.lose(rule.source, "quick-reply", f"the quick reply “{reply[:60]}” of “{rule.intent}” is no intent's training phrase; it was left out.")
            else:
                rule.choices.append(choice(reply, rule=target.intent))

    def make_steps(self) -> None:
        """Move what intents are followed by into steps: only there other words for a button are heard."""
        for rule in self.bot.rules.values():
            if any("also" in one for one in rule.choices):
                name = self.bot.name("flow", f"{rule.intent} follow-up")
                self.bot.flows[(rule.lang, name)] = ImportedFlow(rule.lang, name, rule.source, answer=rule.answer, choices=rule.choices)
                rule.answer, rule.choices, rule.flow = [], [], name

    def take_synonyms(self) -> None:
        """Note the synonyms of entities; they say what a value is called, not what a search may find."""
        for (entity, lang), given in self.values.items():
            count = sum(len(strings(row.get("synonyms"))) > 1 for row in given)
            if count:
                self.bot.lose(f"entities/{entity}", "synonyms", f"{count} values have other names in {lang}; synonyms/{lang}.txt is the place for them.")


def spoken(row: dict[str, Any]) -> str:
    """Return a training phrase as people say it, without its marks."""
    return "".join(str(part.get("text") or "") for part in rows(row.get("data")))


def chips_of(payload: Any) -> list[str]:
    """Return the suggestion chips of a Dialogflow Messenger payload."""
    content = payload.get("richContent") if isinstance(payload, dict) else None
    found = []
    for group in content if isinstance(content, list) else []:
        for part in rows(group):
            if part.get("type") == "chips":
                found += [text for option in rows(part.get("options")) for text in strings(option.get("text"))]
    return found


def number_of(value: Any) -> int:
    """Return a priority as a number; nothing said is 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
