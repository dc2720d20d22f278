"""Articles made to hurt the publish: each is published or named as broken, and the article beside it stays well."""

import datetime
import json

import pytest

from helpcenter.content import library
from helpcenter.content.folder import ArticleFile
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import read_article
from helpcenter.content.slugs import slug_of
from helpcenter.content.sync import sync
from helpcenter.storage import db, writing
from tests.content.folders import write
from tests.content.test_weight import HOSTILE
from tests.effort import SECOND_OF_CALLS, calls

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
FRONTS = {
    "laughs": LAUGHS,
    "deep": "tags: " + "[" * 8_000,
    "object": "title: !!python/object/apply:os.system ['touch /tmp/owned']",
    "merge": "<<: {<<: {title: x}}",
    "twice": "title: a\ntitle: b",
    "large": "title: " + "x" * 20_000,
    "keys": "".join(f"k{number}: 1\n" for number in range(1_800)),
    "surrogate": 'title: "\\ud800"',
    "date": "updated: 2026-02-31",
}
INCLUDES = {f"snippets/l{number}.md": f"{{{{ include snippets/l{number + 1}.md }}}}\n" * 2 for number in range(20)}


def test_hostile_articles_harm_nobody_else(library_app, tmp_path):
    files = {f"en/h/{slug_of(name)}.md": text[: 250 * 1024] for name, text in HOSTILE.items()}
    files |= {f"en/f/{name}.md": f"---\n{front}\n---\nx\n" for name, front in FRONTS.items()}
    files |= {"en/i/laughs.md": "{{ include snippets/l0.md }}", "en/i/much.md": "{{ include snippets/l20.md }}\n" * 400}
    folder = write(tmp_path / "content", {**files, **INCLUDES, "snippets/l20.md": "ha " * 1_000, "en/good.md": "# Good\n\nWell."})
    with writing() as session:
        changes = sync(folder, session, now=NOW)
    broken = {problem.path for problem in changes.broken}

    assert "Well." in library.find_article(db.session, "en", "good").html
    assert all(problem.line >= 1 and problem.message for problem in changes.broken)
    assert len(changes.added) + len(broken) == len(files) + 1
    assert {"en/i/laughs.md", "en/i/much.md", "en/f/laughs.md", "en/f/deep.md", "en/f/object.md", "en/f/twice.md", "en/f/large.md"} <= broken


@pytest.mark.parametrize("name", FRONTS)
def test_hostile_front_matter_costs_less_than_a_second_holds(tmp_path, name):
    write(tmp_path, {"en/a.md": f"---\n{FRONTS[name]}\n---\nx\n"})

    def read_or_refused():
        try:
            read_article(ArticleFile("en/a.md", "en", "en"), tmp_path.resolve())
        except BrokenFile as error:
            assert json.dumps(error.problem.as_dict())

    assert calls(read_or_refused) < SECOND_OF_CALLS
