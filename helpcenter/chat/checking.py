"""Checks that need more than one part: names that lead nowhere, twins, examples too few."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from helpcenter.chat.problems import RuleProblem, nearest
from helpcenter.chat.reading import FileRead
from helpcenter.chat.schema import SLOT_TYPES, Answer, Flow, Rule, Target
from helpcenter.chat.wording import places

FEWEST_EXAMPLES = 5
RESERVED = ("builtin.", "fallback.")
# The slots of the form that leads to a person, and what a signed identity fills in.
BUILTIN_SLOTS = ("problem", "email", "name")


def check_language(
    lang: str, files: Sequence[FileRead], article_keys: Collection[str] | None
) -> list[RuleProblem]:
    """Return what is wrong between the parts of one language's files."""
    intents = {rule.intent for file in files for rule in file.bot.rules}
    flows = {flow.flow: flow for file in files for flow in file.bot.flows}
    types = {name for file in files for name in file.bot.types}
    variables = {name for file in files for name in file.bot.variables}
    slots = {slot.slot for flow in flows.values() for slot in flow.form}
    problems = [*twins(files)]
    for file in files:
        check = FileCheck(file, intents, flows, types, article_keys, variables=variables, slots=slots)
        problems.extend(check.problems())
    return problems


def twins(files: Sequence[FileRead]) -> Iterator[RuleProblem]:
    """Yield rules and flows defined twice, and examples that two rules share."""
    where: dict[tuple[str, str], str] = {}
    examples: dict[str, str] = {}
    for file in files:
        for place, rule in enumerate(file.bot.rules):
            line = file.line("rules", place)
            yield from twice(where, "rule", rule.intent, file.path, line)
            for number, example in enumerate(rule.examples):
                said = " ".join(example.casefold().split())
                owner = examples.setdefault(said, rule.intent)
                if owner != rule.intent:
                    line = file.line("rules", place, "examples", number)
                    message = f"“{example}” is an example of {owner} too; a visitor's words can mean only one of them"
                    yield RuleProblem(file.path, line, "SAME-EXAMPLE", message, "warning")
        for place, flow in enumerate(file.bot.flows):
            yield from twice(where, "flow", flow.flow, file.path, file.line("flows", place))


def twice(where: dict[tuple[str, str], str], kind: str, name: str, path: str, line: int) -> Iterator[RuleProblem]:
    """Yield a problem when the name was used before."""
    here = f"{path}:{line}"
    before = where.setdefault((kind, name), here)
    if before != here:
        yield RuleProblem(path, line, f"TWO-{kind.upper()}S", f"the {kind} `{name}` stands at {before} too")


