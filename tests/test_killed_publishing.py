"""A publish that is killed at any moment: readers have the library before or the one after it, whole, and it mends itself."""

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.mail.mailers import MemoryMailer
from helpcenter.publishing import publish
from helpcenter.search.following import Keeper
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.settings import Settings
from helpcenter.storage import db
from helpcenter.web.services import EXTENSION, services
from tests.conftest import SECRET

BEFORE, AFTER = "amber", "violet"
STAYING, LEAVING = 100, 8
SECTIONS = ("pay", "net", "tv")
SITE = "name: Testia\nlanguages: [en]\nsections:\n" + "".join(f"  - {{key: {key}, title: {{en: {key.title()}}}}}\n" for key in SECTIONS)
RULES = """\
rules:
  - intent: colour
    examples: [which colour is it, tell me the colour, what colour]
    answer: [It is {word}.]
"""

# Publishes, and is killed at one moment: each wraps the function at which that moment is.
DYING = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from helpcenter import publishing
from helpcenter.app import create_app
from helpcenter.content import preparation, sync
from helpcenter.mail.mailers import MemoryMailer
from helpcenter.search import index_folder, whoosh_files
from helpcenter.settings import Settings
from helpcenter.web.services import services

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_at(place, name, call=1, after=False):
    work, calls = getattr(place, name), []
    def dying(*given, **more):
        calls.append(name)
        if len(calls) == call and not after:
            die()
        done = work(*given, **more)
        return die() if len(calls) == call else done
    setattr(place, name, dying)

def die_before_commit():
    written = publishing.sync.publish
    def write(*given, **more):
        changes = written(*given, **more)
        event.listen(Engine, "commit", die)
        return changes
    publishing.sync.publish = write

def publish_and_die(articles, data, secret, moment):
    app = create_app(Settings(articles=articles, data=data, secret_key=secret), mailer=MemoryMailer())
    with app.app_context():
        moments()[moment]()
        publishing.publish(Path(articles), services().index)

def moments():
    return {
        "rendering": lambda: die_at(preparation, "compile_article", call=50),
        "half of the rows": lambda: die_at(sync, "remove_rows", after=True),
        "before the commit": die_before_commit,
        "after the commit": lambda: die_at(publishing, "follow_index"),
        "indexing": lambda: die_at(whoosh_files.NewSegments, "add", call=50),
        "segments": lambda: die_at(whoosh_files, "merge", after=True),
        "sealing": lambda: die_at(index_folder.IndexFolder, "seal"),
        "putting in place": lambda: die_at(index_folder.IndexFolder, "put_in_place"),
        "in the rules": lambda: die_at(publishing, "note_failures"),
        "after the rules": lambda: die_at(publishing, "follow_index", call=2),
    }

# A process for each line. That the program is read only once saves half of the time.
for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            publish_and_die(*line.rstrip("\\n").split("\\t"))
        finally:
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
# Whether the rows are those before the publish or those after it; the index may be one step behind.
MOMENTS = {
    "rendering": BEFORE,
    "half of the rows": BEFORE,
    "before the commit": BEFORE,
    "after the commit": AFTER,
    "indexing": AFTER,
    "segments": AFTER,
    "sealing": AFTER,
    "in the rules": AFTER,
    "after the rules": AFTER,
}


def write_library(folder: Path, word: str) -> Path:
    """Write a library in which every article says *word*; eight articles are in it only with that word."""
    files = {"site.yaml": SITE, "bot/en/colour.yaml": RULES.format(word=word)}
    for number in range(STAYING):
        files[f"en/{SECTIONS[number % 3]}/article-{number}.md"] = text_of(f"Thing {number}", word)
    for number in range(LEAVING):
        files[f"en/{SECTIONS[number % 3]}/only-{word}-{number}.md"] = text_of(f"Only {number}", word)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def text_of(title: str, word: str) -> str:
    """Return an article that says *word* wherever readers may see it."""
    return f"---\ntitle: {title} {word}\ndescription: All is {word}.\n---\nThe lamp is {word}.\n\n## Which colour\n\nIt is {word}.\n"


@pytest.fixture(scope="module")
def libraries(tmp_path_factory) -> dict[str, Path]:
    """Return the two content folders by their word, and under `data` what has the first published."""
    place = tmp_path_factory.mktemp("killed")
    made = {word: write_library(place / word, word) for word in (BEFORE, AFTER)} | {"data": place / "data"}
    for app in opened(made[BEFORE], made["data"]):
        storage.migrate(app)
        with app.app_context():
            publish(made[BEFORE], services().index)
    return made


def opened(articles: Path, data: Path) -> Iterator[Flask]:
    """Give the site of a data folder, as a process has it that was just started."""
    app = create_app(Settings(articles=articles, data=data, secret_key=SECRET, rate_limits="off"), mailer=MemoryMailer())
    yield app
    app.extensions[EXTENSION].recorder.finish()
    storage.close(app)


@pytest.fixture
def data(libraries, tmp_path) -> Path:
    """Return a data folder of its own, with the library before."""
    return shutil.copytree(libraries["data"], tmp_path / "data")


@pytest.fixture
def site(libraries, data) -> Iterator[Flask]:
    """Return the site that was running all the time: it has read the library before, and its index."""
    for app in opened(libraries[AFTER], data):
        assert words_on(app.test_client().get("/en/sections/pay").text) == {BEFORE}
        assert search(app.test_client(), BEFORE)[0] == STAYING + LEAVING
        yield app


