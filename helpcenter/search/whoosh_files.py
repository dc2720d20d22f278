"""The only module that knows Whoosh: its schema, files, lock and postings.

Whoosh holds segments, postings and stored fields. It never sees what a person
typed, and neither its query parser, scorer nor highlighter is used
(docs/decisions/0010). Its table of contents is a pickle: the index folder is
trusted like code.
"""

import struct
import warnings
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Whoosh 2.7.4 has escapes that newer Pythons warn about when they compile it.
    warnings.simplefilter("ignore")
    from whoosh import fields, formats
    from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import EmptyIndexError, FileIndex, LockError
    from whoosh.matching import FilterMatcher, Matcher
    from whoosh.reading import IndexReader, SegmentReader, TermNotFound
    from whoosh.writing import MERGE_SMALL, SegmentWriter

from helpcenter.search.preparing import Prepared

__all__ = ["LockError", "create", "generation", "open_index", "postings", "terms", "write"]

LOCK_SECONDS = 10.0
META = "meta"
# Postings in one block of a file. Whoosh's 128 cost a seek, two unpicklings and an unpacking each; nothing here skips blocks.
BLOCK = 4096
# Raised whenever what is stored of an article changes; an index of another format is built again.
FORMAT = 6
# Before the name of a tag, which stands among the sections; no section begins with it.
TAG = "#"
# Before the moment at which articles expire, which stands there too.
EXPIRES = "!"


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
    writer = index.writer(timeout=LOCK_SECONDS, limitmb=32, codec=W3Codec(blocklimit=BLOCK))
    removed = list(removed)
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
    # What left is gone from the files as well. An article that only changed waits for Whoosh's own merging, which is cheap.
    writer.commit(mergetype=merge if removed else None)


def add(writer: SegmentWriter, prepared: Prepared, *, fresh: bool) -> None:
    """Add one article, in the place of its last version unless the index is *fresh*."""
    if not fresh:
        writer.delete_by_term("id", prepared.id)
    writer.add_document(
        id=prepared.id,
        words=prepared.words,
        forms=prepared.forms,
        lengths={prepared.lang: struct.pack("<4H", *prepared.lengths)},
        sections=sections_of(prepared),
        article=prepared.article,
    )


def sections_of(prepared: Prepared) -> dict[str, bytes]:
    """Return what an article is found by without a word: its section and those above, its tags, and when it expires."""
    sections = (prepared.section, *sections_above(prepared.section))
    names = [f"{prepared.lang}:{name}" for name in (*sections, *(TAG + tag for tag in prepared.tags))]
    return dict.fromkeys(names if prepared.expires is None else [*names, f"{EXPIRES}{prepared.expires:.6f}"], b"")


def sections_above(section: str) -> list[str]:
    """Return the sections that *section* is in.

    >>> sections_above("payments/cards/lost")
    ['payments', 'payments/cards']
    """
    return [section[:place] for place, letter in enumerate(section) if letter == "/"]


def expiring(reader: IndexReader) -> list[tuple[float, int]]:
    """Return when documents expire, in seconds since 1970, with their numbers, the first to expire first."""
    found = []
    for term, _ in reader.iter_prefix("sections", EXPIRES.encode()):
        moment = float(term[len(EXPIRES) :])
        found += [(moment, number) for number in documents(reader, "sections", term.decode())]
    return sorted(found)


def hide(reader: IndexReader, numbers: Collection[int]) -> None:
    """Leave documents out of everything that *reader* reads from now on; the files stay as they are."""
    for leaf, offset in reader.leaf_readers():
        for number in numbers:
            if 0 <= number - offset < leaf.doc_count_all():
                leaf.segment().delete_document(number - offset)


def merge(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Write the segments anew from which articles are missing, so that nothing of these stays on the disk; then as Whoosh does."""
    whole = []
    for segment in segments:
        if not segment.has_deletions():
            whole.append(segment)
            continue
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return MERGE_SMALL(writer, whole)


def postings(reader: IndexReader, field: str, term: str) -> tuple[array, bytes]:
    """Return the numbers of the live documents that have *term*, ascending, and what stands in their postings, one after the other."""
    numbers, values = array("I"), bytearray()
    for leaf, offset in reader.leaf_readers():
        try:
            matcher = leaf.postings(field, term.encode())
        except TermNotFound:
            continue
        for ids, blob in blocks(matcher):
            numbers.extend(ids if not offset else [number + offset for number in ids])
            values += blob
    return numbers, bytes(values)


def blocks(matcher: Matcher) -> Iterator[tuple[Sequence[int], bytes]]:
    """Yield what *matcher* would walk over, a block at a time.

    A step of a matcher costs four calls for each posting, ten times what the
    posting itself does; so its blocks are taken whole, by the names they have
    in Whoosh 2.7.4.
    """
    gone: frozenset[int] = frozenset()
    if isinstance(matcher, FilterMatcher):
        # Articles that were replaced or removed, in a segment that was not merged yet.
        gone, matcher = matcher._ids, matcher.child
    if not isinstance(matcher, W3LeafMatcher):
        # A word of one article stands in the table of words itself.
        found = [(number, matcher.value()) for number in steps(matcher) if number not in gone]
        yield [number for number, _ in found], b"".join(value for _, value in found)
        return
    while matcher.is_active():
        matcher.id()
        ids, blob = matcher._ids, matcher._data[2] or b""
        if not gone.isdisjoint(ids):
            live = [place for place, number in enumerate(ids) if number not in gone]
            size = len(blob) // len(ids)
            blob = b"".join(blob[place * size : (place + 1) * size] for place in live)
            ids = [ids[place] for place in live]
        yield ids, blob
        matcher._next_block()


def steps(matcher: Matcher) -> Iterator[int]:
    """Yield each document *matcher* stands at."""
    while matcher.is_active():
        yield matcher.id()
        matcher.next()


def documents(reader: IndexReader, field: str, term: str) -> list[int]:
    """Return the numbers of the live documents that have *term*."""
    return list(postings(reader, field, term)[0])


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
