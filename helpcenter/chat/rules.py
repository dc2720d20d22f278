"""The rules of all languages: loaded from files, or from the published copy in the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any

from helpcenter.chat import weights
from helpcenter.chat.checking import check_alone, check_language, check_translations
from helpcenter.chat.learning import IntentSource, fingerprint
from helpcenter.chat.matcher import Matcher, Thresholds
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import FileRead, read_bot_file
from helpcenter.chat.schema import BotFile, FallbackStep, Flow, Near, Rule, Settings, SlotType, Welcome, compile_pattern
from helpcenter.chat.yaml_reading import yaml_files

PAYLOAD_FORMAT = 2
DEFAULT_FALLBACK: tuple[FallbackStep, ...] = ("passage", Near(near=3), "rephrase", "person")


@dataclass(frozen=True)
class LanguageRules:
    """The rules of one language, ready to answer; a language without files has none and still works."""

    lang: str
    rules: dict[str, Rule] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    types: dict[str, SlotType] = field(default_factory=dict)
    welcome: Welcome | None = None
    fallback: tuple[FallbackStep, ...] = DEFAULT_FALLBACK
    settings: Settings = Settings()
    variables: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    learned: dict[str, Any] | None = None

    @cached_property
    def matcher(self) -> Matcher:
        """Return the matcher over this language's intents, learned or read back."""
        if self.learned is not None:
            return Matcher.from_payload(self.learned, intent_sources(self.rules.values()), self.lang, self.thresholds)
        return Matcher.learn(intent_sources(self.rules.values()), self.lang, self.thresholds)

    def prepare(self) -> None:
        """Compile what is compiled once, before the first message needs it."""
        _ = self.matcher, self.patterns

    def learn_from(self, same: LanguageRules) -> None:
        """Take over what *same*, rules of the same revision, has learned or learns now."""
        vars(self)["matcher"] = same.matcher

    @property
    def thresholds(self) -> Thresholds:
        """Return where the bot answers and where it asks: the editor's numbers, or the measured ones.

        With few intents fewer words are known and less is mistaken for something else, so less confidence is enough.
        """
        size = log(max(1, len(intent_sources(self.rules.values())))) / log(weights.MANY_INTENTS)
        easier = min(1.0, weights.FEWEST + (1 - weights.FEWEST) * size)
        return Thresholds(
            round(weights.ANSWER_AT * easier, 3) if self.settings.answer_at is None else self.settings.answer_at,
            round(weights.ASK_AT * easier, 3) if self.settings.ask_at is None else self.settings.ask_at,
        )

    @cached_property
    def patterns(self) -> list[tuple[Rule, Any]]:
        """Return the rules' compiled patterns, highest priority first."""
        ordered = sorted(self.rules.values(), key=lambda rule: -rule.priority)
        return [(rule, compile_pattern(pattern)) for rule in ordered for pattern in rule.patterns]

    @cached_property
    def conditional(self) -> dict[str, Rule]:
        """Return the rules that do not always exist."""
        return {name: rule for name, rule in self.rules.items() if rule.when.open is not None or rule.when.answers or rule.when.visitor}

    def title(self, intent: str) -> str:
        """Return the words that stand for a rule on a button."""
        rule = self.rules.get(intent)
        if rule is None:
            return intent
        return rule.title or (rule.examples[0] if rule.examples else intent)

    def to_payload(self) -> dict[str, Any]:
        """Return this language as JSON values, with what the matcher learned."""
        return {
            "rules": [dump(rule) for rule in self.rules.values()],
            "flows": [dump(flow) for flow in self.flows.values()],
            "types": {name: dump(kind) for name, kind in self.types.items()},
            "welcome": dump(self.welcome) if self.welcome else None,
            "fallback": [step if isinstance(step, str) else dump(step) for step in self.fallback],
            "settings": dump(self.settings),
            "variables": self.variables,
            "origins": self.origins,
            "matcher": self.matcher.to_payload(),
        }

    @classmethod
    def from_payload(cls, lang: str, stored: dict[str, Any]) -> LanguageRules:
        """Return the language that *to_payload* wrote."""
        parsed = BotFile.model_validate(
            {name: stored[name] for name in ("rules", "flows", "types", "welcome", "fallback", "settings")}
        )
        return cls(
            lang,
            rules={rule.intent: rule for rule in parsed.rules},
            flows={flow.flow: flow for flow in parsed.flows},
            types=parsed.types,
            welcome=parsed.welcome,
            fallback=tuple(parsed.fallback or DEFAULT_FALLBACK),
            settings=parsed.settings or Settings(),
            variables=stored.get("variables", {}),
            origins=stored["origins"],
            learned=stored["matcher"],
        )