class FileCheck:
    """The checks of one file against all names of its language."""

    def __init__(
        self,
        file: FileRead,
        intents: Collection[str],
        flows: Mapping[str, Flow],
        types: Collection[str],
        article_keys: Collection[str] | None,
        *,
        variables: Collection[str],
        slots: Collection[str],
    ) -> None:
        self.file, self.intents, self.flows, self.types, self.article_keys = file, intents, flows, types, article_keys
        self.variables, self.slots = variables, {*slots, *BUILTIN_SLOTS}

    def problem(self, code: str, message: str, *place: str | int, severity: str = "error") -> RuleProblem:
        """Return a problem at a place of this file."""
        return RuleProblem(self.file.path, self.file.line(*place), code, message, severity)

    def problems(self) -> Iterator[RuleProblem]:
        """Yield everything that is wrong in the file."""
        for place, rule in enumerate(self.file.bot.rules):
            yield from self.check_rule(rule, place)
        for place, flow in enumerate(self.file.bot.flows):
            yield from self.check_flow(flow, place)
        welcome = self.file.bot.welcome
        if welcome:
            yield from self.check_targets(welcome.choices, "", "welcome", "choices")
            yield from self.check_answers(welcome.answer, "welcome", "answer")

    def check_rule(self, rule: Rule, place: int) -> Iterator[RuleProblem]:
        """Yield what is wrong with a rule."""
        at = ("rules", place)
        if rule.intent.startswith(RESERVED):
            yield self.problem("RESERVED", f"`{rule.intent}`: names that begin with builtin. or fallback. are the engine's own", *at)
        if rule.examples and len(rule.examples) < FEWEST_EXAMPLES and not rule.patterns and not rule.small_talk:
            message = f"{rule.intent} has {len(rule.examples)} examples; with {FEWEST_EXAMPLES} or more it is understood far better"
            yield self.problem("FEW-EXAMPLES", message, *at, severity="warning")
        yield from self.check_articles([answer.article for answer in rule.answer], *at, "answer")
        yield from self.check_articles(rule.when.article, *at, "when", "article")
        yield from self.check_sections(rule.when.section, *at, "when", "section")
        for name in rule.when.answers:
            if name not in self.slots:
                yield self.unknown("SLOT", name, self.slots, *at, "when", "answers", name)
        yield from self.check_answers(rule.answer, *at, "answer")
        yield from self.check_targets(rule.choices, "", *at, "choices")
        if rule.flow and rule.flow not in self.flows:
            yield self.unknown("FLOW", rule.flow, self.flows, *at, "flow")

    def check_flow(self, flow: Flow, place: int) -> Iterator[RuleProblem]:
        """Yield what is wrong with a flow."""
        at = ("flows", place)
        slots = {slot.slot for slot in flow.form}
        for number, slot in enumerate(flow.form):
            if slot.type not in SLOT_TYPES and slot.type not in self.types:
                yield self.unknown("TYPE", slot.type, {*SLOT_TYPES, *self.types}, *at, "form", number, "type")
            yield from self.check_values([slot.ask, slot.hint, slot.retry], *at, "form", number)
        yield from self.check_answers(flow.intro, *at, "intro")
        for name, step in flow.steps.items():
            yield from self.check_targets(step.choices, flow.flow, *at, "steps", name, "choices")
            yield from self.check_articles([answer.article for answer in step.answer], *at, "steps", name, "answer")
            yield from self.check_answers(step.answer, *at, "steps", name, "answer")
        yield from self.check_reached(flow, at)
        request = flow.then.request if flow.then else None
        texts = [flow.confirm, *((request.subject, request.body) if request else ())]
        for name in dict.fromkeys(name for text in texts for name in places(text)):
            if name not in {*slots, "email", *self.variables}:
                yield self.problem("UNKNOWN-SLOT", f"{{{name}}} is no slot of this form{nearest(name, slots)}", *at)
        if flow.then:
            yield from self.check_answers(flow.then.answer, *at, "then", "answer")
            yield from self.check_targets([flow.then] if flow.then.leads_on else [], flow.flow, *at, "then")

    def check_reached(self, flow: Flow, at: tuple[str | int, ...]) -> Iterator[RuleProblem]:
        """Yield the steps that no choice leads to."""
        reached = {choice.step for step in flow.steps.values() for choice in step.choices}
        for name in list(flow.steps)[1:]:
            if name not in reached:
                yield self.problem("UNREACHED", f"no choice leads to the step `{name}`", *at, "steps", name, severity="warning")

    def check_targets(self, targets: Sequence[Target], flow: str, *at: str | int) -> Iterator[RuleProblem]:
        """Yield the targets that do not exist."""
        steps = self.flows[flow].steps if flow in self.flows else {}
        for number, target in enumerate(targets):
            kind, name = target.goes_to
            known = {"rule": self.intents, "flow": self.flows, "step": steps}.get(kind)
            if known is not None and name not in known:
                yield self.unknown(kind.upper(), name, known, *at, number)
            if kind == "article":
                yield from self.check_articles([name], *at, number)

    def check_answers(self, answers: Sequence[Answer], *at: str | int) -> Iterator[RuleProblem]:
        """Yield the values in braces of bubbles that nothing fills in."""
        for number, answer in enumerate(answers):
            yield from self.check_values([*answer.text, answer.open, answer.closed], *at, number)

    def check_values(self, texts: Sequence[str | None], *at: str | int) -> Iterator[RuleProblem]:
        """Yield the values in braces that nothing fills in."""
        known = {*self.variables, *self.slots}
        for name in dict.fromkeys(name for text in texts if text for name in places(text)):
            if name not in known:
                message = f"nothing fills in {{{name}}}, so visitors would read the braces{nearest(name, known)}"
                yield self.problem("UNKNOWN-VALUE", message, *at, severity="warning")

    def check_articles(self, keys: Sequence[str | None], *at: str | int) -> Iterator[RuleProblem]:
        """Yield the articles that do not exist."""
        for number, key in enumerate(keys):
            if key and self.article_keys is not None and key not in self.article_keys:
                yield self.unknown("ARTICLE", key, self.article_keys, *at, number)

    def check_sections(self, names: Sequence[str], *at: str | int) -> Iterator[RuleProblem]:
        """Yield the sections that no article is in."""
        folders = {key.rpartition("/")[0] for key in self.article_keys or ()}
        known = {"/".join(parts[:depth]) for parts in (folder.split("/") for folder in folders) for depth in range(1, len(parts) + 1)}
        for number, name in enumerate(names):
            if known and name not in known:
                yield self.unknown("SECTION", name, known, *at, number)

    def unknown(self, kind: str, name: str, known: Collection[str], *at: str | int) -> RuleProblem:
        """Return the problem of a name that does not exist."""
        return self.problem(f"UNKNOWN-{kind}", f"there is no {kind.lower()} `{name}`{nearest(name, known)}", *at)


def check_alone(shared: Sequence[FileRead], languages: Sequence[str]) -> Iterator[RuleProblem]:
    """Yield shared files that nobody hears, because no language has rules of its own."""
    for file in shared:
        if file.bot.rules or file.bot.flows or file.bot.welcome:
            wanted = file.path.rpartition("/")[0] + f"/{languages[0] if languages else 'en'}/"
            message = f"nothing of this file is published: it adds to the rules of a language, and no language has any; move it to {wanted}"
            yield RuleProblem(file.path, 1, "NO-LANGUAGE", message, "warning")


def check_translations(intents: Mapping[str, set[str]], languages: Sequence[str], folder: Path) -> Iterator[RuleProblem]:
    """Yield the rules that the first language has and another lacks."""
    if not languages or languages[0] not in intents:
        return
    source = intents[languages[0]]
    for lang, known in intents.items():
        if missing := sorted(source - known):
            listed = ", ".join(missing[:5]) + ("…" if len(missing) > 5 else "")
            message = f"{len(missing)} rules of {languages[0]} are missing in {lang}: {listed}"
            yield RuleProblem(f"{folder.name}/{lang}", 1, "NOT-TRANSLATED", message, "warning")
