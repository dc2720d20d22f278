"""Which rules may be published: in each language those whose conversation tests pass, else the last good ones.

Only languages whose rules changed are tested and learned again. Knows no database: the published copy comes in and goes out as JSON values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpcenter.chat.conversation_tests import Failure, report_conversations
from helpcenter.chat.learning import fingerprint
from helpcenter.chat.rules import PAYLOAD_FORMAT, Rules, combined, compact
from helpcenter.chat.turns import FindArticle, Search


@dataclass
class Tested:
    """The rules to publish, and what kept others back."""

    payload: dict[str, Any]
    failures: list[Failure] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """The languages whose rules stay as they were."""


def rules_that_pass(
    rules: Rules,
    stored: dict[str, Any] | None,
    tests: Path,
    search: Search,
    find_article: FindArticle,
) -> Tested:
    """Return what of *rules* may be published where *stored* is; *tests* is the folder of the conversation tests."""
    stored = stored if stored and stored.get("format") == PAYLOAD_FORMAT else {}
    # What another version learned is learned anew, whether or not its rules changed.
    published = stored.get("revisions", {}) if stored.get("learned_by") == fingerprint() else {}
    last_good = stored.get("languages", {})
    languages: dict[str, str] = {}
    revisions: dict[str, str] = {}
    tested = Tested({})
    for lang, revision in rules.revisions.items():
        if published.get(lang) == revision:
            languages[lang], revisions[lang] = last_good[lang], revision
            continue
        failures = report_conversations(tests, rules, search, find_article, only=lang).all_failures
        if not failures:
            languages[lang], revisions[lang] = compact(rules.languages[lang].to_payload()), revision
            continue
        tested.failures += failures
        tested.held.append(lang)
        if lang in last_good:
            languages[lang] = last_good[lang]
            # Without a known revision they are only tested again, which does no harm.
            revisions[lang] = published.get(lang, "unknown")
    tested.payload = {
        "format": PAYLOAD_FORMAT,
        "revision": combined(revisions),
        "revisions": revisions,
        "learned_by": fingerprint(),
        "languages": languages,
    }
    return tested


def is_published(rules: Rules, stored: dict[str, Any] | None) -> bool:
    """Return whether *stored* is *rules* as they stand, so that nothing need be tested."""
    if not stored or stored.get("format") != PAYLOAD_FORMAT:
        return False
    return stored.get("revisions") == rules.revisions and stored.get("learned_by") == fingerprint()

