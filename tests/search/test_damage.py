"""A missing or damaged index is noticed, answered without, and built again."""

import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from helpcenter.search import whoosh_files
from helpcenter.search.engine import Document, IndexBusy, SearchError
from helpcenter.search.index_folder import IndexFolder
from helpcenter.search.whoosh_engine import WhooshEngine


def index_files(engine: WhooshEngine, pattern: str) -> list[Path]:
    """Return the files of the current index that match *pattern*."""
    found = sorted(engine.files.current().glob(pattern))
    assert found
    return found


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete(path: Path) -> None:
    path.unlink()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [empty, truncate, delete, flip])
@pytest.mark.parametrize("pattern", ["*.toc", "*.seg", "MANIFEST.json"])
def test_damage_is_noticed_answered_and_repaired(
    engine: WhooshEngine, library: list[Document], harm: object, pattern: str
) -> None:
    for path in index_files(engine, pattern):
        harm(path)
    opened = WhooshEngine(engine.files.folder, titles=lambda lang: [each for each in library if each.lang == lang])

    results = opened.search("invoice", "en")

    assert results.degraded
    assert [hit.slug for hit in results.hits] == ["find-invoice"]
    assert not opened.is_healthy
    assert opened.suggest("invoice", "en")[0].slug == "find-invoice"
    with pytest.raises(SearchError, match="rebuild it"):
        opened.apply([], ["en:house"], 2)

    opened.rebuild(library, revision=3)

    assert opened.is_healthy
    assert opened.revision == 3
    assert not opened.search("invoice", "en").degraded


def test_an_index_of_another_version_is_built_again(engine: WhooshEngine, library: list[Document]) -> None:
    name = engine.files.current()
    index = whoosh_files.open_index(name)
    writer = index.writer()
    writer.update_document(id=whoosh_files.META, article={"revision": 1, "format": 1})
    writer.commit()
    engine.files.seal(name, whoosh_files.generation(index))
    opened = WhooshEngine(engine.files.folder)

    assert opened.revision is None
    assert opened.search("invoice", "en").degraded
    with pytest.raises(SearchError, match="another version"):
        opened.apply([], [], 2)
    opened.rebuild(library, 2)
    assert opened.search("invoice", "en").hits[0].slug == "find-invoice"


def test_a_lost_folder_is_answered_without(engine: WhooshEngine) -> None:
    shutil.rmtree(engine.files.folder)

    opened = WhooshEngine(engine.files.folder)

    assert opened.search("invoice", "en").degraded
    assert opened.passages("invoice", "en") == []


def test_a_rebuild_is_put_in_place_at_once_and_leaves_nothing_behind(engine: WhooshEngine, library: list[Document]) -> None:
    before = engine.files.current()
    answers: list[bool] = []
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.is_set():
            answers.append(engine.search("invoice", "en").degraded)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    engine.rebuild(library, revision=2)
    stop.set()
    asking.join()

    assert engine.files.current() != before
    assert not before.exists()
    assert answers and not any(answers)


def test_a_failed_rebuild_leaves_the_old_index(engine: WhooshEngine, library: list[Document]) -> None:
    def breaking() -> object:
        yield library[0]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        engine.rebuild(breaking(), revision=2)

    assert engine.search("parcel", "en").hits[0].slug == "return-item"
    assert engine.revision == 1


def test_a_failed_change_leaves_the_old_index(engine: WhooshEngine, library: list[Document]) -> None:
    def breaking() -> object:
        yield Document("en:new", "en", "new", "new", "Giraffes", "")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        engine.apply(breaking(), ["en:house"], 2)
    engine.apply([], [], 3)

    assert engine.search("giraffes", "en").hits == ()
    assert engine.search("house", "en").hits[0].slug == "house"


def test_the_second_writer_is_told_to_try_again(engine: WhooshEngine) -> None:
    with engine.files.writing():
        with pytest.raises(IndexBusy, match="try again"), IndexFolder(engine.files.folder).writing(timeout_seconds=0.2):
            pass


def write_articles(folder: Path, name: str, count: int) -> None:
    """Add articles one by one, as a process of its own."""
    engine = WhooshEngine(folder)
    for number in range(count):
        engine.apply([Document(f"en:{name}{number}", "en", f"{name}{number}", f"{name}{number}", "Giraffes", name)], [], number)


