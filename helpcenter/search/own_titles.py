"""Whether each article is the first that its own title finds: who types the words of a title wants that article."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from helpcenter.search.engine import Document, SearchEngine

__all__ = ["NotFirst", "not_first"]

LOOKED_AT = 10


@dataclass(frozen=True)
class NotFirst:
    """An article that its own title does not find first: at which place it was (None: not found), and what came first."""

    document: Document
    place: int | None
    first_key: str
    first_title: str


def not_first(engine: SearchEngine, documents: Iterable[Document]) -> Iterator[NotFirst | None]:
    """Yield for each of *documents* None, or what came before it; articles of one title in one language count as one."""
    for document in documents:
        hits = engine.search(document.title, document.lang, limit=LOOKED_AT).hits
        same = [hit for hit in hits if hit.lang == document.lang]
        if same and (same[0].key == document.key or plain(same[0].title) == plain(document.title)):
            yield None
            continue
        place = next((number for number, hit in enumerate(same, 1) if hit.key == document.key), None)
        yield NotFirst(document, place, same[0].key if same else "", same[0].title if same else "")


def plain(title: str) -> str:
    """Return *title* as it is compared."""
    return " ".join(title.casefold().split())
