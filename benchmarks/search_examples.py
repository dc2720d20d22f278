"""Writes docs/search-examples.md: ten queries a language, with what SQLite FTS5 and this project find first in the sample library.

    python benchmarks/search_examples.py > docs/search-examples.md

FTS5 gets the same texts: title (weight 3), keywords, description and body, words without diacritics, OR.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search import fts5

from helpcenter.content.checks import check_library
from helpcenter.content.hardened_yaml import load
from helpcenter.content.models import Article
from helpcenter.paths import bundled
from helpcenter.search.engine import Document
from helpcenter.search.following import document_of
from helpcenter.search.synonyms import load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine

EXAMPLES = Path(__file__).with_suffix(".yaml")
NAMES = {"en": "English", "lv": "Latvian", "pl": "Polish", "sv": "Swedish", "kk": "Kazakh"}
HEAD = """# Search examples

What a person types, and what is found first in the sample library: by SQLite FTS5 as it comes (words without diacritics, any of them,
titles count three times; it reads the keywords too), and by this search. Written by `benchmarks/search_examples.py`; the editors' search
tests in `articles/tests/searches` hold every row.
"""


@dataclass(frozen=True)
class Row:
    """One example: the query, what it shows, and the titles that were found first."""

    query: str
    shows: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"| {self.query} | {self.shows} | {self.theirs} | {self.ours} |"


def sample_library() -> list[Document]:
    """Return the articles of the sample library as the index sees them."""
    return [document_of(Article(**each.row)) for each in check_library(bundled("articles")).compiled]


def rows(examples: Iterable[dict[str, Any]], lang: str, library: list[Document], folder: Path) -> list[Row]:
    """Return the examples of *lang* with what both find. Raises SystemExit when ours is not the right article."""
    titles = {each.key: each.title for each in library if each.lang == lang}
    engine = WhooshEngine(folder / "ours", synonyms=load_synonyms(bundled("articles") / "synonyms")[0])
    engine.rebuild(library, 1)
    plain = [replace(each, body="\n".join((*each.keywords, each.description, each.body))) for each in library if each.lang == lang]
    ask = fts5(plain, folder)
    found = []
    for each in examples:
        hits = engine.search(each["query"], lang).hits
        if not hits or hits[0].key != each["article"]:
            raise SystemExit(f"{each['query']} ({lang}) finds {hits[0].key if hits else 'nothing'}, not {each['article']}")
        theirs = ask(each["query"], lang)
        found.append(Row(each["query"], each["shows"], titles[theirs[0]] if theirs else "nothing", hits[0].title))
    return found


def main() -> None:
    """Print the page."""
    examples, library = load(EXAMPLES.read_text("utf-8")).value, sample_library()
    print(HEAD)
    for lang, name in NAMES.items():
        with tempfile.TemporaryDirectory() as folder:
            of_language = rows([each for each in examples if each["lang"] == lang], lang, library, Path(folder))
        print(f"## {name}\n\n| query | shows | FTS5 finds first | we find first |\n|---|---|---|---|")
        print(*of_language, sep="\n", end="\n" if lang == list(NAMES)[-1] else "\n\n")


if __name__ == "__main__":
    main()
