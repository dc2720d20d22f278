"""Put an imported bot into a content folder: nothing an editor changed is overwritten, and a second import changes nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from helpcenter.chat.conversation_tests import report_conversations
from helpcenter.chat.importers.bot import UNSAFE, Bubbles, ImportedBot, ImportedFlow, ImportedRule, Story, placeholder
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import read_bot_file
from helpcenter.chat.rules import load_rules
from helpcenter.chat.schema import BotFile, Flow, Rule
from helpcenter.chat.yaml_reading import yaml_files
from helpcenter.content.importers.article import Loss
from helpcenter.content.importers.report import NAMED
from helpcenter.content.importers.target import Entry, Ledger, Target, UnsafePath, hash_of, ledger_path, portable, read_ledger
from helpcenter.language.analysis import fold

MOST_EXAMPLES = 1000
MOST_BUBBLES = 10
MOST_VARIANTS = 20
MOST_CHOICES = 10
MOST_STORIES = 300


class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes every part out: our files have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Tell that no part is to be written as an alias."""
        return True


@dataclass
class BotReport:
    """What an import of a bot wrote, what stayed, and what could not come along."""

    kind: str
    rules: int = 0
    examples: int = 0
    forms: int = 0
    tests: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report in words, the losses counted by their codes."""
        said = [
            f"{self.rules} rules with {self.examples} examples, {self.forms} forms, {self.tests} conversation tests",
            f"files: {len(self.added)} added, {len(self.changed)} changed, {self.unchanged} unchanged, {len(self.kept)} kept as editors left them",
        ]
        said += [f"kept: {path}" for path in self.kept]
        said += [f"gone from the source: {path}" for path in self.vanished]
        if self.losses:
            said.append(f"{len(self.losses)} losses:")
        for what, count in Counter(loss.what for loss in self.losses).most_common():
            named = [loss for loss in self.losses if loss.what == what]
            said.append(f"  {what} ({count})")
            said += [f"    {loss}" for loss in named[:NAMED]]
            said += [f"    … and {count - NAMED} more; --json names all"] if count > NAMED else []
        return said + [str(problem) for problem in self.problems]

    def as_json(self) -> dict[str, Any]:
        """Return everything, for programs."""
        losses = [{"source": one.source, "line": one.line, "what": one.what, "detail": one.detail} for one in self.losses]
        names = ("kind", "rules", "examples", "forms", "tests", "added", "changed", "unchanged", "kept", "vanished")
        figures = {name: getattr(self, name) for name in names}
        return {**figures, "lost": dict(Counter(loss.what for loss in self.losses)), "losses": losses, "problems": [str(one) for one in self.problems]}


def write_bot(bot: ImportedBot, folder: Path) -> BotReport:
    """Write *bot* into the content folder *folder* (or the one whose bot folder it is), and return what was done.

    Raises UnsafePath and OSError.
    """
    root = folder.resolve().parent if folder.resolve().name == "bot" else folder
    target = Target(root)
    writer = Writer(bot, target, read_ledger(target, bot.kind))
    try:
        writer.put_rules()
        writer.put_parts()
        writer.put_stories()
        writer.settle()
    finally:
        writer.save()
    return writer.report


class Writer:
    """Puts the parts of one bot into files and keeps the ledger of what it wrote."""

    def __init__(self, bot: ImportedBot, target: Target, ledger: Ledger) -> None:
        self.bot, self.target, self.ledger = bot, target, ledger
        self.report = BotReport(bot.kind, losses=bot.losses)
        self.languages = sorted({lang for lang, _ in bot.rules} | set(bot.welcome))
        self.seen: set[str] = set()
        self.paths = set(ledger.names.values())
        self.taken = {lang: self.names_of_others(lang) for lang in self.languages}
        self.owners: dict[tuple[str, str], str] = {}
        self.valid: dict[tuple[str, str], dict[str, Any]] = {}
        self.flows = self.valid_flows()

    def names_of_others(self, lang: str) -> set[str]:
        """Return the rules (`rule x`), forms (`flow x`) and the `welcome` that files which are not ours have."""
        bot = self.target.root / "bot"
        found: set[str] = set()
        for path in [*yaml_files(bot, "*.yaml"), *yaml_files(bot / lang, "**/*.yaml")]:
            shown = path.relative_to(self.target.root).as_posix()
            file = read_bot_file(path, shown)[0] if shown not in self.ledger.files else None
            if file is not None:
                found |= {f"rule {rule.intent}" for rule in file.bot.rules} | {f"flow {flow.flow}" for flow in file.bot.flows}
                found |= {"welcome"} if file.bot.welcome else set()
        return found

    def put_rules(self) -> None:
        """Write each rule that is valid, with its form, into a file of its own."""
        for key, rule in self.bot.rules.items():
            if f"rule {rule.intent}" in self.taken[rule.lang]:
                self.bot.lose(rule.source, "taken", f"“{rule.intent}”: the folder has a rule of that name; it was kept.", rule.line)
            elif entry := self.rule_entry(rule):
                self.valid[key] = entry
        leads = {flow: key for key, entry in reversed(self.valid.items()) if (flow := (key[0], entry.get("flow", ""))) in self.flows}
        for key, entry in self.valid.items():
            self.check_targets(self.bot.rules[key], entry)
            parts: dict[str, Any] = {"rules": [entry]}
            flow = (key[0], entry.get("flow", ""))
            if leads.get(flow) == key:
                parts["flows"] = [self.flows[flow]]
            self.put(self.path_of(key), parts, self.bot.rules[key].source)
            self.report.rules += 1
            self.report.examples += len(entry.get("examples", []))
        self.report.forms = sum("form" in self.flows[flow] for flow in leads)
        for flow in self.flows.keys() - leads.keys():
            self.bot.lose(self.bot.flows[flow].source, "form", f"no rule leads to the form “{flow[1]}”; it was left out.")

    def path_of(self, key: tuple[str, str]) -> str:
        """Return the file of a rule, the same in every import."""
        lang, intent = key
        known = self.ledger.names.get(f"{lang} {intent}")
        stem = portable(UNSAFE.sub("-", fold(intent)).strip("-")[:60] or "intent")
        path, number = f"bot/{lang}/{stem}.yaml", 2
        while not known and (path in self.paths or (self.target.root / path).exists()):
            path, number = f"bot/{lang}/{stem}-{number}.yaml", number + 1
        self.paths.add(known or path)
        self.ledger.names[f"{lang} {intent}"] = known or path
        return known or path

    def rule_entry(self, rule: ImportedRule) -> dict[str, Any] | None:
        """Return a rule as it is written, None and a loss when it cannot be one."""
        if not rule.answer and not rule.flow:
            self.bot.lose(rule.source, "no-answer", f"“{rule.intent}” has no answer here; its rule holds a placeholder.", rule.line)
        entry: dict[str, Any] = {"intent": rule.intent}
        entry["examples"] = self.examples_of(rule)
        entry["patterns"] = list(dict.fromkeys(rule.patterns))
        entry["priority"] = rule.priority
        entry["small_talk"] = rule.small_talk
        entry["answer"] = self.answer_of(rule.answer, rule) or ([] if rule.flow else [placeholder(rule.intent)])
        entry["choices"] = rule.choices
        if len(rule.choices) > MOST_CHOICES:
            self.bot.lose(rule.source, "choices", f"“{rule.intent}” has {len(rule.choices)} buttons; the first {MOST_CHOICES} were kept.", rule.line)
            entry["choices"] = rule.choices[:MOST_CHOICES]
        entry["flow"] = rule.flow
        entry = {name: value for name, value in entry.items() if value}
        return self.checked(Rule, entry, f"the rule “{rule.intent}”", rule.source, rule.line)

    def checked(self, model: Any, entry: dict[str, Any], what: str, source: str, line: int | None = None) -> dict[str, Any] | None:
        """Return *entry* when our rule language accepts it, None and a loss otherwise."""
        try:
            model.model_validate(entry)
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            self.bot.lose(source, "invalid", f"{what} was left out: {reason}.", line)
            return None
        return entry

    def examples_of(self, rule: ImportedRule) -> list[str]:
        """Return a rule's examples, each once and in one rule only."""
        kept: list[str] = []
        for given, line in rule.examples:
            text = self.bot.text(given, rule.source, line=line, lines=False)
            if not text:
                continue
            owner = self.owners.setdefault((rule.lang, text.casefold()), rule.intent)
            if owner != rule.intent:
                self.bot.lose(rule.source, "contradicting", f"“{text[:60]}” is {owner} and {rule.intent}; kept with {owner}.", line)
            elif text.casefold() in {one.casefold() for one in kept[-50:]} or text in kept:
                self.bot.lose(rule.source, "repeated", f"“{text[:60]}” stands twice in {rule.intent}.", line)
            elif len(kept) == MOST_EXAMPLES:
                self.bot.lose(rule.source, "too-many", f"{rule.intent} has more than {MOST_EXAMPLES} examples; the rest was left out.", line)
                break
            else:
                kept.append(text)
        return kept

    def answer_of(self, bubbles: Bubbles, part: ImportedRule | ImportedFlow) -> list[Any]:
        """Return an answer as it is written: a text, or one with its variants, for each bubble."""
        written: list[Any] = []
        for variants in bubbles:
            texts = list(dict.fromkeys(text for one in variants if (text := self.bot.text(one, part.source))))
            if len(texts) > MOST_VARIANTS or (texts and len(written) == MOST_BUBBLES):
                self.bot.lose(part.source, "too-many", f"an answer has more than {MOST_VARIANTS} variants or {MOST_BUBBLES} bubbles; the rest was left out.")
            if texts and len(written) < MOST_BUBBLES:
                written.append(texts[0] if len(texts) == 1 else {"text": texts[:MOST_VARIANTS]})
        return written

    def valid_flows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the forms as they are written."""
        found = {}
        for key, flow in self.bot.flows.items():
            said = self.answer_of(flow.answer, flow)
            if not said:
                self.bot.lose(flow.source, "no-answer", f"what follows the form “{flow.name}” is not said here; it holds a placeholder.")
            said = said or [placeholder(flow.name)]
            entry: dict[str, Any] = {"flow": flow.name, "form": flow.form, "then": {"answer": said}}
            if flow.choices:
                entry = {"flow": flow.name, "steps": {"begin": {"answer": said, "choices": flow.choices[:MOST_CHOICES]}}}
            if f"flow {flow.name}" in self.taken.get(flow.lang, ()):
                self.bot.lose(flow.source, "taken", f"“{flow.name}”: the folder has a flow of that name; it was kept.")
            elif self.checked(Flow, entry, f"the form “{flow.name}”", flow.source):
                found[key] = entry
        return found

    def check_targets(self, rule: ImportedRule, entry: dict[str, Any]) -> None:
        """Leave out the buttons and the form that lead nowhere."""
        others, kept = self.taken[rule.lang], []
        for one in entry.pop("choices", []):
            if "rule" not in one or (rule.lang, one["rule"]) in self.valid or f"rule {one['rule']}" in others:
                kept.append(one)
            else:
                self.bot.lose(rule.source, "choices", f"the button “{one['label']}” of “{rule.intent}” leads nowhere; it was left out.", rule.line)
        if kept:
            entry["choices"] = kept
        flow = entry.get("flow")
        if flow and (rule.lang, flow) not in self.flows and f"flow {flow}" not in others:
            self.bot.lose(rule.source, "form", f"the form of “{rule.intent}” could not be written.", rule.line)
            del entry["flow"]
            entry.setdefault("answer", [placeholder(rule.intent)])

    def put_parts(self) -> None:
        """Write what belongs to no rule: the welcome, and synonyms."""
        for lang, bubbles in self.bot.welcome.items():
            answer = self.answer_of(bubbles, ImportedFlow(lang, "welcome", "welcome"))
            if "welcome" in self.taken[lang]:
                self.bot.lose("welcome", "taken", f"the folder has a welcome in {lang}; it was kept.")
            elif answer and self.checked(BotFile, {"welcome": {"answer": answer}}, "the welcome", "welcome"):
                self.put(f"bot/{lang}/welcome-{self.bot.kind}.yaml", {"welcome": {"answer": answer}}, "welcome")
        for lang, lines in self.bot.synonyms.items():
            if lines:
                self.put_text(f"synonyms/{lang}.txt", "".join(f"{line}\n" for line in dict.fromkeys(lines)), "synonyms")

    def put_stories(self) -> None:
        """Write the stories that our rules play as wanted as conversation tests."""
        for lang, stories in self.bot.stories.items():
            if len(stories) > MOST_STORIES:
                first = stories[MOST_STORIES]
                self.bot.lose(first.source, "too-many", f"only the first {MOST_STORIES} stories were tried as tests.", first.line)
            played = self.played(lang, stories[:MOST_STORIES])
            self.report.tests += len(played)
            if played:
                self.put(f"tests/conversations/{lang}/imported-{self.bot.kind}.yaml", played, "stories")

    def played(self, lang: str, stories: list[Story]) -> list[dict[str, Any]]:
        """Return the stories that hold here; the others are losses."""
        rules, _ = load_rules(self.target.root / "bot", [lang])
        tests = [{"conversation": one.name, "turns": [{"say": say, "rule": rule} for say, rule in one.turns]} for one in stories]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / lang / "stories.yaml"
            path.parent.mkdir()
            path.write_text(dumped(tests), encoding="utf-8")
            failed = {failure.conversation: failure for failure in report_conversations(Path(folder), rules).all_failures}
        for one in stories:
            if failure := failed.get(one.name) or failed.get("–"):
                why = f"after “{failure.said[:60]}” wanted {failure.wanted}, got {failure.got.partition(' (')[0][:80]}"
                self.bot.lose(one.source, "story", f"“{one.name}” is no test: {why}.", one.line)
        return [test for test in tests if test["conversation"] not in failed and "–" not in failed]

    def put(self, path: str, parts: Any, source: str) -> None:
        """Write parts of a bot as YAML."""
        self.put_text(path, dumped(parts), source)

    def put_text(self, path: str, text: str, source: str) -> None:
        """Write a file, unless an editor wrote or changed it."""
        content = text.encode()
        self.seen.add(path)
        try:
            before = self.target.read(path)
            known = self.ledger.files.get(path)
            entry = Entry(hash_of(content), source)
            if before is not None and hash_of(before) == entry.hash:
                self.ledger.files[path] = entry
                self.report.unchanged += 1
            elif (before is None) != (known is None) or (before is not None and known is not None and hash_of(before) != known.hash):
                self.report.kept.append(path)
            else:
                self.target.write(path, content)
                self.ledger.files[path] = entry
                (self.report.added if known is None else self.report.changed).append(path)
        except UnsafePath as error:
            self.bot.lose(source, "path", f"{error}.")

    def settle(self) -> None:
        """Name the files whose source is gone, and the errors that are left in the folder's rules."""
        self.report.vanished = sorted(path for path in self.ledger.files.keys() - self.seen)
        problems = load_rules(self.target.root / "bot", self.languages)[1]
        self.report.problems = [problem for problem in problems if problem.severity == "error"]

    def save(self) -> None:
        """Write the ledger when it has changed."""
        content = self.ledger.text().encode()
        if self.ledger.files and self.target.read(ledger_path(self.bot.kind)) != content:
            self.target.write(ledger_path(self.bot.kind), content)


def dumped(value: Any) -> str:
    """Return parts of a bot as YAML that our reader takes."""
    return yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1000)
