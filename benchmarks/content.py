"""Measures publishing: articles a second, an unchanged second publish, one changed file, one withdrawn, memory.

    python benchmarks/content.py FOLDER [--sizes 1000,3000]

FOLDER is a content folder, or a folder of Markdown in one language. Without --sizes all of it is published; with it,
that many of its files (repeated under other names when there are fewer), to show that time per article does not grow.
Times are CPU seconds of one core, so that a busy machine does not disturb them; "wall" is what the clock said. The first line of a size
is the content alone, the second everything that `helpcenter sync` does: search index and chat rules too.
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
from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.content import sync
from helpcenter.content.languages import language_code
from helpcenter.content.models import Article
from helpcenter.publishing import publish as publish_all
from helpcenter.search.whoosh_engine import WhooshEngine
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
    """Return *target* with *size* articles of *source*, in the language that its name says, else in English."""
    lang = language_code(source.name) or "en"
    files = sorted(path for path in source.rglob("*.md") if "includes" not in path.parts)
    for number in range(size):
        folder = target / lang / f"part-{number // len(files)}"
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
        content_only(whole, Path(place))
        everything(whole, Path(place))


def content_only(whole: Path, place: Path) -> None:
    """Print the figures of articles without index."""
    app = Flask("benchmark")
    storage.init_app(app, f"sqlite:///{place}/library.db")
    storage.migrate(app)
    with app.app_context():
        cold, first = publish(whole)
        unchanged, _ = publish(whole)
        one, _ = publish(edited(whole))
    storage.close(app)
    published = len(first.added)
    print(
        f"{published:>8} articles  {published / cold:>6.0f} /s cold  {unchanged:>6.2f} s unchanged"
        f"  {one:>6.2f} s one changed  {memory_mb():>5} MB  {len(first.broken):>4} broken",
        flush=True,
    )


def everything(whole: Path, place: Path) -> None:
    """Print the figures of all that a publish does."""
    app = Flask("benchmark")
    storage.init_app(app, f"sqlite:///{place}/all.db")
    storage.migrate(app)
    engine = WhooshEngine(place / "index")
    with app.app_context():
        steps = (lambda: whole, lambda: whole, lambda: edited(whole), lambda: withdrawn(whole))
        (cold, wall), (unchanged, _), (one, one_wall), (less, less_wall) = [timed(folder(), engine) for folder in steps]
        published = db.session.scalar(select(func.count(Article.id)))
    storage.close(app)
    print(
        f"   with index      {published / cold:>6.0f} /s cold  {unchanged:>6.2f} s unchanged"
        f"  {one:>6.2f} s one changed  {less:>6.2f} s one withdrawn  {memory_mb():>5} MB"
        f"  wall {published / wall:.0f} /s, {one_wall:.2f} s, {less_wall:.2f} s",
        flush=True,
    )


def timed(folder: Path, engine: WhooshEngine) -> tuple[float, float]:
    """Publish *folder* with everything that follows; return the seconds of CPU and of the clock."""
    began, at = time.process_time(), time.perf_counter()
    publish_all(folder, engine)
    return time.process_time() - began, time.perf_counter() - at


def edited(whole: Path) -> Path:
    """Return *whole* after a line was added to one of its articles."""
    article = next(whole.rglob("*.md"))
    article.write_bytes(article.read_bytes() + b"\n\nOne more line.\n")
    return whole


def withdrawn(whole: Path) -> Path:
    """Return *whole* without one of its articles, of those that were not edited."""
    list(whole.rglob("*.md"))[-1].unlink()
    return whole


def memory_mb() -> int:
    """Return the most memory that this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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
