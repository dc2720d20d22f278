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
from helpcenter.chat.checking import check_language, check_translations
from helpcenter.chat.learning import IntentSource
from helpcenter.chat.matcher import Matcher, Thresholds
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import FileRead, read_bot_file
from helpcenter.chat.schema import BotFile, FallbackStep, Flow, Near, Rule, Settings, SlotType, Welcome, compile_pattern

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
            origins=stored["origins"],
            learned=stored["matcher"],
        )


@dataclass(frozen=True)
class Rules:
    """The rules of every language, and the revision that a trace names."""

    languages: dict[str, LanguageRules] = field(default_factory=dict)
    revision: str = "none"

    def of(self, lang: str) -> LanguageRules:
        """Return the rules of a language; none of them where the language has no files."""
        return self.languages.get(lang) or LanguageRules(lang)

    def to_payload(self) -> dict[str, Any]:
        """Return everything a web process needs, as JSON values."""
        return {
            "format": PAYLOAD_FORMAT,
            "revision": self.revision,
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
    shared = read_files(sorted(folder.glob("*.yaml")), folder, problems)
    loaded: dict[str, LanguageRules] = {}
    for lang in languages:
        files = read_files(sorted((folder / lang).glob("**/*.yaml")), folder, problems)
        if files:
            loaded[lang] = join_files(lang, shared, files)
            problems.extend(check_language(lang, [*shared, *files], article_keys))
    problems.extend(check_translations({lang: set(rules.rules) for lang, rules in loaded.items()}, languages, folder))
    return Rules(loaded, revision_of(loaded)), problems


def read_files(paths: Iterable[Path], folder: Path, problems: list[RuleProblem]) -> list[FileRead]:
    """Return the readable files among *paths*; add what is wrong to *problems*."""
    files = []
    for path in paths:
        read, found = read_bot_file(path, path.relative_to(folder.parent).as_posix())
        problems.extend(found)
        if read is not None:
            files.append(read)
    return files


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
        origins=origins,
    )


def last(values: Iterable[Any]) -> Any:
    """Return the last value that is not None, or None."""
    found = None
    for value in values:
        found = value if value is not None else found
    return found


def revision_of(languages: dict[str, LanguageRules]) -> str:
    """Return twelve characters that change whenever a rule changes."""
    text = json.dumps(
        {
            lang: [
                [dump(rule) for rule in rules.rules.values()],
                [dump(flow) for flow in rules.flows.values()],
                dump(rules.settings),
                dump(rules.welcome) if rules.welcome else None,
            ]
            for lang, rules in languages.items()
        },
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]
