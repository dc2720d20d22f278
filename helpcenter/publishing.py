"""Publishing: the content folder becomes the library, and what must follow does: chat rules, synonyms, promoted
answers, search index.

`content.sync` knows neither index nor bot. Files are read and compiled before the write transaction begins, so that
votes and requests never wait for Markdown. The index comes last: were the process killed before, the next publish, or
the start of `helpcenter serve`, sees that it is behind and brings it up to date.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.rules import load_rules
from helpcenter.content import sync
from helpcenter.content.models import PublishedPart
from helpcenter.content.parts import is_part_changed, next_revision, save_part
from helpcenter.content.problems import ERROR, Problem
from helpcenter.content.sync import ChangeSet, Prepared, Progress
from helpcenter.search.engine import SearchEngine
from helpcenter.search.following import document_id, follow
from helpcenter.search.promoted import load_promotions
from helpcenter.search.synonyms import SynonymProblem, load_synonyms
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow

RULES, SYNONYMS, PROMOTIONS = "rules", "synonyms", "promotions"


@dataclass
class Published:
    """What a publish did, and what is wrong with files that are not articles."""

    changes: ChangeSet
    rule_problems: list[RuleProblem] = field(default_factory=list)
    synonym_problems: list[SynonymProblem] = field(default_factory=list)
    promotion_problems: list[Problem] = field(default_factory=list)
    rules_published: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether a file is not published as it stands."""
        search_problems = self.synonym_problems or self.promotion_problems
        return bool(self.changes.broken or search_problems or any(p.severity == ERROR for p in self.rule_problems))


def publish(folder: Path, engine: SearchEngine, *, progress: Progress | None = None) -> Published:
    """Publish *folder* and bring *engine* up to date. Needs an application context.

    Raises FolderRefused when the folder cannot be read, SearchError when the index cannot be written.
    """
    now = utcnow()
    prepared = sync.prepare(folder, db.session, now=now, progress=progress)
    site, keys = prepared.site, keys_of(prepared)
    rules, rule_problems = load_rules(folder / "bot", site.languages, article_keys=keys)
    promotions, promotion_problems = load_promotions(
        folder, site.languages, articles=keys, sections=[section.key for section in site.sections]
    )
    synonyms, synonym_problems = load_synonyms(folder / "synonyms")
    has_wrong_rules = any(problem.severity == ERROR for problem in rule_problems)
    with writing() as session:
        changes = sync.publish(prepared, session, now=now)
        published = Published(changes, rule_problems, synonym_problems, promotion_problems)
        # Learning from the examples takes a while, so rules that did not change are not compiled again.
        if not has_wrong_rules and published_rules_revision(session) != rules.revision:
            published.rules_published = publish_part(session, RULES, rules.to_payload(), changes, now)
        publish_part(session, SYNONYMS, synonyms, changes, now)
        if promotions is not None:
            publish_part(session, PROMOTIONS, promotions, changes, now)
    follow(engine, db.session, removed=[document_id(ref.lang, ref.key) for ref in changes.removed])
    return published


def keys_of(prepared: Prepared) -> set[str]:
    """Return the keys of the articles that will be published."""
    return {compiled.source.key for compiled in prepared.compiled} | {row.key for row in prepared.kept.values()}


def published_rules_revision(session: Session) -> str | None:
    """Return the revision of the rules that are published."""
    part = session.get(PublishedPart, RULES)
    return part.payload.get("revision") if part else None


def publish_part(session: Session, name: str, payload: dict, changes: ChangeSet, now: datetime) -> bool:
    """Publish *payload* as *name*; the library gets a new revision when only this changed. Return whether it did."""
    if not is_part_changed(session, name, payload):
        return False
    if changes.revision is None:
        changes.revision = next_revision(session, now)
    return save_part(session, name, payload, revision=changes.revision, now=now)
