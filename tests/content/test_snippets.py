"""Snippets and variables: what is put in, what is refused with its line, and what is rendered again when they change."""

import datetime
import os

import pytest
from sqlalchemy import select

from helpcenter.content.checks import check_folder
from helpcenter.content.library import find_article
from helpcenter.content.models import Article
from helpcenter.content.snippets import ExpansionRefused, Snippet, SnippetRefused, expand, expand_words
from helpcenter.content.sync import sync
from helpcenter.storage import db, writing
from tests.content.folders import write
from tests.effort import calls

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


class Shelf:
    """Snippets and variables from memory."""

    def __init__(self, variables=None, **snippets):
        self.variables = variables or {}
        self.snippets = snippets

    def variable(self, name):
        """Return a variable's text."""
        return self.variables.get(name)

    def snippet(self, name):
        """Return the snippet `snippets/<name>.md`."""
        short = name.removeprefix("snippets/").removesuffix(".md")
        if short not in self.snippets:
            raise SnippetRefused(f"There is no file {name}.")
        return Snippet(name, 1, self.snippets[short], short)


def expanded(markdown, **shelf):
    """Return *markdown* with everything put in."""
    return expand(markdown, "en/a.md", 1, Shelf({"phone": "+371 6700", "star": "a*b"}, **shelf)).markdown


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("Call {{ var.phone }} or {{var.phone}}.", "Call +371 6700 or +371 6700."),
        (r"Write \{{ var.phone }}", "Write {{ var.phone }}"),
        ("`{{ var.phone }}` and {{ var.phone }}", "`{{ var.phone }}` and +371 6700"),
        ("``a ` {{ var.phone }}`` b", "``a ` {{ var.phone }}`` b"),
        ("```\n{{ var.phone }}\n```\n{{ var.phone }}", "```\n{{ var.phone }}\n```\n+371 6700"),
        ("- ~~~ sh\n  {{ var.phone }}\n  ~~~\n", "- ~~~ sh\n  {{ var.phone }}\n  ~~~\n"),
        ("```sh variables\ncall {{ var.phone }} {{ include snippets/x.md }}\n```", "```sh variables\ncall +371 6700 {{ include snippets/x.md }}\n```"),
        ("{{ site.name }} {{% x %}} {{ 7*7 }} {{ var }} {{ var.a.b }}", "{{ site.name }} {{% x %}} {{ 7*7 }} {{ var }} {{ var.a.b }}"),
        ("{{ include snippets/two.md }}", "one\n\ntwo"),
        ("- {{ include snippets/two.md }}\n- b", "- one\n\n  two\n- b"),
        ("> {{ include snippets/two.md }}", "> one\n>\n> two"),
        ("Only {{ include snippets/word.md }} here", "Only *on weekdays* here"),
        (r"\{{ include snippets/two.md }}", "{{ include snippets/two.md }}"),
    ],
)
def test_what_is_put_in(markdown, wanted):
    assert expanded(markdown, two="one\n\ntwo", word="*on weekdays*") == wanted


def test_what_is_put_in_is_not_read_again_for_variables():
    words = Shelf({"a": "{{ var.b }}", "b": "secret"})

    assert expand("{{ var.a }}", "en/a.md", 1, words).markdown == "{{ var.b }}"
    assert expand_words("Pay {{ var.a }} {{ include snippets/x.md }}", words) == "Pay {{ var.b }} {{ include snippets/x.md }}"