@dataclass(frozen=True)
class Rules:
    """The rules of every language, and the revision that a trace names."""

    languages: dict[str, LanguageRules] = field(default_factory=dict)
    revision: str = "none"

    @cached_property
    def revisions(self) -> dict[str, str]:
        """Return the revision of each language's rules."""
        return {lang: revision_of(rules) for lang, rules in self.languages.items()}

    def of(self, lang: str) -> LanguageRules:
        """Return the rules of a language; none of them where the language has no files."""
        return self.languages.get(lang) or LanguageRules(lang)

    def to_payload(self) -> dict[str, Any]:
        """Return everything a web process needs, as JSON values."""
        return {
            "format": PAYLOAD_FORMAT,
            "revision": self.revision,
            "revisions": self.revisions,
            "learned_by": fingerprint(),
            # Text, because a database may sort the keys of an object, and the first step of a flow is where it starts.
            "languages": {lang: compact(rules.to_payload()) for lang, rules in self.languages.items()},
        }

    @classmethod
    def from_payload(cls, stored: dict[str, Any] | None) -> Rules:
        """Return the rules that *to_payload* wrote; no rules where nothing is published, or in another format."""
        if not stored or stored.get("format") != PAYLOAD_FORMAT:
            return cls()
        languages = {
            lang: LanguageRules.from_payload(lang, json.loads(part)) for lang, part in sorted(stored["languages"].items())
        }
        return cls(languages, stored["revision"])


def to_payload(rules: Rules) -> dict[str, Any]:
    """Return the rules as they are published."""
    return rules.to_payload()


def from_payload(stored: dict[str, Any] | None) -> Rules:
    """Return the published rules, ready to answer: nothing is left to be compiled at the first message."""
    rules = Rules.from_payload(stored)
    for language in rules.languages.values():
        language.prepare()
    return rules


def compact(value: Any) -> str:
    """Return a value as short JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def dump(part: Any) -> dict[str, Any]:
    """Return a part of the rules as JSON values, without what is default."""
    return part.model_dump(mode="json", exclude_defaults=True)


def intent_sources(rules: Iterable[Rule]) -> list[IntentSource]:
    """Return what the matcher learns from: each rule's examples and keywords."""
    return [
        IntentSource(
            rule.intent,
            tuple(rule.examples),
            tuple(rule.keywords.all) if rule.keywords else (),
            tuple(rule.keywords.any) if rule.keywords else (),
            tuple(rule.keywords.none) if rule.keywords else (),
        )
        for rule in rules
        if rule.examples or rule.keywords
    ]


def load_rules(
    folder: Path, languages: Sequence[str], *, article_keys: Collection[str] | None = None
) -> tuple[Rules, list[RuleProblem]]:
    """Return the rules under *folder* (`<lang>/*.yaml` and shared `*.yaml`), and what is wrong with them.

    With *article_keys* an article that does not exist is an error too. A file or rule with an error is left out of the result, so
    that tests can still run over the rest; whoever publishes must not publish while there are errors.
    """
    problems: list[RuleProblem] = []
    shared = with_included(read_files(yaml_files(folder, "*.yaml"), folder, problems), folder, problems)
    loaded: dict[str, LanguageRules] = {}
    for lang in languages:
        files = read_files(yaml_files(folder / lang, "**/*.yaml"), folder, problems)
        if files:
            files = with_included(files, folder, problems, known=shared)
            loaded[lang] = join_files(lang, shared, files)
            problems.extend(check_language(lang, [*shared, *files], article_keys))
    if not loaded:
        problems.extend(check_alone(shared, languages))
    problems.extend(check_translations({lang: set(rules.rules) for lang, rules in loaded.items()}, languages, folder))
    return Rules(loaded, combined({lang: revision_of(rules) for lang, rules in loaded.items()})), list(dict.fromkeys(problems))


