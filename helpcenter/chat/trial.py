"""Try rules that are not published: play a conversation over them, and say what differs from the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from helpcenter.chat.dialogue import begin, first_state, reply
from helpcenter.chat.rules import LanguageRules, Rules, dump
from helpcenter.chat.turns import Context, FindArticle, Message, Passage, Search, Turn

SEED = "trial"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said, what the saved rules answer, and what the published ones do; the welcome answers nothing."""

    said: Message | None
    turn: Turn
    published: Turn | None

    @property
    def is_same(self) -> bool:
        """Whether visitors read the same before and after publishing."""
        return self.published is not None and shown(self.turn) == shown(self.published)


def shown(turn: Turn) -> list[Any]:
    """Return what a visitor sees of a turn: words, cards and buttons."""
    return [(one.text, one.article.url if one.article else None, [choice.label for choice in one.choices]) for one in turn.replies]


def play(
    lang: str,
    said: Sequence[Message],
    saved: Rules,
    published: Rules | None,
    *,
    context: Context,
    search: Search,
    find_article: FindArticle,
) -> list[Exchange]:
    """Return the whole conversation in *lang* over the *saved* rules, beside the *published* ones if there are any.

    Everything is played from the start, so what was said before meets the rules as they are now.
    """
    remembered = Remembered(search)
    services = {"context": context, "search": remembered.search, "find_article": find_article}
    ours = turns(lang, said, saved, services)
    theirs = turns(lang, said, published, services) if published else []
    return [Exchange(message, turn, other) for message, turn, other in zip_longest([None, *said], ours, theirs)]


def turns(lang: str, said: Sequence[Message], rules: Rules, services: Mapping[str, Any]) -> list[Turn]:
    """Return the welcome and the answer to each message."""
    found = [begin(rules, first_state(lang, SEED, services["context"]), **services)]
    for message in said:
        found.append(reply(message, rules, found[-1].state, **services))
    return found


@dataclass
class Remembered:
    """A search that is asked once for each text, for both kinds of rules ask for the same."""

    ask: Search
    found: dict[tuple[str, str, int], Sequence[Passage]] = field(default_factory=dict)

    def search(self, text: str, lang: str, limit: int) -> Sequence[Passage]:
        """Return what the search finds."""
        key = (text, lang, limit)
        if key not in self.found:
            self.found[key] = self.ask(*key)
        return self.found[key]


@dataclass(frozen=True, slots=True)
class Differences:
    """Which rules and flows of a language publishing would add, change and take away; *others* are the rest of its files."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.others)


def differences(saved: LanguageRules, published: LanguageRules) -> Differences:
    """Return how *saved* differs from *published*."""
    new, old = parts_of(saved), parts_of(published)
    return Differences(
        added=tuple(name for name in new if name not in old),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        removed=tuple(name for name in old if name not in new),
        others=tuple(name for name in OTHERS if other_part(saved, name) != other_part(published, name)),
    )


def parts_of(rules: LanguageRules) -> dict[str, Any]:
    """Return the rules and flows by their names; a flow is named as such, for a rule may have the same name."""
    named = {name: dump(rule) for name, rule in rules.rules.items()}
    return named | {f"flow {name}": list_of_steps(dump(flow)) for name, flow in rules.flows.items()}


def list_of_steps(flow: dict[str, Any]) -> dict[str, Any]:
    """Return a flow with its steps as a list: a flow starts at its first step, so their order counts."""
    return {**flow, "steps": list(flow.get("steps", {}).items())}


OTHERS = ("welcome", "fallback", "settings", "types", "variables")


def other_part(rules: LanguageRules, name: str) -> Any:
    """Return a part of a language's files that is no rule and no flow."""
    return getattr(rules, name)
