"""Publishing: the content folder becomes the library, and what must follow does: chat rules, synonyms, promoted
answers, search index.

`content.sync` knows neither index nor bot. Files are read and compiled before the write transaction begins, so that
votes and requests never wait for Markdown. Then the index follows, and the rules whose conversation tests pass over it are
published: were the process killed before, the next publish, or the start of `helpcenter serve`, sees what is behind and
brings it up to date.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from helpcenter.chat.conversation_tests import Failure
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.publication import is_published, rules_that_pass
from helpcenter.chat.rules import Rules, load_rules
from helpcenter.chat.turns import ArticleCard
from helpcenter.content import library, sync
from helpcenter.content.carried_votes import load_carried_votes
from helpcenter.content.models import ContentProblem
from helpcenter.content.parts import is_part_changed, next_revision, save_part
from helpcenter.content.problems import ERROR, Problem
from helpcenter.content.site import Site
from helpcenter.content.sync import ChangeSet, Prepared, Progress
from helpcenter.feedback.carried import save_carried
from helpcenter.feedback.moving import move_votes
from helpcenter.journeys.moving import move_readings
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
    rule_failures: list[Failure] = field(default_factory=list)
    """The conversation tests that the new rules fail."""
    rules_held: list[str] = field(default_factory=list)
    """The languages whose rules stay as they were, because tests fail."""
    rules_withdrawn: list[str] = field(default_factory=list)
    """The languages that had rules, and whose files are gone."""
    rules_published: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether a file is not published as it stands."""
        search_problems = self.synonym_problems or self.promotion_problems
        rule_errors = self.rule_failures or any(problem.severity == ERROR for problem in self.rule_problems)
        return bool(self.changes.broken or search_problems or rule_errors)


def publish(
    folder: Path, engine: SearchEngine, *, progress: Progress | None = None, include_unpublished: bool = False
) -> Published:
    """Publish *folder* and bring *engine* up to date. Needs an application context.

    A preview includes what readers do not see: drafts, and articles whose time has not come or is over.

    Raises FolderRefused when the folder cannot be read, SearchError when the index cannot be written.
    """
    now = utcnow()
    prepared = sync.prepare(folder, db.session, now=now, progress=progress, include_unpublished=include_unpublished)
    site, keys = prepared.site, keys_of(prepared)
    rules, rule_problems = load_rules(folder / "bot", site.languages, article_keys=keys)
    promotions, promotion_problems = load_promotions(
        folder, site.languages, articles=keys, sections=[section.key for section in site.sections]
    )
    synonyms, synonym_problems = load_synonyms(folder / "synonyms")
    carried = load_carried_votes(folder)
    with writing() as session:
        changes = sync.publish(prepared, session, now=now)
        published = Published(changes, rule_problems, synonym_problems, [*promotion_problems, *carried.problems])
        move_votes(session, changes.moves)
        move_readings(session, changes.moves)
        if carried.rows is not None:
            save_carried(session, carried.sums())
        publish_part(session, SYNONYMS, synonyms, changes, now)
        if promotions is not None:
            publish_part(session, PROMOTIONS, promotions, changes, now)
    # Ten thousand rendered articles; the index is built in the room they took.
    del prepared
    follow_index(engine, changes)
    if not any(problem.severity == ERROR for problem in rule_problems):
        publish_rules(published, rules, site, folder, engine)
    return published


def publish_rules(published: Published, rules: Rules, site: Site, folder: Path, engine: SearchEngine) -> None:
    """Publish those of *rules* whose conversation tests pass over the library as it is published now.

    Testing and learning take a while, so they come before the transaction.
    """
    stored = library.published_part(db.session, RULES)
    if is_published(rules, stored[1] if stored else None):
        return
    tests = folder / "tests" / "conversations"
    published.rules_withdrawn = sorted(set(stored[1].get("languages", {}) if stored else ()) - set(rules.languages))
    tested = rules_that_pass(rules, stored[1] if stored else None, tests, engine.passages, Cards(site).find)
    published.rule_failures, published.rules_held = tested.failures, tested.held
    now, changes = utcnow(), published.changes
    with writing() as session:
        published.rules_published = publish_part(session, RULES, tested.payload, changes, now)
        note_failures(session, tested.failures, now)
    follow_index(engine, changes)


def follow_index(engine: SearchEngine, changes: ChangeSet) -> None:
    """Bring *engine* to the library's revision."""
    # A publish knows what left with its own revision, and nothing of one that another process made.
    is_own = changes.revision == library.revision(db.session)
    follow(engine, db.session, removed=[document_id(ref.lang, ref.key) for ref in changes.removed] if is_own else None)


class Cards:
    """Finds the cards of published articles, for conversation tests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def find(self, key: str, lang: str) -> ArticleCard | None:
        """Return the card of the article *key* for readers of *lang*, or None."""
        found = library.in_chain(db.session, self.site, lang, key)
        if found is None:
            return None
        article = found.article
        url = f"/{lang}/articles/{article.slug}"
        return ArticleCard(key, article.lang, article.slug, article.title, url, article.description, article.version)


def note_failures(session: Session, failures: list[Failure], now: datetime) -> None:
    """Show staff which conversation tests keep rules back; the next publish of articles begins a new list."""
    found = {Problem(f"tests/{failure.path}", failure.line, "CONVERSATION", ERROR, failure.message) for failure in failures}
    if found:
        session.execute(insert(ContentProblem), [problem.as_dict() | {"found_at": now} for problem in sorted(found)])


def keys_of(prepared: Prepared) -> set[str]:
    """Return the keys of the articles that will be published."""
    return {compiled.source.key for compiled in prepared.compiled} | {row.key for row in prepared.kept.values()}


def publish_part(session: Session, name: str, payload: dict, changes: ChangeSet, now: datetime) -> bool:
    """Publish *payload* as *name*; the library gets a new revision when only this changed. Return whether it did."""
    if not is_part_changed(session, name, payload):
        return False
    if changes.revision is None:
        changes.revision = next_revision(session, now)
    return save_part(session, name, payload, revision=changes.revision, now=now)
