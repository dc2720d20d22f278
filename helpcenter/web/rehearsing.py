"""Rehearses a publish: what people asked lately meets the files as they are saved, in an index aside; nothing is published."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic

from helpcenter.chat.turns import ArticleCard
from helpcenter.content.models import Article
from helpcenter.content.preparation import Prepared, prepare
from helpcenter.insights import rehearsal
from helpcenter.insights.rehearsal import MESSAGE, QUERY, Compared
from helpcenter.search.following import document_id, document_of, documents
from helpcenter.search.synonyms import load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web import conversing
from helpcenter.web.services import services
from helpcenter.web.staff_bot import saved_rules

MOST_ASKED = 100
MOST_SECONDS = 10.0
# An application that is searched by many answers them first: one rehearsal at a time.
REHEARSING = Lock()


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal found: how many were to be asked, which were, and which articles are not as published."""

    asked: int
    compared: list[Compared]
    articles: list[str]
    broken: list[str]

    def of(self, verdict: str) -> list[Compared]:
        """Return what has this *verdict*, what was asked most first."""
        return sorted((one for one in self.compared if one.verdict == verdict), key=lambda one: (-one.asked.times, one.asked))


def rehearse(*, days: int, drafts: bool, most: int = MOST_ASKED, seconds: float = MOST_SECONDS) -> Rehearsed | None:
    """Return what publishing the saved files would change; None while another rehearsal goes on.

    *drafts* count as if they were to be published. Raises FolderRefused when the folder cannot be read.
    """
    if not REHEARSING.acquire(blocking=False):
        return None
    try:
        now = utcnow()
        prepared = prepare(services().content_folder, db.session, now=now, include_unpublished=drafts)
        asked = rehearsal.recent(db.session, now.date(), days=days, most=most)
        with engine_aside(prepared) as engine:
            compared = compare(asked, prepared, engine, monotonic() + seconds)
        changed = [each.source.path for each in prepared.compiled] + [row.source_path for row in prepared.removed]
        return Rehearsed(len(asked), compared, sorted(changed), sorted({problem.path for problem in prepared.broken}))
    finally:
        REHEARSING.release()


@contextmanager
def engine_aside(prepared: Prepared) -> Iterator[WhooshEngine]:
    """Give an engine whose index is that of the library with what is *prepared*; it goes when the block ends."""
    upserts = [document_of(Article(**each.row)) for each in prepared.compiled if not each.row["unlisted"]]
    hidden = [document_id(each.source.lang, each.source.key) for each in prepared.compiled if each.row["unlisted"]]
    removed = [document_id(row.lang, row.key) for row in prepared.removed] + hidden
    with tempfile.TemporaryDirectory(prefix="helpcenter-rehearsal-") as place:
        folder = Path(place) / "index"
        engine = WhooshEngine(folder)
        changed = {document.id for document in upserts} | set(removed)
        kept = (document for document in documents(db.session) if document.id not in changed)
        engine.rebuild([*kept, *upserts], prepared.revision + 1)
        engine.set_synonyms(load_synonyms(services().content_folder / "synonyms")[0])
        yield engine


def compare(asked: list, prepared: Prepared, engine: WhooshEngine, until: float) -> list[Compared]:
    """Return *asked* with the answers of the site and of what is *prepared*."""
    cards = {(each.source.lang, each.source.key): each for each in prepared.compiled}

    def find_card(key: str, lang: str) -> ArticleCard | None:
        for code in prepared.site.chain(lang):
            if each := cards.get((code, key)):
                return ArticleCard(key, code, each.row["slug"], each.row["title"], f"/{lang}/articles/{each.row['slug']}", each.row["description"], 0)
        return conversing.find_card(key, lang)

    context = conversing.context_at()
    published, saved = services().bot(), saved_rules()
    for lang in {one.lang for one in asked if one.kind == MESSAGE}:
        services().drafts.learned(saved, lang, published)
    before = {
        QUERY: rehearsal.by_search(conversing.find_passages),
        MESSAGE: rehearsal.by_rules(published, context, conversing.find_passages, conversing.find_card),
    }
    after = {QUERY: rehearsal.by_search(engine.passages), MESSAGE: rehearsal.by_rules(saved.rules, context, engine.passages, find_card)}
    return rehearsal.compare(asked, before, after, is_over=lambda: monotonic() > until)
