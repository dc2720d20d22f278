"""Run the editors' conversation tests: YAML files that say what a visitor says and what the bot must answer.

A turn says something (`say`) or presses a button (`choose`); the other keys are what must be true
afterwards. docs/chat.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from helpcenter.chat.dialogue import begin, first_state, reply
from helpcenter.chat.problems import BrokenYaml, RuleProblem, nearest
from helpcenter.chat.rules import Rules
from helpcenter.chat.schema import as_list
from helpcenter.chat.turns import ArticleCard, Context, Escalate, FindArticle, Message, Passage, Search, State, Turn
from helpcenter.chat.yaml_reading import Lines, line_of, read_yaml, yaml_files

# Tests have a clock of their own: a Wednesday at ten.
TEST_NOW = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)
Texts = Annotated[list[str], BeforeValidator(as_list)]


class Part(BaseModel):
    """The base of the parts of a test file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WantedRequest(Part):
    """What the request must be like."""

    kind: str | None = None
    section: str | None = None
    subject: str | None = None
    slots: dict[str, str] = {}


class TurnSource(Part):
    """One turn of a test."""

    say: str | None = None
    choose: str | None = None
    rule: str | None = None
    article: str | None = None
    text: Texts = []
    not_text: Texts = []
    choices: Texts = []
    state: str | None = None
    request: WantedRequest | None = None


class ConversationSource(Part):
    """One conversation with its circumstances."""

    conversation: str
    lang: str | None = None
    page: str = ""
    article: str = ""
    section: str = ""
    open: bool | None = None
    visitor: dict[str, str] = {}
    turns: list[TurnSource]


@dataclass(frozen=True, slots=True)
class Failure:
    """A turn that did not answer as wanted."""

    path: str
    line: int
    conversation: str
    said: str
    wanted: str
    got: str

    @property
    def message(self) -> str:
        """Return what happened, without the place."""
        return f"{self.conversation}: after “{self.said}” wanted {self.wanted}, got {self.got}"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: CONVERSATION {self.message}"


@dataclass
class Report:
    """The outcome of all conversation tests."""

    failures: list[Failure] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)
    conversations: int = 0
    turns: int = 0
    covered: dict[str, set[str]] = field(default_factory=dict)

    @property
    def all_failures(self) -> list[Failure]:
        """Return the failures; broken test files count as failures too."""
        broken = [Failure(one.path, one.line, "–", "–", "a readable test", f"{one.code} {one.message}") for one in self.problems]
        return broken + self.failures

    def uncovered(self, rules: Rules) -> dict[str, list[str]]:
        """Return for each language the rules and flows that no conversation test reaches."""
        return {
            lang: [
                name for name in (*of_lang.rules, *of_lang.flows) if name not in self.covered.get(lang, set())
            ]
            for lang, of_lang in rules.languages.items()
        }


@dataclass(frozen=True)
class TestFile:
    """A test file that was read."""

    __test__ = False

    path: str
    lang: str
    conversations: list[ConversationSource]
    lines: Lines


def find_no_passage(text: str, lang: str, limit: int) -> Sequence[Passage]:
    """Return nothing: a search for tests of rules alone."""
    return []


def find_any_article(key: str, lang: str) -> ArticleCard | None:
    """Return a card for any key: for tests that run without published articles."""
    slug = key.rpartition("/")[2]
    return ArticleCard(key, lang, slug, slug.replace("-", " ").capitalize(), f"/{lang}/articles/{slug}")


def run_conversation_tests(
    folder: Path, rules: Rules, search: Search = find_no_passage, find_article: FindArticle = find_any_article
) -> list[Failure]:
    """Return the failures of the conversation tests under *folder* (`<lang>/*.yaml`); broken files count as failures."""
    return report_conversations(folder, rules, search, find_article).all_failures


def report_conversations(
    folder: Path,
    rules: Rules,
    search: Search = find_no_passage,
    find_article: FindArticle = find_any_article,
    *,
    only: str | None = None,
) -> Report:
    """Return what happened in each conversation test under *folder* (with *only*, in that language), and which rules they reached."""
    report = Report()
    for path in yaml_files(folder, "**/*.yaml"):
        file, problems = read_test_file(path, folder)
        if only in (None, language_of(path, folder)):
            report.problems.extend(problems)
        for place, source in enumerate(file.conversations if file else ()):
            if only in (None, source.lang or file.lang):
                Run(file, place, source, rules, search, find_article, report).play()
    return report


def language_of(path: Path, folder: Path) -> str:
    """Return the language of a test file: its folder's, English without one."""
    parts = path.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else "en"


def read_test_file(path: Path, folder: Path) -> tuple[TestFile | None, list[RuleProblem]]:
    """Return a test file, or None and what is wrong with it."""
    relative = path.relative_to(folder)
    shown = f"{folder.name}/{relative.as_posix()}"
    try:
        value, lines = read_yaml(path)
    except BrokenYaml as error:
        return None, [RuleProblem(shown, error.line, error.code, error.message)]
    if not isinstance(value, list):
        return None, [RuleProblem(shown, 1, "TEST", "the file must be a list of conversations")]
    sources, problems = [], []
    for place, one in enumerate(value):
        try:
            sources.append(ConversationSource.model_validate(one))
        except ValidationError as error:
            sources.append(ConversationSource(conversation="broken", turns=[]))
            problems.extend(describe(error, place, lines, shown))
    return TestFile(shown, language_of(path, folder), sources, lines), problems