def test_two_writers_lose_nothing(engine: WhooshEngine) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_articles, args=(engine.files.folder, name, 4)) for name in ("ann", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(200)
    engine.refresh()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert engine.search("giraffes", "en").total == 8


def write_for_ever(folder: Path) -> None:
    """Keep changing the index until killed."""
    engine = WhooshEngine(folder)
    number = 0
    while True:
        number += 1
        articles = [Document(f"en:k{each}", "en", f"k{each}", f"k{each}", "Kangaroo", f"hops {number}") for each in range(20)]
        engine.rebuild(articles, number) if number % 7 == 0 else engine.apply(articles, [], number)


@pytest.mark.parametrize("seconds", [0.02, 0.11, 0.23, 0.37, 0.61])
def test_a_killed_writer_leaves_a_whole_index(engine: WhooshEngine, seconds: float) -> None:
    spawn = multiprocessing.get_context("spawn")
    writer = spawn.Process(target=write_for_ever, args=(engine.files.folder,))
    writer.start()
    name = engine.files.current()
    deadline = time.monotonic() + 90
    while not list(name.glob("_MAIN_2.toc")) and name.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(seconds)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    opened = WhooshEngine(engine.files.folder)

    assert opened.is_healthy, opened.problem
    assert opened.search("kangaroo", "en").total == 20
    opened.apply([Document("en:after", "en", "after", "after", "Giraffes", "")], [], 1000)
    assert opened.search("giraffes", "en").hits[0].slug == "after"
    assert opened.revision == 1000


def test_a_list_that_a_killed_writer_had_begun_is_no_file_of_the_index(engine: WhooshEngine) -> None:
    (engine.files.current() / "MANIFEST.json.new").write_text("{")
    engine.apply([Document("en:after", "en", "after", "after", "Giraffes", "")], [], 1000)

    assert WhooshEngine(engine.files.folder).is_healthy
    assert engine.is_whole()


def test_threads_may_share_an_engine(engine: WhooshEngine) -> None:
    failures: list[object] = []

    def work(number: int) -> None:
        for turn in range(30):
            results = engine.search(["invoice", "password", "wifi", "parcel", "house"][(number + turn) % 5], "en")
            if results.degraded or not results.hits:
                failures.append(results)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for turn in range(4):
        engine.apply([Document("en:new", "en", "new", "new", f"Giraffes {turn}", "")], [], turn + 2)
    for thread in threads:
        thread.join()

    assert failures == []
    assert engine.revision == 5


def test_the_list_of_files_says_the_generation(engine: WhooshEngine) -> None:
    engine.apply([], ["en:house"], 2)

    listed = json.loads((engine.files.current() / "MANIFEST.json").read_text())

    assert listed["generation"] == 2
    assert any(name.endswith(".toc") for name in listed["files"])


@pytest.mark.parametrize("harm", [empty, truncate, flip, delete])
def test_damage_under_a_running_engine_ends_no_process_and_is_repaired(
    engine: WhooshEngine, library: list[Document], harm: object
) -> None:
    running = WhooshEngine(engine.files.folder)
    assert running.revision == 1
    for path in [*index_files(engine, "*.seg"), *index_files(engine, "*.toc")]:
        harm(path)

    for text in ("invoice", "password", "wifi slow", "parcel house"):
        running.search(text, "en")
        running.suggest(text, "en")

    with pytest.raises(SearchError, match="rebuild it"):
        running.apply([], [], 2)
    running.rebuild(library, 3)
    assert running.revision == 3
    assert running.search("invoice", "en").hits[0].slug == "find-invoice"
    assert running.problem is None


def test_changes_alone_never_become_the_whole_index(engine: WhooshEngine, library: list[Document]) -> None:
    assert engine.revision == 1
    shutil.rmtree(engine.files.folder)

    with pytest.raises(SearchError, match="gone; rebuild it"):
        engine.apply(library[:1], [], 2)
    engine.rebuild(library, 2)

    assert engine.search("invoice", "en").hits[0].slug == "find-invoice"
