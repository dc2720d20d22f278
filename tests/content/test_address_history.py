"""Any history of a content folder: every address that was ever published answers with its article, a redirect to it, or 410.

A model knows, for each address, the article that had it last. It says what must be so whatever happened; how a moved file is
known again is the program's affair. Only one rule of the program is the model's too: who takes the address or the key of an
article that is gone is its heir.
"""

import os
import shutil
import tempfile
from contextvars import Context
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete
from werkzeug.test import TestResponse

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.content import library, sync
from helpcenter.content.models import Article, ArticleRevision, ContentProblem, Publication, PublishedPart, Redirect
from helpcenter.mail.mailers import MemoryMailer
from helpcenter.settings import Settings
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.services import EXTENSION

SECRET = "a secret that only the tests know, long enough"
EXAMPLES = int(os.environ.get("HELPCENTER_TEST_HISTORIES", "20"))
LANGUAGES = ("en", "lv")
SECTIONS, NAMES, SLUGS = ("pay", "net"), ("a", "b", "c"), (None, "a", "x", "y")
SITE = "name: Walk\nlanguages: [en, lv]\nfallbacks: {lv: [en]}\n"

languages, sections, names, slugs = map(st.sampled_from, (LANGUAGES, SECTIONS, NAMES, SLUGS))


@dataclass(frozen=True)
class File:
    """One article file. `who` is the article, whatever happens to its file."""

    who: int
    lang: str
    section: str
    name: str
    slug: str | None = None
    title: int = 0
    edits: int = 0
    draft: bool = False

    @property
    def path(self) -> str:
        """Where the file is."""
        return f"{self.lang}/{self.section}/{self.name}.md"

    @property
    def key(self) -> str:
        """The key of the article."""
        return f"{self.section}/{self.name}"

    @property
    def address(self) -> tuple[str, str]:
        """Language and slug."""
        return self.lang, self.slug or self.name

    @property
    def text(self) -> str:
        """The file's content: words of its own, of which each edit changes one."""
        words = [f"w{self.who}x{number}" for number in range(30)]
        for number in range(self.edits % 6):
            words[number * 5] += "edited"
        lines = [f"title: Article {self.who} title {self.title}", *([f"slug: {self.slug}"] if self.slug else []), *(["draft: true"] if self.draft else [])]
        return "---\n" + "\n".join(lines) + f"\n---\nwho{self.who}. " + " ".join(words) + "\n"


@dataclass
class Model:
    """What was published, and whose each address is."""

    live: dict[tuple[str, str], File] = field(default_factory=dict)  # by address
    owners: dict[tuple[str, str], int] = field(default_factory=dict)  # who had the address last
    last: dict[int, File] = field(default_factory=dict)  # how each article was published last
    keys: dict[int, set[str]] = field(default_factory=dict)  # all keys that each article was published under

    def publish(self, files: list[File]) -> None:
        """Note that *files* are published now."""
        self.live = {file.address: file for file in files if not file.draft}
        here = {file.who for file in self.live.values()}
        heirs = {}
        for who, last in self.last.items():
            if who not in here and who in self.owners.values():
                by_key = next((file.who for file in self.live.values() if (file.lang, file.key) == (last.lang, last.key)), None)
                by_slug = self.live.get(last.address)
                heir = by_key if by_key is not None else by_slug.who if by_slug else None
                if heir is not None:
                    heirs[who] = heir
        self.owners = {address: heirs.get(who, who) for address, who in self.owners.items()}
        for address, file in self.live.items():
            self.owners[address] = file.who
            self.last[file.who] = file
            self.keys.setdefault(file.who, set()).add(file.key)


