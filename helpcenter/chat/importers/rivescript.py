"""Read RiveScript files (`.rive`, `.rs`): triggers with their replies.

The language follows its working draft, RiveScript 2.00, https://metacpan.org/dist/RiveScript/view/lib/RiveScript/WD.pm. What the draft
leaves to interpreters (objects, variables of a person, what runs before a reply) is not run here, and is a loss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from helpcenter.chat.importers.bot import LONGEST_TEXT, Bubbles, ImportedBot, ImportedRule, choice, open_bot, texts_of
from helpcenter.chat.importers.rivescript_triggers import TooLarge, as_pattern, is_catch_all, is_plain, normal, weight_of, without_weight

COMMENT = re.compile(r"(?<![:\\])//.*$")
WEIGHT = re.compile(r"\{weight=\d+\}", re.IGNORECASE)
BOT_VALUE = re.compile(r"<bot ([\w-]+)>")
CHANGES = re.compile(r"<(?:set|add|sub|mult|div|bot|env) [^<>=]*=(?:[^<>]|<[^<>]*>)*>|\{topic=[^{}]*\}|<noreply>")
RANDOM = re.compile(r"\{random\}(.*?)\{/random\}", re.DOTALL)
TAG = re.compile(r"<[@a-z][^<>]*>|\{[@/a-z_][^{}]*\}|</[a-z]+>", re.IGNORECASE)
SPACES = {"\\s": " ", "\\n": "\n", "\\#": "#", "\\/": "/"}
MOST_REDIRECTS = 10


@dataclass
class Trigger:
    """One trigger with what follows it."""

    text: str
    source: str
    line: int
    replies: list[tuple[str, int]] = field(default_factory=list)
    previous: str = ""
    redirect: str = ""


def read_rivescript(place: Path, lang: str | None = None) -> ImportedBot:
    """Return the bot of the RiveScript files at *place*, all in the language *lang*. Raises ImportRefused."""
    bot = ImportedBot("rivescript")
    script = Script(bot, lang or "en")
    for name, text in texts_of(open_bot(place), (".rive", ".rs"), bot):
        script.read(name, text)
    script.make()
    return bot


class Script:
    """The triggers of all files, and the rules that are made of them."""

    def __init__(self, bot: ImportedBot, lang: str) -> None:
        self.bot, self.lang = bot, lang
        self.triggers: list[Trigger] = []
        self.arrays: dict[str, list[str]] = {}
        self.values: dict[str, str] = {}
        self.label = ""

    def read(self, name: str, text: str) -> None:
        """Read one file's commands."""
        self.label = ""
        current: Trigger | None = None
        for line, command, words in commands(text):
            if command == "<":
                self.label = ""
            elif command == ">":
                current = None
                self.open_label(name, line, words)
            elif self.label:
                continue
            elif command == "+":
                current = Trigger(words, name, line)
                self.triggers.append(current)
            elif command == "!":
                self.define(name, line, words)
            elif current is not None:
                self.add(current, command, words, line)
            else:
                self.bot.lose(name, "syntax", f"`{command} {words[:40]}` stands below no trigger.", line)

    def open_label(self, name: str, line: int, words: str) -> None:
        """Enter a label; only the topic that everybody starts in is read."""
        kind, _, rest = words.partition(" ")
        if kind == "topic" and rest.strip() == "random":
            return
        self.label = kind or "label"
        reasons = {"begin": "what runs before each reply", "topic": "a topic that holds the visitor", "object": "program code"}
        self.bot.lose(name, kind if kind in reasons else "syntax", f"`> {words[:60]}` was left out: {reasons.get(kind, 'it is not known')}.", line)

    def define(self, name: str, line: int, words: str) -> None:
        """Keep an array or a bot variable; other definitions are a loss."""
        left, _, value = words.partition("=")
        kind, _, key = left.strip().partition(" ")
        if kind == "array":
            parts = [part.split("|") if "|" in part else part.split() for part in value.split("\n")]
            self.arrays[key.strip()] = [item.replace("\\s", " ").strip() for part in parts for item in part if item.strip()]
        elif kind == "var":
            self.values[key.strip()] = value.strip()
        elif kind != "version":
            self.bot.lose(name, "definition", f"`! {words[:60]}` was left out.", line)

    def add(self, trigger: Trigger, command: str, words: str, line: int) -> None:
        """Add a command to the trigger above it."""
        if command == "-":
            trigger.replies.append((words, line))
        elif command == "%":
            trigger.previous = words
        elif command == "@":
            trigger.redirect = words
        elif command == "*":
            self.bot.lose(trigger.source, "condition", f"`* {words[:60]}` of “{trigger.text[:60]}” was left out.", line)
        else:
            self.bot.lose(trigger.source, "syntax", f"`{command} {words[:40]}` is no command.", line)

    def make(self) -> None:
        """Make rules: answers first, then what redirects to them and what follows them."""
        made: dict[int, ImportedRule] = {}
        for number, trigger in enumerate(self.triggers):
            if not trigger.redirect and (rule := self.rule_of(trigger)):
                made[number] = rule
        known = {normal(trigger.text): trigger for trigger in self.triggers}
        for trigger in self.triggers:
            if trigger.redirect:
                self.redirect(trigger, known)
        saying = self.rules_by_reply()
        for number, rule in made.items():
            if self.triggers[number].previous:
                self.follow(self.triggers[number], rule, saying)
            else:
                self.hear(self.triggers[number], rule)
        targets = {one["rule"] for rule in self.bot.rules.values() for one in rule.choices}
        # What nobody can say or press was named as a loss above.
        self.bot.rules = {key: rule for key, rule in self.bot.rules.items() if rule.examples or rule.patterns or rule.intent in targets}

    def rule_of(self, trigger: Trigger) -> ImportedRule | None:
        """Return the rule of a trigger with replies; None for one that has none, or that hears everything."""
        if is_catch_all(trigger.text) and not trigger.previous:
            detail = f"`+ {trigger.text}` hears everything; here the fallback chain answers what nobody understood."
            self.bot.lose(trigger.source, "fallback", detail, trigger.line)
            return None
        name = without_weight(trigger.text) + (f" % {trigger.previous}" if trigger.previous else "")
        rule = self.bot.rule(self.lang, name, trigger.source, trigger.line)
        rule.answer = self.answer(trigger)
        return rule

    def answer(self, trigger: Trigger) -> Bubbles:
        """Return the replies of a trigger as the variants of one bubble."""
        variants: list[str] = []
        for words, line in trigger.replies:
            variants += self.variants(words, trigger, line)
        return [variants] if variants else []

    def variants(self, words: str, trigger: Trigger, line: int) -> list[str]:
        """Return what a reply says, without its tags; none when a value would be missing in it."""
        if len(words) > LONGEST_TEXT:
            self.bot.lose(trigger.source, "text", f"a reply of “{trigger.text[:60]}” has more than {LONGEST_TEXT} characters; it was left out.", line)
            return []
        if WEIGHT.search(words):
            self.bot.lose(trigger.source, "weight", "replies have no weight here; each comes as often as the others.", line)
        text = BOT_VALUE.sub(lambda match: self.values.get(match[1], match[0]), WEIGHT.sub("", words))
        if CHANGES.search(text):
            self.bot.lose(trigger.source, "variable", f"`{CHANGES.search(text)[0][:60]}` was left out; what it says came along.", line)  # type: ignore[index]
        found = [CHANGES.sub("", text)]
        if match := RANDOM.search(found[0]):
            options = match[1].split("|") if "|" in match[1] else match[1].split()
            found = [found[0][: match.start()] + option + found[0][match.end() :] for option in options]
        said = []
        for one in found:
            if tag := TAG.search(one):
                self.bot.lose(trigger.source, "tag", f"a reply of “{trigger.text[:60]}” was left out: nothing stands for {tag[0][:40]} here.", line)
                break
            for mark, plain in SPACES.items():
                one = one.replace(mark, plain)
            said.append(one)
        return said

    def hear(self, trigger: Trigger, rule: ImportedRule) -> None:
        """Give a rule the words of a trigger: an example where they are plain, else a pattern."""
        words = without_weight(trigger.text)
        if weight := weight_of(trigger.text):
            rule.priority = max(rule.priority, min(100, weight))
        if is_plain(words):
            rule.examples.append((words, trigger.line))
            return
        if tag := TAG.search(words):
            return self.bot.lose(trigger.source, "tag", f"the trigger “{words[:60]}” was left out: nothing stands for {tag[0][:40]} here.", trigger.line)
        try:
            rule.patterns.append(as_pattern(words, self.arrays))
        except (TooLarge, ValueError) as error:
            self.bot.lose(trigger.source, "pattern", f"the trigger “{words[:60]}” was left out: {error}.", trigger.line)

    def redirect(self, trigger: Trigger, known: dict[str, Trigger]) -> None:
        """Let the rule that a trigger leads to hear its words too; *known* are the triggers by their words."""
        wanted = trigger.redirect
        for _ in range(MOST_REDIRECTS):
            other = known.get(normal(wanted))
            if other is None or not other.redirect:
                break
            wanted = other.redirect
        rule = self.bot.find(self.lang, without_weight(other.text)) if other and not other.redirect else None
        if rule is None or trigger.previous:
            detail = f"“{trigger.text[:60]}” leads to “{trigger.redirect[:60]}”, which is no trigger as it stands; it was left out."
            return self.bot.lose(trigger.source, "redirect", detail, trigger.line)
        return self.hear(trigger, rule)

    def rules_by_reply(self) -> dict[str, dict[str, ImportedRule]]:
        """Return the rules that say each reply, by their names, in the order of the files."""
        saying: dict[str, dict[str, ImportedRule]] = {}
        for rule in self.bot.rules.values():
            for text in (text for bubble in rule.answer for text in bubble):
                saying.setdefault(normal(text), {})[rule.intent] = rule
        return saying

    def follow(self, trigger: Trigger, rule: ImportedRule, saying: dict[str, dict[str, ImportedRule]]) -> None:
        """Make a trigger that is heard after one reply only a button below that reply."""
        above = [
            one for one in saying.get(normal(trigger.previous), {}).values() if one is not rule and (one.lang, one.intent) in self.bot.rules
        ]
        if not above or not is_plain(trigger.text):
            detail = f"“{trigger.text[:60]}” after “{trigger.previous[:60]}” has no plain words, or no such reply, for a button; it was left out."
            self.bot.lose(trigger.source, "previous", detail, trigger.line)
            del self.bot.rules[(rule.lang, rule.intent)]
            return
        for one in above:
            one.choices.append(choice(trigger.text, rule=rule.intent))
        detail = f"“{trigger.text[:60]}” is a button of “{above[0].intent[:60]}” here, and not heard elsewhere."
        self.bot.lose(trigger.source, "follow-up", detail, trigger.line)


def commands(text: str) -> list[tuple[int, str, str]]:
    """Return the line, the sign and the words of each command; comments are gone and continued lines are joined."""
    found: list[tuple[int, str, str]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if inside or line.startswith("/*"):
            inside = "*/" not in line
            continue
        line = COMMENT.sub("", line).strip()
        if not line:
            continue
        sign, words = line[0], line[1:].strip()
        if sign == "^" and found:
            of_line, of_sign, before = found[-1]
            # The parts of an array are read one by one; all else is joined without a space.
            found[-1] = (of_line, of_sign, before + ("\n" if of_sign == "!" else "") + words)
        else:
            found.append((number, sign, words))
    return found
