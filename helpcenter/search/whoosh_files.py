"""The index as Whoosh writes it: its schema, files and lock. Besides whoosh_postings, which reads it, no other module knows Whoosh.

Whoosh holds segments, postings and stored fields. It never sees what a person
typed, and neither its query parser, scorer nor highlighter is used
(docs/decisions/0010). Its table of contents is a pickle: the index folder is
trusted like code.
"""

import struct
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Whoosh 2.7.4 has escapes that newer Pythons warn about when they compile it.
    warnings.simplefilter("ignore")
    from whoosh import fields, formats
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import EmptyIndexError, FileIndex, LockError
    from whoosh.reading import IndexReader, SegmentReader
    from whoosh.writing import SegmentWriter

from helpcenter.search.preparing import Prepared
from helpcenter.search.whoosh_postings import documents

__all__ = ["LockError", "create", "generation", "open_index", "write"]

LOCK_SECONDS = 10.0
META = "meta"
# Postings in one block of a file. Whoosh's 128 cost a seek, two unpicklings and an unpacking each; nothing here skips blocks.
BLOCK = 4096
# Raised whenever what is stored of an article changes; an index of another format is built again.
FORMAT = 8
# Articles in one segment at most: what a withdrawal writes anew.
LARGEST = 2_000
# So many segments of nearly the same size become one; so each article is written anew but five times until its segment is large.
ALIKE = 4
# From this share of replaced articles on, a segment is written anew.
STALE = 0.25
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


def write(index: FileIndex, upserts: Iterable[Prepared], removed: Iterable[str], revision: int) -> None:
    """Put the articles of one publish into *index*, in one commit.

    Raises LockError when another writer does not end in time.
    """
    writer = SegmentWriter(index, timeout=LOCK_SECONDS, **writing_options())
    segments = NewSegments(index, writer)
    removed = list(removed)
    try:
        with closing(writer.reader()) as before:
            for name in (META, *removed):
                delete(writer, before, name)
            for prepared in upserts:
                delete(writer, before, prepared.id)
                segments.add(prepared)
            left = {leaf.segment().segment_id() for leaf, _ in before.leaf_readers() if has_any(leaf, removed)}
        writer.add_document(id=META, article={"revision": revision, "format": FORMAT})
        # What left is gone from the files as well, former versions too. An article that only changed waits until its segment is stale.
        writer.commit(mergetype=partial(merge, segments, left))
    except BaseException:
        segments.cancel()
        raise


def writing_options() -> dict[str, Any]:
    """Return how segments are written."""
    return {"limitmb": 32, "codec": W3Codec(blocklimit=BLOCK)}


def delete(writer: SegmentWriter, before: IndexReader, name: str) -> None:
    """Leave out the version of article *name* that was there *before*."""
    for number in documents(before, "id", name):
        writer.delete_document(number)


class NewSegments:
    """The segments of one commit: that of Whoosh's own writer, and others beside it when there is more than one may have.

    Whoosh fills one segment a commit. Writers without its lock fill the others, as its own parallel writing does, by
    the names they have in Whoosh 2.7.4.
    """

    def __init__(self, index: FileIndex, main: SegmentWriter) -> None:
        self.index, self.main, self.filling = index, main, main
        self.full: list[Any] = []

    def add(self, prepared: Prepared) -> None:
        """Add one article."""
        if self.filling.docnum >= LARGEST:
            self.begin()
        self.filling.add_document(
            id=prepared.id,
            words=prepared.words,
            forms=prepared.forms,
            lengths={prepared.lang: struct.pack("<4H", *prepared.lengths)},
            sections=sections_of(prepared),
            article=prepared.article,
        )

    def rewrite(self, segment: Any) -> None:
        """Write what is left of *segment* into a new one; into none when nothing is."""
        if segment.doc_count():
            self.begin()
            add_segment(self.filling, segment)
            self.end()

    def begin(self) -> None:
        """Fill another segment from now on."""
        self.end()
        self.filling = SegmentWriter(self.index, _lk=False, **writing_options())

    def end(self) -> None:
        """Finish the segment that is filled beside that of the commit."""
        if self.filling is not self.main:
            self.full.append(self.filling._finalize_segment())
            self.filling = self.main

    def cancel(self) -> None:
        """Close what is open; the next commit deletes the files."""
        if self.filling is not self.main:
            self.filling._close_segment()
        if not self.main.is_closed:
            self.main.cancel()


def has_any(leaf: SegmentReader, names: Iterable[str]) -> bool:
    """Return whether any version of the articles *names* is in a segment, also one that is left out."""
    return any(("id", name.encode()) in leaf for name in names)


def merge(new: NewSegments, left: Collection[str], writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Return the segments that are kept or new; those named by *left*, and stale ones, are written anew without what was replaced."""
    new.end()
    whole = []
    for segment in segments:
        if segment.segment_id() in left or segment.deleted_count() > STALE * segment.doc_count_all():
            new.rewrite(segment)
        else:
            whole.append(segment)
    return merge_alike(writer, whole) + new.full


def merge_alike(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Add the smallest of *segments* that are nearly of one size to the segment of *writer*, and return the others."""
    alike = defaultdict(list)
    for segment in sorted(segments, key=lambda segment: segment.doc_count_all()):
        alike[segment.doc_count_all().bit_length() // 2].append(segment)
    kept = []
    for group in alike.values():
        some = group[:ALIKE]
        if len(some) < ALIKE or writer.docnum + sum(segment.doc_count_all() for segment in some) > LARGEST:
            kept += group
            continue
        kept += group[ALIKE:]
        for segment in some:
            add_segment(writer, segment)
    return kept


def add_segment(writer: SegmentWriter, segment: Any) -> None:
    """Add the articles of *segment* that were not deleted."""
    with closing(SegmentReader(writer.storage, writer.schema, segment)) as reader:
        writer.add_reader(reader)


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