@pytest.fixture(scope="module")
def kill_a_publish() -> Iterator[Callable[[Path, Path, str], None]]:
    """Return a function that publishes a folder in a process of its own, which is killed at one moment."""
    with subprocess.Popen([sys.executable, "-c", DYING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as publisher:

        def kill(articles: Path, data: Path, moment: str) -> None:
            publisher.stdin.write("\t".join((str(articles), str(data), SECRET, moment)) + "\n")
            publisher.stdin.flush()
            assert int(publisher.stdout.readline()) == -signal.SIGKILL

        yield kill
        publisher.stdin.close()


def words_on(page: str) -> set[str]:
    """Return which of the two words stand on a page."""
    return set(re.findall(rf"\b(?:{BEFORE}|{AFTER})\b", page))


def articles_on(page: str) -> set[str]:
    """Return the slugs of the articles that a page leads to."""
    return set(re.findall(r'href="/en/articles/([^"#?]+)"', page))


def search(client: FlaskClient, query: str) -> tuple[int, list[str]]:
    """Return how many articles the search finds for *query*, and the addresses of the first ones."""
    answer = client.get("/api/v1/search", query_string={"q": query, "lang": "en", "limit": 50})
    assert answer.status_code == 200
    return answer.get_json()["total"], [hit["url"] for hit in answer.get_json()["hits"]]


def check_readers(app: Flask, word: str) -> None:
    """Check that every page shows the library of *word*, whole, and that everything found opens."""
    client = app.test_client()
    with app.app_context():
        rows = db.session.query(Article.slug, Article.title, Article.html, Article.revision).all()
    assert len(rows) == STAYING + LEAVING and len({row.revision for row in rows}) == 1
    assert all(words_on(row.title) == words_on(row.html) == {word} for row in rows)
    listed = [page for section in SECTIONS for page in [client.get(f"/en/sections/{section}")]]
    assert [(page.status_code, words_on(page.text)) for page in listed] == [(200, {word})] * 3
    assert sum(len(articles_on(page.text)) for page in listed) == STAYING + LEAVING
    assert client.get("/en/").status_code == 200
    other = AFTER if word == BEFORE else BEFORE
    for slug in ("article-0", "article-77", f"only-{word}-0", f"only-{word}-7"):
        page = client.get(f"/en/articles/{slug}")
        assert (page.status_code, words_on(page.text)) == (200, {word})
    assert client.get(f"/en/articles/only-{other}-0").status_code == (404 if other == AFTER else 410)
    found = {query: search(client, query) for query in (word, other)}
    # The index is one library or the other, too; while it is behind, what was withdrawn is held back, page by page.
    none, all_of_one = sorted(total for total, _ in found.values())
    assert none == 0 and STAYING <= all_of_one <= STAYING + LEAVING
    assert {client.get(url).status_code for _, urls in found.values() for url in urls[::7]} == {200}
    assert client.get("/en/search?q=lamp").status_code == 200


def check_mended(app: Flask) -> None:
    """Check that the library after, its rules and its index are whole."""
    check_readers(app, AFTER)
    with app.app_context():
        index = WhooshEngine(services().data_folder / "index")
        assert index.is_whole() and index.revision == library.revision(db.session)
        assert services().bot().of("en").rules["colour"].answer[0].text == [f"It is {AFTER}."]
    client = app.test_client()
    services_of(app).index.refresh()
    assert (search(client, AFTER)[0], search(client, BEFORE)[0]) == (STAYING + LEAVING, 0)


def services_of(app: Flask):
    """Return what the views of *app* work with."""
    return app.extensions[EXTENSION]


def keep(app: Flask, data: Path) -> None:
    """Look after the index as `helpcenter work` does, and check that it has what the rows have."""
    keeper = Keeper(WhooshEngine(data / "index"))
    for _look in range(2):
        with app.app_context():
            keeper.look(db.session)
    with app.app_context():
        assert keeper.engine.is_whole() and keeper.engine.revision == library.revision(db.session)


@pytest.mark.parametrize(("moment", "word"), MOMENTS.items(), ids=list(MOMENTS))
def test_whenever_a_publish_is_killed_readers_have_one_library_whole(libraries, data, site, kill_a_publish, moment, word):
    kill_a_publish(libraries[AFTER], data, moment)

    check_readers(site, word)
    keep(site, data)

    with site.app_context():
        publish(libraries[AFTER], services().index)

    check_mended(site)


def test_killed_before_an_index_that_was_built_anew_is_in_place_the_old_one_answers(libraries, data, site, kill_a_publish, tmp_path):
    # Another publish that the index did not follow: now nobody knows what left, and all of it is built anew, aside.
    between = shutil.copytree(libraries[BEFORE], tmp_path / "between")
    (between / "site.yaml").write_text(SITE.replace("Testia", "Testia again"))
    kill_a_publish(between, data, "after the commit")
    kill_a_publish(libraries[AFTER], data, "putting in place")

    check_readers(site, AFTER)
    assert STAYING <= search(site.test_client(), BEFORE)[0] <= STAYING + LEAVING

    with site.app_context():
        publish(libraries[AFTER], services().index)

    check_mended(site)


def test_whoever_reads_during_a_publish_sees_one_library_or_the_other(libraries, data, site):
    seen: set[tuple[int, frozenset[str], int]] = set()
    done = threading.Event()

    def read() -> None:
        client = site.test_client()
        while not done.is_set():
            page = client.get("/en/sections/net")
            seen.add((page.status_code, frozenset(words_on(page.text)), len(articles_on(page.text))))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    with site.app_context():
        publish(libraries[AFTER], services().index)
    while not any(AFTER in words for _, words, _ in seen):
        time.sleep(0.01)
    done.set()
    for reader in readers:
        reader.join()

    articles = len(range(1, STAYING, 3)) + len(range(1, LEAVING, 3))
    assert seen == {(200, frozenset({BEFORE}), articles), (200, frozenset({AFTER}), articles)}