@pytest.mark.parametrize(
    ("markdown", "line", "message"),
    [
        ("a\n{{ var.fone }}", 2, "There is no variable fone in site.yaml."),
        ("a\n\n{{ include snippets/gone.md }}", 3, "There is no file snippets/gone.md."),
        ("{{ include snippets/outer.md }}", 1, "In snippets/outer.md:2: There is no variable fone in site.yaml."),
        ("{{ include snippets/round.md }}", 1, "In snippets/trip.md:1: snippets/round.md includes itself"),
        ("x {{ include snippets/two.md }}", 1, "has several lines"),
        ("{{ include snippets/own.md }}", 1, "includes itself"),
        ("x {{ include snippets/own.md }}", 1, "includes itself"),
        ("\n".join(["{{ include snippets/word.md }}"] * 501), 501, "More than 500 snippets"),
        ("{{ include snippets/deep1.md }}", 1, "nested more than 5 deep"),
        ("a\n" + "{{ var.phone }} " * 40_000, 2, "more than 256 KB"),
    ],
)
def test_what_is_refused_names_the_line_of_the_article(markdown, line, message):
    shelf = {f"deep{n}": f"{{{{ include snippets/deep{n + 1}.md }}}}" for n in range(1, 8)}
    shelf |= {"outer": "a\n{{ var.fone }}", "two": "1\n2", "word": "w", "own": "{{ include snippets/own.md }}"}
    shelf |= {"round": "{{ include snippets/trip.md }}", "trip": "{{ include snippets/round.md }}"}
    with pytest.raises(ExpansionRefused) as refused:
        expanded(markdown, **shelf)

    assert refused.value.line == line
    assert message in refused.value.message


def test_doubling_snippets_are_refused_at_once():
    shelf = {f"l{n}": f"{{{{ include snippets/l{n + 1}.md }}}}\n" * 10 for n in range(5)} | {"l5": "laugh " * 1000}

    def refused():
        with pytest.raises(ExpansionRefused):
            expanded("{{ include snippets/l0.md }}", **shelf)

    assert calls(refused) < 50_000


def test_a_line_of_a_snippet_is_known_by_its_own_file():
    found = expand("a\n- {{ include snippets/two.md }}\nb", "en/a.md", 7, Shelf(two="one\n\ntwo"))

    assert [tuple(found.place(line)) for line in range(1, 6)] == [
        ("en/a.md", 7), ("snippets/two.md", 1), ("snippets/two.md", 2), ("snippets/two.md", 3), ("en/a.md", 9),
    ]  # fmt: skip


SITE = """\
languages: [en, lv]
variables:
  phone: "+371 1"
  product: {en: Box, lv: Kaste}
"""


@pytest.fixture
def snippets(tmp_path):
    """Return a content folder whose articles include a snippet."""
    return write(
        tmp_path / "content",
        {
            "site.yaml": SITE,
            "snippets/call.md": "Call {{ var.phone }} about your {{ var.product }}, or see [paying](../en/pay/card.md).\n",
            "snippets/lv/call.md": "---\ntitle: Zvans\n---\n\nZvaniet.\n",
            "en/pay/card.md": "# Pay\n\n{{ include snippets/call.md }}\n",
            "lv/pay/card.md": "# Maksā\n\n{{ include snippets/call.md }}\n",
            "en/pay/other.md": '---\ntitle: "Your {{ var.product }}"\n---\nx\n',
            "en/pay/third.md": "# Third\n\nx\n",
        },
    )


def published(lang, slug):
    """Return the HTML of a published article."""
    return find_article(db.session, lang, slug).html


def run(folder):
    """Publish *folder*, and return what changed."""
    with writing() as session:
        changes = sync(folder, session, now=NOW)
    db.session.rollback()
    return changes


def test_a_snippet_is_the_readers_language_and_its_links_are_its_own(library_app, snippets):
    run(snippets)

    assert published("en", "card") == '<p>Call +371 1 about your Box, or see <a href="/en/articles/card">paying</a>.</p>\n'
    assert published("lv", "card") == "<p>Zvaniet.</p>\n"
    assert find_article(db.session, "en", "other").title == "Your Box"


