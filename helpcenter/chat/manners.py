"""Hold what the bot files say against the etiquette; every finding has its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from helpcenter.chat import etiquette
from helpcenter.chat.etiquette import Remark
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import FileRead
from helpcenter.chat.schema import Answer, Flow, Rule

Place = tuple[str | int, ...]


def check_manners(files: Sequence[FileRead]) -> Iterator[RuleProblem]:
    """Yield what is not polite in one language's files, as warnings."""
    for file in files:
        for place, text in texts_of(file):
            for remark in etiquette.remarks(text):
                yield problem(file, remark, place)
        for number, rule in enumerate(file.bot.rules):
            if not leads_on(rule):
                yield problem(file, Remark("NO-NEXT-STEP", rule.intent), ("rules", number, "answer"))


def check_same_texts(files: Mapping[str, Sequence[FileRead]], languages: Sequence[str]) -> Iterator[RuleProblem]:
    """Yield the texts that stand in a language as they stand in the first one."""
    first = {text.casefold() for file in files.get(languages[0], ()) for _, text in texts_of(file)} if languages else set()
    for lang in languages[1:]:
        for file in files.get(lang, ()):
            for place, text in texts_of(file):
                if etiquette.is_same_text(text, text if text.casefold() in first else ""):
                    yield problem(file, Remark("SAME-TEXT", etiquette.shown(text)), place)


def problem(file: FileRead, remark: Remark, place: Place) -> RuleProblem:
    """Return a remark as a warning."""
    return RuleProblem(file.path, file.line(*place), remark.code, remark.reason(), "warning")


def texts_of(file: FileRead) -> Iterator[tuple[Place, str]]:
    """Yield every text that a visitor can get from a file, with its place."""
    for number, rule in enumerate(file.bot.rules):
        yield from answer_texts(rule.answer, ("rules", number, "answer"))
    for number, flow in enumerate(file.bot.flows):
        yield from flow_texts(flow, ("flows", number))
    if file.bot.welcome:
        yield from answer_texts(file.bot.welcome.answer, ("welcome", "answer"))


def flow_texts(flow: Flow, at: Place) -> Iterator[tuple[Place, str]]:
    """Yield the texts of a flow."""
    yield from answer_texts(flow.intro, (*at, "intro"))
    for number, slot in enumerate(flow.form):
        for name in ("ask", "hint", "retry"):
            yield (*at, "form", number, name), getattr(slot, name)
    yield (*at, "confirm"), flow.confirm
    for name, step in flow.steps.items():
        yield from answer_texts(step.answer, (*at, "steps", name, "answer"))
    if flow.then:
        yield from answer_texts(flow.then.answer, (*at, "then", "answer"))


def answer_texts(answers: Sequence[Answer], at: Place) -> Iterator[tuple[Place, str]]:
    """Yield the texts of an answer."""
    for number, answer in enumerate(answers):
        for text in (*answer.text, answer.open, answer.closed):
            if text:
                yield (*at, number), text


def leads_on(rule: Rule) -> bool:
    """Tell whether a rule's answer says how it goes on; small talk and a good-bye need not."""
    if rule.small_talk or rule.end or rule.flow or rule.choices or rule.asks_whether_solved:
        return True
    if any(answer.article for answer in rule.answer):
        return True
    return any(etiquette.leads_on(text) for _, text in answer_texts(rule.answer, ()))