class History(RuleBasedStateMachine):
    """Editors work on the folder; now and then, after one change or two, it is published."""

    app = client = folder = None

    @initialize(section=sections, name=names)
    def begin(self, section: str, name: str) -> None:
        """Begin with an empty library and one article."""
        with writing() as session:
            for model in (Article, ArticleRevision, Redirect, PublishedPart, ContentProblem, Publication):
                session.execute(delete(model))
        shutil.rmtree(self.folder, ignore_errors=True)
        self.files: list[File] = []
        self.bin: list[File] = []
        self.written: set[str] = set()
        self.model, self.numbers, self.pending = Model(), count(1), 0
        self.files.append(File(next(self.numbers), "en", section, name))
        self.publish()

    def open(self, path: str) -> TestResponse:
        """Return the answer to a request of its own: the context of this test would remember what the last one saw."""
        return Context().run(self.client.get, path)

    def change(self, old: File | None, new: File | None) -> None:
        """Replace *old* by *new*, when the folder allows it: no two files with one path or one published slug."""
        others = [file for file in self.files if file is not old]
        if new is not None and not self.fits(new, others):
            return
        self.files = [*others, *([new] if new else [])]
        self.pending += 1
        if self.pending == 2:
            self.publish()

    def fits(self, new: File, others: list[File]) -> bool:
        """Return whether *new* can stand beside *others*, and is one that the program can know again."""
        if any(file.path == new.path or (file.address == new.address and not file.draft and not new.draft) for file in others):
            return False
        last = self.model.last.get(new.who)
        is_away = last is not None and self.model.live.get(last.address, new).who != new.who
        was_away = last is not None and last.address not in self.model.live
        # Moved and renamed while it was away, nobody could know it again: it is another article then.
        return not ((is_away or was_away) and new.key != last.key and new.address != last.address)

    def pick(self, number: int) -> File | None:
        """Return one of the files."""
        return self.files[number % len(self.files)] if self.files else None

    @rule(lang=languages, section=sections, name=names, slug=slugs)
    def create(self, lang: str, section: str, name: str, slug: str | None) -> None:
        """Write a new article."""
        self.change(None, File(next(self.numbers), lang, section, name, slug))

    @rule(number=st.integers(0, 9), slug=slugs)
    def translate(self, number: int, slug: str | None) -> None:
        """Write the other language of an article."""
        file = self.pick(number)
        if file:
            other = "lv" if file.lang == "en" else "en"
            self.change(None, File(next(self.numbers), other, file.section, file.name, slug))

    @rule(number=st.integers(0, 9), what=st.sampled_from(("edit", "retitle", "draft")))
    def edit(self, number: int, what: str) -> None:
        """Change a text or a title, or make it a draft or no draft any more."""
        file = self.pick(number)
        if file:
            changes = {"edit": {"edits": file.edits + 1}, "retitle": {"title": file.title + 1}, "draft": {"draft": not file.draft}}
            self.change(file, replace(file, **changes[what]))

    @rule(number=st.integers(0, 9), section=sections, name=names)
    def move(self, number: int, section: str, name: str) -> None:
        """Move a file to a section, or to another name."""
        file = self.pick(number)
        if file:
            self.change(file, replace(file, section=section, name=name))

    @rule(number=st.integers(0, 9), slug=slugs)
    def change_slug(self, number: int, slug: str | None) -> None:
        """Name another slug."""
        file = self.pick(number)
        if file:
            self.change(file, replace(file, slug=slug))

    @rule(one=st.integers(0, 9), other=st.integers(0, 9), what=st.sampled_from(("slugs", "files")))
    @precondition(lambda self: self.pending == 0)
    def swap(self, one: int, other: int, what: str) -> None:
        """Let two articles of a language swap their slugs, or their files."""
        first, second = self.pick(one), self.pick(other)
        if not first or first is second or first.lang != second.lang or first.draft or second.draft:
            return
        names = {"section": second.section, "name": second.name}, {"section": first.section, "name": first.name}
        slugs = {"slug": second.address[1]}, {"slug": first.address[1]}
        changed = [replace(file, **new) for file, new in zip((first, second), names if what == "files" else slugs, strict=True)]
        others = [file for file in self.files if file is not first and file is not second]
        if self.fits(changed[0], [*others, changed[1]]) and self.fits(changed[1], [*others, changed[0]]):
            self.files = [*others, *changed]
            self.publish()

    @rule(number=st.integers(0, 9))
    def remove(self, number: int) -> None:
        """Delete a file."""
        file = self.pick(number)
        if file:
            self.bin.append(file)
            self.change(file, None)

    @rule(number=st.integers(0, 9))
    @precondition(lambda self: self.bin)
    def restore(self, number: int) -> None:
        """Put a deleted file back where it was."""
        file = self.bin[number % len(self.bin)]
        if all(each.who != file.who for each in self.files):
            self.change(None, file)

    @rule()
    def publish(self) -> None:
        """Publish the folder as it is."""
        self.pending = 0
        if not any(not file.draft for file in self.files) and not self.files:
            return
        wanted = {file.path: file.text for file in self.files} | {"site.yaml": SITE}
        for path in self.written - set(wanted):
            (self.folder / path).unlink()
        for path, text in wanted.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.written = set(wanted)
        with writing() as session:
            changes = sync.sync(self.folder, session, now=utcnow())
        assert changes.broken == []
        self.model.publish(self.files)
        self.check_all()

    def check_all(self) -> None:
        """Check where every address leads that was ever published, and those that stand in for a translation."""
        site = library.site(db.session)
        slugs = {slug for _, slug in self.model.owners}
        for address in [*self.model.owners, *(("lv", slug) for lang, slug in self.model.owners if lang == "en")]:
            assert address[1] in slugs
            self.check(site, *address)
        db.session.rollback()

    def check(self, site, lang: str, slug: str) -> None:
        """Check one address."""
        found = library.resolve(db.session, site, lang, slug)
        where = f"/{lang}/articles/{slug}"
        if found is None:
            assert library.find_withdrawn(db.session, lang, slug) is not None, f"{where} is 404"
        shown = found and int(found.article.body_text.partition(".")[0].removeprefix("who"))
        live = self.model.live.get((lang, slug))
        owner = self.model.owners.get((lang, slug))
        if live is not None:
            assert shown == live.who, f"{where} is the address of {live}, and shows {shown}"
        elif owner is not None:
            self.check_left(where, lang, owner, shown)

    def check_left(self, where: str, lang: str, owner: int, shown: int | None) -> None:
        """Check an address that an article left."""
        present = next((file for file in self.model.live.values() if file.who == owner), None)
        if present is not None:
            assert shown == owner, f"{where} was that of {present}, and shows {shown}"
            return
        last = self.model.last[owner]
        twin = next((file for file in self.model.live.values() if file.lang == "en" and file.key == last.key), None)
        if lang == "lv" and twin is not None:
            assert shown == twin.who, f"{where} was that of {last}; its original {twin} stands in, and not {shown}"
        elif shown is not None:
            kin = self.model.keys.get(shown, set()) & self.model.keys[owner]
            # The slug is that of an English article today, which stands in or has a translation.
            named = self.model.live.get(("en", where.rpartition("/")[2]))
            named_so = named is not None and named.key in self.model.keys.get(shown, set())
            assert lang == "lv" and (kin or named_so), f"{where} was that of {last}, and shows {shown}"

    @invariant()
    def nothing_is_half(self) -> None:
        """The library has exactly what was published."""
        if self.client is not None and hasattr(self, "model"):
            assert {(row.lang, row.slug) for row in db.session.query(Article)} == set(self.model.live)
            db.session.rollback()

    def teardown(self) -> None:
        """Read every address as a browser does."""
        if not hasattr(self, "model"):
            return
        for lang, slug in list(self.model.owners):
            first = self.open(f"/{lang}/articles/{slug}")
            assert first.status_code in (200, 301, 410), f"/{lang}/articles/{slug} answers {first.status_code}"
            live = self.model.live.get((lang, slug))
            assert (first.status_code == 200) or live is None
            if first.status_code == 301:
                second = self.open(first.headers["Location"])
                assert second.status_code == 200, f"/{lang}/articles/{slug} leads to {second.status_code}"
                owner = next((file for file in self.model.live.values() if file.who == self.model.owners[lang, slug]), None)
                assert owner is None or f"who{owner.who}." in second.get_data(as_text=True)


@pytest.fixture
def quick_app():
    """Return a migrated application whose files are in memory: a history publishes a thousand times."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        folder = Path(place)
        app = create_app(Settings(articles=folder / "walk", data=folder / "data", secret_key=SECRET), mailer=MemoryMailer())
        storage.migrate(app)
        History.app, History.client, History.folder = app, app.test_client(), folder / "walk"
        with app.app_context():
            yield app
        app.extensions[EXTENSION].recorder.finish()
        storage.close(app)


@pytest.mark.usefixtures("quick_app")
def test_every_address_of_any_history_answers():
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    # What fails is shown as it is: to make it smaller would take longer than anybody waits.
    chosen = settings(
        phases=[Phase.explicit, Phase.generate],
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=checks, derandomize=EXAMPLES <= 20
    )
    run_state_machine_as_test(History, settings=chosen)