@pytest.mark.parametrize(
    ("path", "content", "again"),
    [
        ("snippets/call.md", "New.\n", {"en/card"}),
        ("snippets/lv/call.md", "Jauns.\n", {"lv/card"}),
        ("site.yaml", SITE.replace("+371 1", "+371 2"), {"en/card"}),
        ("site.yaml", SITE.replace("Box", "Hub"), {"en/card", "en/other"}),
        ("site.yaml", SITE.replace("Kaste", "Cits"), set()),
        ("snippets/en/call.md", "English only.\n", {"en/card"}),
        ("snippets/unused.md", "x\n", set()),
    ],
)
def test_a_change_renders_exactly_the_articles_that_show_it(library_app, snippets, path, content, again):
    run(snippets)
    before = {(row.lang, row.slug): row.version for row in rows()}
    write(snippets, {path: content})
    run(snippets)

    assert {f"{row.lang}/{row.slug}" for row in rows() if row.version != before[row.lang, row.slug]} == again


def rows():
    """Return all published articles."""
    return db.session.scalars(select(Article)).all()


def test_a_snippet_that_goes_away_leaves_the_last_good_version(library_app, snippets):
    run(snippets)
    good = published("en", "card")
    (snippets / "snippets/call.md").unlink()
    change = run(snippets)

    assert [(problem.path, problem.line, problem.code) for problem in change.broken] == [("en/pay/card.md", 3, "snippet")]
    assert published("en", "card") == good


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("en/pay/other.md", "is no snippet"),
        ("snippets/../en/pay/other.md", "is no snippet"),
        ("snippets/../../secret.md", "is no snippet"),
        ("/etc/passwd", "is no snippet"),
        ("snippets/link.md", "leads out of snippets/"),
        ("snippets/inside-link.md", "leads out of snippets/"),
        ("snippets/away/x.md", "leads out of snippets/"),
        ("snippets/draft.md", "is a draft"),
        ("snippets/later.md", "is a draft or has a date"),
        ("snippets/.hidden.md", "is no snippet"),
        ("snippets/folder.md", "folder or device"),
        ("snippets/latin.md", "not UTF-8"),
        ("snippets/loop.md", "cannot be read"),
        ("snippets/data.yaml", "is no snippet"),
    ],
)
def test_nothing_else_can_be_pulled_in(library_app, snippets, tmp_path, name, message):
    write(tmp_path, {"secret.md": "SECRET", "elsewhere/x.md": "SECRET"})
    write(
        snippets,
        {
            "en/pay/hidden.md": "---\ndraft: true\n---\nSECRET",
            "snippets/draft.md": "---\ndraft: true\n---\nSECRET",
            "snippets/later.md": "---\npublish_at: 2999-01-01\n---\nSECRET",
            "snippets/.hidden.md": "SECRET",
            "snippets/latin.md": b"SECRET \xe9",
            "snippets/data.yaml": "SECRET",
            "snippets/folder.md/x.md": "SECRET",
            "en/pay/thief.md": f"# Thief\n\n{{{{ include {name} }}}}\n",
        },
    )
    for link, target in (("link.md", tmp_path / "secret.md"), ("inside-link.md", "../en/pay/hidden.md"), ("away", tmp_path / "elsewhere"), ("loop.md", "loop.md")):
        os.symlink(target, snippets / "snippets" / link)
    change = run(snippets)

    assert [problem.path for problem in change.broken] == ["en/pay/thief.md"]
    assert message in change.broken[0].message
    assert "SECRET" not in "".join(row.html + row.title for row in rows())
    assert len(rows()) == 4


def test_what_is_wrong_in_a_snippet_is_found_there(snippets):
    write(snippets, {"snippets/call.md": "---\ntitle: Call\n---\n\nx\n\nSee [it](gone.md) and [that](#nowhere).\n"})
    found = {(problem.path, problem.line, problem.code) for problem in check_folder(snippets)}

    assert ("snippets/call.md", 7, "broken-link") in found
    assert ("snippets/call.md", 7, "broken-anchor") in found


def test_a_variable_with_a_name_nobody_can_write_is_a_mistake_of_site_yaml(snippets):
    write(snippets, {"site.yaml": "variables:\n  my phone: x\n"})

    assert ("site.yaml", 1, "bad-site") in {(problem.path, problem.line, problem.code) for problem in check_folder(snippets)}
