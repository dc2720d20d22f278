"""Reading what Whoosh wrote, past its own readers: the terms of a segment and their postings, by the names they have in Whoosh 2.7.4.

Whoosh reads a term in some thirty steps through four layers of files, each a seek and a read. Here a term costs
its place in the table of its segment, and one read of all its postings.
"""

import struct
import warnings
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import accumulate
from pickle import load, loads

with warnings.catch_warnings():
    # Whoosh 2.7.4 has escapes that newer Pythons warn about when they compile it.
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo, W3TermsReader
    from whoosh.filedb import filetables
    from whoosh.reading import IndexReader, SegmentReader

__all__ = ["documents", "postings", "terms"]

# What is known of a term, then where its postings are and how long, or the posting of a term of one article itself.
FACTS = W3TermInfo._struct
EXTENT = struct.Struct("!qi")
SIZE = struct.Struct("!i")
# The hash table of terms: what a slot holds, and what stands before a term and its entry; most entries are so long at most.
SLOT, LENGTHS, USUAL = filetables._pointer, filetables._lengths, 120

Block = tuple[Sequence[int], bytes]


def postings(reader: IndexReader, field: str, term: str) -> tuple[array, bytes]:
    """Return the numbers of the live documents that have *term*, ascending, and what stands in their postings, one after the other."""
    numbers, values = array("I"), bytearray()
    for leaf, offset in reader.leaf_readers():
        if not isinstance(leaf, SegmentReader):
            # An index without articles.
            continue
        gone = frozenset(leaf._perdoc.deleted_docs())
        for block in blocks(leaf, field, term.encode()):
            ids, blob = block if gone.isdisjoint(block[0]) else live(block, gone)
            numbers.extend([number + offset for number in ids] if offset else ids)
            values += blob
    return numbers, bytes(values)


def blocks(leaf: SegmentReader, field: str, term: bytes) -> Iterator[Block]:
    """Yield the postings of *term* in one segment: numbers in the segment, and what stands in the posting of each."""
    entry = entry_of(leaf._terms, field, term)
    if entry is None:
        return
    if FACTS.unpack_from(entry)[0]:
        ids, _, values = loads(entry[FACTS.size :])
        yield ids, b"".join(values)
        return
    offset, size = EXTENT.unpack_from(entry, FACTS.size)
    yield from unpacked(leaf._terms._postfile.get(offset, size))


def entry_of(table: W3TermsReader, field: str, term: bytes) -> bytes | None:
    """Return what stands with *term* in the hash table of a segment: two reads, where Whoosh's own takes one for each number it needs."""
    index, key = table._tindex, table._keycoder(field, term)
    hashed = index.hashfn(key)
    start, slots = index.tables[hashed & 255]
    read = index.dbfile.get
    for step in range(slots):
        slot = start + ((hashed >> 8) + step) % slots * SLOT.size
        found, item = SLOT.unpack(read(slot, SLOT.size))
        if not item:
            return None
        if found == hashed:
            begun = read(item, LENGTHS.size + len(key) + USUAL)
            of_key, of_entry = LENGTHS.unpack_from(begun)
            at = LENGTHS.size + of_key
            if begun[LENGTHS.size : at] == key:
                return begun[at : at + of_entry] if at + of_entry <= len(begun) else read(item + at, of_entry)
    return None


def unpacked(written: bytes) -> Iterator[Block]:
    """Yield each block of the postings of a term; raises ValueError when none stand here."""
    file = BytesIO(written)
    if file.read(len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
        raise ValueError("no postings here")
    more = True
    while more:
        (size,) = SIZE.unpack(file.read(SIZE.size))
        # The last block has a negative size.
        more, end = size >= 0, file.tell() + abs(size)
        is_compressed = load(file)[3]
        data = file.read(end - file.tell())
        steps, _, values = loads(zlib.decompress(data) if is_compressed else data)
        yield list(accumulate(steps)), values or b""


def live(block: Block, gone: frozenset[int]) -> Block:
    """Return *block* without the articles that were replaced or removed, in a segment that was not merged yet."""
    ids, blob = block
    size = len(blob) // len(ids)
    kept = [place for place, number in enumerate(ids) if number not in gone]
    return [ids[place] for place in kept], b"".join(blob[place * size : (place + 1) * size] for place in kept)


def documents(reader: IndexReader, field: str, term: str) -> list[int]:
    """Return the numbers of the live documents that have *term*."""
    return list(postings(reader, field, term)[0])


def terms(reader: IndexReader, field: str, lang: str) -> Iterator[tuple[str, int]]:
    """Yield each term of *lang* in *field* in alphabetical order, and in how many documents it is.

    Whoosh's own walk reads each term alone, and looks it up in every segment: two seconds instead of a fifth for 10,000 articles.
    """
    prefix = f"{lang}:".encode()
    counted: Counter[bytes] = Counter()
    for leaf, _ in reader.leaf_readers():
        counted.update(dict(terms_of_segment(leaf._terms, field, prefix)))
    for term in sorted(counted):
        yield term.decode(), counted[term]


def terms_of_segment(table: W3TermsReader, field: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield what follows *prefix* in each term that begins so, and in how many documents it is; the table is read in one piece.

    In it stand the length of a term and of its facts, the term and its facts, by the names they have in Whoosh 2.7.4.
    """
    index = table._tindex
    first = table._keycoder(field, prefix)
    begin = index.closest_key_pos(first)
    if begin is None:
        return
    end = index.closest_key_pos(first[:-1] + bytes([first[-1] + 1])) or index.endofdata
    block, at = index.dbfile.get(begin, end - begin), 0
    lengths, facts = LENGTHS.unpack_from, FACTS.unpack_from
    while at < len(block):
        key, data = lengths(block, at)
        at += LENGTHS.size
        yield block[at + len(first) : at + key], facts(block, at + key)[2]
        at += key + data
