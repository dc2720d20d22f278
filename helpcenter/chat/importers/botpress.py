"""Read a Botpress v12 bot: its folder (or a zip of it), or the JSON file that its Q&A module exports.

https://v12.botpress.com/ describes intents, Q&A, content and flows, not their files. The files follow the bots that come with the program,
https://github.com/botpress/botpress (12.x, modules/builtin/src/bot-templates): `intents/*.json` ({name, utterances, slots}),
`qna/*.json` ({id, data: {action, enabled, contexts, questions, answers, redirectFlow}}), `content-elements/builtin_text.json`
({id, formData: {text$en, variations$en}}), `flows/*.flow.json` and `bot.config.json`. What they do not show is not read.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from helpcenter.chat.importers.bot import Bubbles, ImportedBot, json_files, language_of, open_bot, rows, strings

# The Q&A module keeps an intent of its own for each question; the question itself is read.
OF_QNA = "__qna__"
SLOT = re.compile(r"\[([^\[\]\n]*)\]\(([^()\n]*)\)")
ELEMENT = re.compile(r"^#?!?(builtin_[\w-]+-[\w-]+)$")
SAYS = re.compile(r"^say #!(builtin_[\w-]+-[\w-]+)$")
ON_INTENT = re.compile(r"^event\.nlu\.intent\.name\s*={2,3}\s*'([^']+)'$")
TEMPLATE = re.compile(r"\{\{[^{}\n]*\}\}")


def read_botpress(place: Path, lang: str | None = None) -> ImportedBot:
    """Return the bot at *place*; *lang* is the language of what does not say its own. Raises ImportRefused."""
    files = Files(lang)
    files.read(place)
    for name, qna in files.qnas:
        files.take_qna(name, qna)
    for name, intent in files.intents:
        files.take_intent(name, intent)
    for name, flow in files.flows:
        files.take_flow(name, flow)
    return files.bot


class Files:
    """The files of a bot, and the bot of ours that is made of them."""

    def __init__(self, lang: str | None) -> None:
        self.bot = ImportedBot("botpress")
        self.lang = lang or "en"
        self.intents: list[tuple[str, dict[str, Any]]] = []
        self.qnas: list[tuple[str, dict[str, Any]]] = []
        self.flows: list[tuple[str, dict[str, Any]]] = []
        self.elements: dict[str, dict[str, Any]] = {}

    def read(self, place: Path) -> None:
        """Sort the files by what they are."""
        for name, value in json_files(open_bot(place), self.bot):
            folders = PurePosixPath(name).parts[:-1]
            if isinstance(value, dict) and rows(value.get("qnas")):
                self.qnas += [(name, one) for one in rows(value["qnas"])]
                self.add_elements(value.get("contentElements"))
            elif "qna" in folders and isinstance(value, dict):
                self.qnas.append((name, value))
            elif "intents" in folders and isinstance(value, dict):
                self.intents.append((name, value))
            elif "content-elements" in folders:
                self.add_elements(value)
            elif name.endswith(".flow.json") and isinstance(value, dict):
                self.flows.append((name, value))
            elif "entities" in folders:
                self.bot.lose(name, "entity", "an entity was left out: values inside a sentence are not kept.")
            elif PurePosixPath(name).name == "bot.config.json" and isinstance(value, dict):
                self.lang = language_of(str(value.get("defaultLanguage") or ""), self.lang)

    def add_elements(self, value: Any) -> None:
        """Keep content elements by their names."""
        self.elements |= {str(one.get("id")): form for one in rows(value) if isinstance(form := one.get("formData"), dict)}

    def take_qna(self, name: str, qna: dict[str, Any]) -> None:
        """Make the rules of one question, one in each language."""
        data = qna.get("data") if isinstance(qna.get("data"), dict) else {}
        title = str(qna.get("id") or PurePosixPath(name).stem)
        questions, answers = by_language(data.get("questions")), by_language(data.get("answers"))
        if data.get("enabled") is False:
            return self.bot.lose(name, "disabled", f"“{title}” is switched off; it was left out.")
        if str(data.get("action")) in ("redirect", "text_redirect") or data.get("redirectFlow"):
            self.bot.lose(name, "redirect", f"“{title}” goes on to the flow {str(data.get('redirectFlow'))[:60]}, which was not read.")
        if contexts := [one for one in strings(data.get("contexts")) if one != "global"]:
            self.bot.lose(name, "context", f"“{title}” was heard in {', '.join(contexts)[:80]} only; here it is always.")
        if data.get("contentAnswers"):
            self.bot.lose(name, "rich-message", f"“{title}” answers with more than text; only the text came along.")
        for given in questions:
            lang = self.language(given, name)
            if not lang or not questions[given]:
                continue
            rule = self.bot.rule(lang, title, name)
            rule.examples += [(text, None) for text in questions[given]]
            rule.answer += self.answer(answers.get(given, []), given, name)
        return None

    def language(self, given: str, name: str) -> str:
        """Return the folder of a language; the empty text, and a loss, when it is none."""
        lang = language_of(given, "")
        if not lang:
            self.bot.lose(name, "language", f"{given[:40]!r} is no language code; what it says was left out.")
        return lang

    def answer(self, texts: list[str], given: str, name: str) -> Bubbles:
        """Return answers as the variants of one bubble, or as the content elements they name."""
        variants: list[str] = []
        for text in texts:
            element = ELEMENT.match(text.strip())
            variants += self.element(element[1], given, name) if element else [text]
        return [[self.plain(one, name) for one in variants]] if variants else []

    def element(self, identity: str, given: str, name: str) -> list[str]:
        """Return the texts of a content element in one language; other kinds than text are a loss."""
        form = self.elements.get(identity)
        if form is None or not identity.startswith("builtin_text"):
            self.bot.lose(name, "rich-message", f"the content {identity[:60]} is no text or is not there; it was left out.")
            return []
        return [*strings(form.get(f"text${given}")), *strings(form.get(f"variations${given}"))]

    def plain(self, text: str, name: str) -> str:
        """Return a text; what a template would have filled in is a loss."""
        if found := TEMPLATE.search(text):
            self.bot.lose(name, "value", f"nothing fills in {found[0][:60]} in an answer; visitors would read it.")
        return text

    def take_intent(self, name: str, intent: dict[str, Any]) -> None:
        """Make the rules of one intent."""
        title = str(intent.get("name") or PurePosixPath(name).stem)
        if title.startswith(OF_QNA):
            return
        if title == "none":
            return self.bot.lose(name, "fallback", "“none” is what belongs to no intent; here the fallback chain answers it.")
        for slot in rows(intent.get("slots")):
            self.bot.lose(name, "slot", f"the slot “{str(slot.get('name'))[:60]}” of “{title}” was left out; the words stay in the examples.")
        for given, texts in by_language(intent.get("utterances")).items():
            if texts and (lang := self.language(given, name)):
                self.bot.rule(lang, title, name).examples += [(SLOT.sub(r"\1", text), None) for text in texts]

    def take_flow(self, name: str, flow: dict[str, Any]) -> None:
        """Take from a flow what an intent is answered with at once; the flow itself is a loss."""
        self.bot.lose(name, "flow", f"the flow was left out ({len(rows(flow.get('nodes')))} nodes): conditions and code do not run here.")
        nodes = {str(node.get("name")): node for node in rows(flow.get("nodes"))}
        for node in nodes.values():
            for step in rows(node.get("next")):
                match = ON_INTENT.match(str(step.get("condition") or "").strip())
                says = [SAYS.match(one) for one in strings(nodes.get(str(step.get("node")), {}).get("onEnter"))]
                for rule in list(self.bot.rules.values()) if match and says and all(says) else ():
                    if match and rule.intent == match[1] and not rule.answer:
                        rule.answer = [texts for said in says if said and (texts := self.element(said[1], rule.lang, name))]


def by_language(value: Any) -> dict[str, list[str]]:
    """Return lists of texts by language."""
    return {str(lang): strings(texts) for lang, texts in value.items()} if isinstance(value, dict) else {}
