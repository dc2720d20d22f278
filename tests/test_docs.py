"""The documentation says what there is, and what it names exists."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from helpcenter import __version__
from helpcenter.chat import schema
from helpcenter.cli import HIDDEN
from helpcenter.content.front_matter import KEYS
from tests import documented

CHECKOUT = Path(__file__).parent.parent
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
PAGE_IDS = [page.relative_to(CHECKOUT).as_posix() for page in PAGES]
DECISIONS = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)")
HEADING = re.compile(r"^#{1,6} +(.+?)#*$", re.MULTILINE)


def read(*names: str) -> str:
    """Return the text of the files *names*, one after the other."""
    return "\n".join((CHECKOUT / name).read_text(encoding="utf-8") for name in names)


def all_docs() -> str:
    """Return every page of `docs/`."""
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.is_relative_to(CHECKOUT / "docs"))


def undocumented(names: list[str], text: str) -> list[str]:
    """Return those of *names* that *text* does not show as code."""
    shown = set(re.findall(r"[\w.-]+", " ".join([*re.findall(r"`([^`\n]+)`", text), *FENCE.findall(text)])))
    return sorted({name for name in names if name not in shown})


@pytest.mark.parametrize("name", list(documented.PARTS))
def test_what_the_program_writes_itself_is_up_to_date(name: str) -> None:
    file, write = documented.PARTS[name]
    page = read(file)

    assert documented.with_part(page, name, write()) == page, "`make docs` brings it up to date"


def test_a_part_that_is_out_of_date_is_noticed() -> None:
    page = documented.BEGIN.format(name="x") + "\nold\n" + documented.END.format(name="x") + "\n"

    assert documented.with_part(page, "x", "new") == page.replace("old", "new")
    with pytest.raises(LookupError, match="no place for y"):
        documented.with_part(page, "y", "new")


def test_every_address_says_what_it_does() -> None:
    assert [path for path, _, said in documented.routes() if not said.endswith(".")] == []


def test_every_front_matter_key_is_documented() -> None:
    names = [name for key in KEYS for name in (key.name, *(other for other, _ in key.others))]

    assert undocumented(names, all_docs()) == []


def rule_keys() -> list[str]:
    """Return every key that a file of chat rules may have."""
    models = [model for model in vars(schema).values() if isinstance(model, type) and issubclass(model, BaseModel) and model is not BaseModel]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def test_every_rule_key_is_documented() -> None:
    assert "intent" in rule_keys()
    assert undocumented(rule_keys(), all_docs()) == []


def test_a_missing_name_is_noticed() -> None:
    assert undocumented(["here", "there", "fenced"], "`here: 1` and there\n```yaml\nfenced: 2\n```\n") == ["there"]


def slugs(text: str) -> set[str]:
    """Return the anchors of the headings of *text*, as GitHub makes them."""
    found: dict[str, int] = {}
    anchors = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"`|\*|\[|\]\([^)]*\)", "", heading).strip().lower()).replace(" ", "-")
        anchors.add(slug if slug not in found else f"{slug}-{found[slug]}")
        found[slug] = found.get(slug, 0) + 1
    return anchors


def broken_links(page: Path) -> Iterator[str]:
    """Give the links of *page* that lead nowhere in this checkout."""
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            if not target.startswith(("https://", "mailto:")):
                yield f"{link}: only https"
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists():
            yield link
        elif anchor and file.suffix == ".md" and anchor not in slugs(file.read_text(encoding="utf-8")):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_a_link_to_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Big `one`\n[a](#big-one) [b](#small) [c](other.md) [d](http://example.org) [e](https://example.org) `[f](g)`\n")

    assert list(broken_links(page)) == ["#small", "other.md", "http://example.org: only https"]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = "\n".join([*FENCE.findall(text), *re.findall(r"`([^`\n]+)`", text)])
    commands = {words[1] for words, _ in documented.commands()}
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^|bin/|[$`] |-m )helpcenter ([a-z]+)\b", code, re.MULTILINE)) - commands - {*HIDDEN} == set()
    assert set(re.findall(r"^[$ ]*(?:[A-Z_]+=\S* )*make ([a-z]+)", code, re.MULTILINE)) <= targets


def test_the_readme_shows_the_tree() -> None:
    tree = next(block for block in FENCE.findall(read("README.md")) if "helpcenter/" in block and "articles/" in block)
    packages = [path.parent.name for path in (CHECKOUT / "helpcenter").glob("*/__init__.py") if path.parent.name != "bundle"]
    modules = [path.name for path in (CHECKOUT / "helpcenter").glob("*.py") if not path.name.startswith("__")]
    top = ["articles", "templates", "static", "helpcenter", "tests", "docs", "benchmarks"]

    shown = set(re.findall(r"^\s*([\w.]+)", tree, re.MULTILINE))

    assert {*packages, *modules, *top} - shown == set()
    assert {name for name in shown if not list(CHECKOUT.rglob(name))} <= {"text"}


def test_the_readme_has_the_two_commands() -> None:
    text = read("README.md")

    assert "make serve" in text
    assert "make test" in text
    assert "pip install" in text


def dependencies() -> set[str]:
    """Return the packages that `setup.cfg` names, with those of its extras."""
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    lines = "\n".join([config["options"]["install_requires"], *config["options.extras_require"].values()]).split()
    return {re.match(r"[\w-]+", line)[0].lower() for line in lines}


def test_every_dependency_has_its_reason_and_nothing_else_has() -> None:
    rows = re.findall(r"^\| `([\w-]+)", read("docs/decisions/0002-dependencies.md"), re.MULTILINE)

    assert sorted(rows) == sorted(dependencies())


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]

    assert len({*numbers}) == len(numbers)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {path.name[:4]} ")
    assert [part for part in ("Status", "Context", "Decision", "Consequences") if not re.search(rf"^(## |\*\*)?{part}\b", text, re.MULTILINE)] == []


def test_the_changelog_begins_with_what_is_not_released() -> None:
    text = read("CHANGELOG.md")

    assert HEADING.findall(text)[:2] == ["Changelog", "Unreleased"]
    assert __version__ == "0.1.0" or f"## {__version__}" in text


def test_every_page_is_in_the_index() -> None:
    index = read("docs/README.md")
    pages = [page.relative_to(CHECKOUT / "docs").as_posix() for page in PAGES if page.is_relative_to(CHECKOUT / "docs")]

    assert [page for page in pages if page != "README.md" and f"({page})" not in index] == []
