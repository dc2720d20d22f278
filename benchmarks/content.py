"""Measures publishing: articles a second, an unchanged second publish, one changed file, memory.

    python benchmarks/content.py FOLDER [--sizes 1000,3000]

FOLDER is a content folder, or a folder of Markdown in one language. Without --sizes all of it is published; with it,
that many of its files (repeated under other names when there are fewer), to show that time per article does not grow.
Times are CPU seconds of one core, so that a busy machine does not disturb them. The search index is not part of it.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask

from helpcenter import storage
from helpcenter.content import sync
from helpcenter.storage import db, writing


def publish(folder: Path) -> tuple[float, sync.ChangeSet]:
    """Publish *folder*; return the CPU seconds it took, on one core, and what changed."""
    now = datetime.datetime.now(datetime.UTC)
    began = time.process_time()
    prepared = sync.prepare(folder, db.session, now=now)
    db.session.rollback()
    with writing() as session:
        changes = sync.publish(prepared, session, now=now)
    return time.process_time() - began, changes


def copy_of(source: Path, size: int, target: Path) -> Path:
    """Return *target* with *size* articles of *source*, in one language."""
    files = sorted(path for path in source.rglob("*.md") if "includes" not in path.parts)
    for number in range(size):
        folder = target / "en" / f"part-{number // len(files)}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(files[number % len(files)], folder / f"article-{number}.md")
    return target


def measure(source: str, size: int) -> None:
    """Print one row of figures. Runs in a process of its own, so that memory is that of one size."""
    with tempfile.TemporaryDirectory(prefix="helpcenter-benchmark-") as place:
        whole = Path(place) / "content"
        if size:
            copy_of(Path(source), size, whole)
        else:
            shutil.copytree(source, whole)
        app = Flask("benchmark")
        storage.init_app(app, f"sqlite:///{place}/library.db")
        storage.migrate(app)
        with app.app_context():
            cold, first = publish(whole)
            unchanged, _ = publish(whole)
            edited = next(whole.rglob("*.md"))
            edited.write_bytes(edited.read_bytes() + b"\n\nOne more line.\n")
            one, _ = publish(whole)
        storage.close(app)
    published = len(first.added)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{published:>8} articles  {published / cold:>6.0f} /s cold  {unchanged:>6.2f} s unchanged"
        f"  {one:>6.2f} s one changed  {memory_mb:>5} MB  {len(first.broken):>4} broken",
        flush=True,
    )


def main() -> None:
    """Measure each size in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--sizes", default="0", help="Numbers of articles, for example 1000,3000,10000.")
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    for size in map(int, given.sizes.split(",")):
        process = context.Process(target=measure, args=(given.folder, size))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)


if __name__ == "__main__":
    main()