def describe(error: ValidationError, place: int, lines: Lines, shown: str) -> Iterable[RuleProblem]:
    """Yield what pydantic found, with its line."""
    known = {*TurnSource.model_fields, *ConversationSource.model_fields}
    for one in error.errors(include_url=False):
        name = str(one["loc"][-1]) if one["loc"] else ""
        hint = nearest(name, known) if one["type"] == "extra_forbidden" else ""
        line = line_of(lines, (place, *one["loc"]))
        yield RuleProblem(shown, line, "TEST", f"`{name}`: {one['msg']}{hint}")


def context_of(source: ConversationSource) -> Context:
    """Return the circumstances of a conversation; an article is in the section of its key."""
    section = source.section or source.article.rpartition("/")[0]
    return Context(
        TEST_NOW, page=source.page, article=source.article, section=section, open_now=source.open, visitor=source.visitor
    )


@dataclass
class Run:
    """One conversation being played."""

    file: TestFile
    place: int
    source: ConversationSource
    rules: Rules
    search: Search
    find_article: FindArticle
    report: Report

    def play(self) -> None:
        """Play every turn, and report what is not as wanted; stop at the first turn that fails."""
        lang = self.source.lang or self.file.lang
        context = context_of(self.source)
        state = first_state(lang, self.source.conversation, context)
        services: dict[str, Any] = {"search": self.search, "find_article": self.find_article, "context": context}
        state = begin(self.rules, state, **services).state
        self.report.conversations += 1
        for number, wanted in enumerate(self.source.turns):
            message = self.message_of(wanted, state, number)
            if message is None:
                return
            turn = reply(message, self.rules, state, **services)
            self.note_coverage(lang, turn, message)
            state = turn.state
            self.report.turns += 1
            if not self.check(number, wanted, turn):
                return

    def message_of(self, wanted: TurnSource, state: State, number: int) -> Message | None:
        """Return what the visitor sends; a button must be on offer."""
        if wanted.choose is None:
            return Message(wanted.say or "")
        offered = {one["label"]: one["value"] for one in state.offered}
        if wanted.choose not in offered:
            self.fail(number, wanted.choose, f"a button “{wanted.choose}”", ", ".join(offered) or "no button")
            return None
        return Message(choice=offered[wanted.choose])

    def note_coverage(self, lang: str, turn: Turn, message: Message) -> None:
        """Note which rules and flows the turn used."""
        covered = self.report.covered.setdefault(lang, set())
        for name in (turn.rule, *(one.rule for one in turn.replies)):
            if name:
                covered.update((name, name.partition("/")[0]))
        form = turn.state.form or turn.state.step
        if form:
            covered.add(form["flow"])
        kind, _, name = (message.choice or "").partition(":")
        if kind in ("rule", "flow"):
            covered.add(name)

    def check(self, number: int, wanted: TurnSource, turn: Turn) -> bool:
        """Compare a turn with what is wanted; tell whether all is well."""
        said = wanted.say if wanted.say is not None else wanted.choose or ""
        before = len(self.report.failures)
        text = "\n".join(one.text for one in turn.replies)
        rules = list(dict.fromkeys([turn.rule, *(one.rule for one in turn.replies)]))
        articles = [one.article.key for one in turn.replies if one.article]
        labels = [choice.label for one in turn.replies for choice in one.choices]
        if wanted.rule is not None and wanted.rule not in rules:
            self.fail(number, said, f"rule {wanted.rule}", f"{turn.rule} ({'; '.join(turn.trace[1:4])})")
        if wanted.article is not None and wanted.article not in articles:
            self.fail(number, said, f"article {wanted.article}", ", ".join(articles) or "no article")
        for piece in wanted.text:
            if piece.casefold() not in text.casefold():
                self.fail(number, said, f"text “{piece}”", f"“{text}”")
        for piece in wanted.not_text:
            if piece.casefold() in text.casefold():
                self.fail(number, said, f"no text “{piece}”", f"“{text}”")
        for label in wanted.choices:
            if label not in labels:
                self.fail(number, said, f"a button “{label}”", ", ".join(labels) or "no button")
        if wanted.state is not None and wanted.state != turn.state.status:
            self.fail(number, said, f"state {wanted.state}", turn.state.status)
        if wanted.request is not None:
            self.check_request(number, said, wanted.request, turn)
        return len(self.report.failures) == before

    def check_request(self, number: int, said: str, wanted: WantedRequest, turn: Turn) -> None:
        """Compare the request that the turn opens with the wanted one; capitals do not matter."""
        request = next((action for action in turn.actions if isinstance(action, Escalate)), None)
        if request is None:
            return self.fail(number, said, "a request", "none")
        for name in ("kind", "section", "subject"):
            value = getattr(wanted, name)
            if value is not None and value.casefold() not in (getattr(request, name) or "").casefold():
                self.fail(number, said, f"request {name} {value}", str(getattr(request, name)))
        for name, value in wanted.slots.items():
            if request.slots.get(name, "").casefold() != value.casefold():
                self.fail(number, said, f"slot {name} = {value}", request.slots.get(name, "nothing"))
        return None

    def fail(self, number: int, said: str, wanted: str, got: str) -> None:
        """Report one failure."""
        line = line_of(self.file.lines, (self.place, "turns", number))
        self.report.failures.append(Failure(self.file.path, line, self.source.conversation, said, wanted, got))
