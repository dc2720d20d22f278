"""The only module that knows Whoosh: its schema, files, lock and postings.

Whoosh holds segments, postings and stored fields. It never sees what a person
typed, and neither its query parser, scorer nor highlighter is used
(docs/decisions/0010). Its table of contents is a pickle: the index folder is
trusted like code.
"""

import struct
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Whoosh 2.7.4 has escapes that newer Pythons warn about when they compile it.
    warnings.simplefilter("ignore")
    from whoosh import fields, formats
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import EmptyIndexError, FileIndex, LockError
    from whoosh.reading import IndexReader, TermNotFound
    from whoosh.writing import SegmentWriter

from helpcenter.search.preparing import Prepared

__all__ = ["LockError", "create", "generation", "open_index", "postings", "terms", "write"]

LOCK_SECONDS = 10.0
META = "meta"
# Raised whenever what is stored of an article changes; an index of another format is built again.
FORMAT = 3
# Before the name of a tag, which stands among the sections; no section begins with it.
TAG = "#"


class Counts(formats.Format):
    """Postings that carry how often a word stands in each of the four parts of an article."""

    posting_size = 4


class Lengths(formats.Format):
    """Postings of a language: every article of it, with the length of its four parts."""

    posting_size = 8


class PreparedField(fields.FieldType):
    """A field that is given its words, with what stands in each posting."""

    analyzer = None
    stored = unique = False
    # Not for scoring: without lengths Whoosh looks for their file once a posting, a tenth of the time to build.
    scorable = True
    vector = column_type = None
    spelling = False
    indexed = True

    def __init__(self, posting_format: formats.Format) -> None:
        self.format = posting_format

    def index(self, value: dict[str, bytes], **options: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each word of *value* as Whoosh's writer takes it."""
        for word, counts in value.items():
            yield word.encode(), 1, 1.0, counts


def schema() -> fields.Schema:
    """Return the schema: words and forms start with their language, as in ``en:invoic``."""
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        words=PreparedField(Counts()),
        forms=PreparedField(formats.Existence()),
        lengths=PreparedField(Lengths()),
        sections=PreparedField(formats.Existence()),
        article=fields.STORED,
    )


def create(folder: Path) -> FileIndex:
    """Make an empty index in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    return storage(folder).create_index(schema())


def open_index(folder: Path) -> FileIndex:
    """Return the index in *folder*; raises whatever damage makes Whoosh raise."""
    if not folder.is_dir():
        raise EmptyIndexError(f"no index in {folder}")
    return storage(folder).open_index()


def storage(folder: Path) -> FileStorage:
    """Return the files in *folder*, read without memory maps: a map of a file that is cut short kills the process."""
    return FileStorage(str(folder), supports_mmap=False)


def generation(index: FileIndex) -> int:
    """Return the number of the last commit, also one of another process."""
    return int(index.latest_generation())


def write(index: FileIndex, upserts: Iterable[Prepared], removed: Iterable[str], revision: int, *, fresh: bool) -> None:
    """Put the articles of one publish into *index*, in one commit.

    Raises LockError when another writer does not end in time.
    """
    writer = index.writer(timeout=LOCK_SECONDS, limitmb=128)
    try:
        for name in removed:
            writer.delete_by_term("id", name)
        for prepared in upserts:
            add(writer, prepared, fresh=fresh)
        meta = {"revision": revision, "format": FORMAT}
        writer.update_document(id=META, article=meta) if not fresh else writer.add_document(id=META, article=meta)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def add(writer: SegmentWriter, prepared: Prepared, *, fresh: bool) -> None:
    """Add one article, in the place of its last version unless the index is *fresh*."""
    if not fresh:
        writer.delete_by_term("id", prepared.id)
    writer.add_document(
        id=prepared.id,
        words=prepared.words,
        forms=prepared.forms,
        lengths={prepared.lang: struct.pack("<4H", *prepared.lengths)},
        sections={f"{prepared.lang}:{name}": b"" for name in (prepared.section, *(TAG + tag for tag in prepared.tags))},
        article=prepared.article,
    )


def postings(reader: IndexReader, field: str, term: str) -> Iterator[tuple[int, bytes]]:
    """Yield number and posting of each live document that has *term*."""
    try:
        matcher = reader.postings(field, term.encode())
    except TermNotFound:
        return
    while matcher.is_active():
        yield matcher.id(), matcher.value()
        matcher.next()


def documents(reader: IndexReader, field: str, term: str) -> list[int]:
    """Return the numbers of the live documents that have *term*."""
    try:
        return list(reader.postings(field, term.encode()).all_ids())
    except TermNotFound:
        return []


def terms(reader: IndexReader, field: str, lang: str) -> Iterator[tuple[str, int]]:
    """Yield each term of *lang* in *field*, and in how many documents it is."""
    prefix = f"{lang}:".encode()
    for term, facts in reader.iter_prefix(field, prefix):
        yield term[len(prefix) :].decode(), facts.doc_frequency()


def stored_revision(reader: IndexReader) -> int | None:
    """Return the library revision that was written last, None in an index of another format."""
    for number in documents(reader, "id", META):
        meta = reader.stored_fields(number)["article"]
        return int(meta["revision"]) if meta.get("format") == FORMAT else None
    return None


def stored_article(reader: IndexReader, number: int) -> dict[str, Any]:
    """Return what is stored of a document."""
    return reader.stored_fields(number)["article"]


def latest_generation(folder: Path) -> int:
    """Return the number of the last commit in *folder*, without opening it."""
    return max((int(path.stem.rpartition("_")[2]) for path in folder.glob("_MAIN_*.toc")), default=-1)