def read_files(paths: Iterable[Path], folder: Path, problems: list[RuleProblem]) -> list[FileRead]:
    """Return the readable files among *paths*; add what is wrong to *problems*."""
    files = []
    for path in paths:
        read, found = read_bot_file(path, path.relative_to(folder.parent).as_posix())
        problems.extend(found)
        if read is not None:
            files.append(read)
    return files


def with_included(
    files: Sequence[FileRead], folder: Path, problems: list[RuleProblem], *, known: Sequence[FileRead] = ()
) -> list[FileRead]:
    """Return *files* after the files that they include, each once; add what is wrong to *problems*."""
    seen = {file.path for file in (*known, *files)}
    found: list[FileRead] = []
    waiting = list(files)
    while waiting:
        file = waiting.pop(0)
        for place, name in enumerate(file.bot.include):
            path = included_path(folder, name)
            if path is None:
                message = f"there is no file `{name}` below {folder.name}/; a name such as parts/returns.yaml is meant"
                problems.append(RuleProblem(file.path, file.line("include", place), "NO-FILE", message))
                continue
            # Named as it stands below the folder, which may itself be a link.
            inside = folder / path.relative_to(folder.resolve())
            shown = inside.relative_to(folder.parent).as_posix()
            if shown not in seen:
                seen.add(shown)
                part = read_files([inside], folder, problems)
                found += part
                waiting += part
    return [*found, *files]


def included_path(folder: Path, name: str) -> Path | None:
    """Return the file *name* below *folder*; None when there is none, or when it lies outside."""
    try:
        path = (folder / name).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return path if path.is_file() and path.suffix == ".yaml" and path.is_relative_to(folder.resolve()) else None


def join_files(lang: str, shared: Sequence[FileRead], files: Sequence[FileRead]) -> LanguageRules:
    """Return one language's rules from its files; where both say something, the language wins over the shared files."""
    every = [*shared, *files]
    rules: dict[str, Rule] = {}
    origins: dict[str, str] = {}
    for file in every:
        for place, rule in enumerate(file.bot.rules):
            if rule.when.lang and lang not in rule.when.lang:
                continue
            rules[rule.intent] = rule
            origins[rule.intent] = f"{file.path}:{file.line('rules', place)}"
    return LanguageRules(
        lang,
        rules=rules,
        flows={flow.flow: flow for file in every for flow in file.bot.flows},
        types={name: kind for file in every for name, kind in file.bot.types.items()},
        welcome=last(file.bot.welcome for file in every),
        fallback=tuple(last(file.bot.fallback for file in every) or DEFAULT_FALLBACK),
        settings=last(file.bot.settings for file in every) or Settings(),
        variables={name: value for file in every for name, value in file.bot.variables.items()},
        origins=origins,
    )


def last(values: Iterable[Any]) -> Any:
    """Return the last value that is not None, or None."""
    found = None
    for value in values:
        found = value if value is not None else found
    return found


def revision_of(rules: LanguageRules) -> str:
    """Return twelve characters that change whenever a rule of this language changes."""
    return name_of(
        [
            [dump(rule) for rule in rules.rules.values()],
            [dump(flow) for flow in rules.flows.values()],
            {name: dump(kind) for name, kind in rules.types.items()},
            [step if isinstance(step, str) else dump(step) for step in rules.fallback],
            dump(rules.settings),
            dump(rules.welcome) if rules.welcome else None,
            rules.variables,
        ]
    )


def combined(revisions: dict[str, str]) -> str:
    """Return the revision of all languages together."""
    return name_of(sorted(revisions.items()))


def name_of(value: Any) -> str:
    """Return twelve characters that differ when JSON values do; the order counts, for a flow starts at its first step."""
    text = json.dumps(value, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
