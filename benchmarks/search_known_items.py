"""Makes a collection of known items out of a help center: the description of each article asks for the article.

    python benchmarks/search_known_items.py FOLDER LANG COLLECTION
    python benchmarks/search.py quality COLLECTION

FOLDER has one folder a language, with Markdown and front matter (title, description). An article whose description is that
of the English one was not translated and is not asked for; the description is taken out of the text.
"""

import argparse
import json
from pathlib import Path

from helpcenter.content.hardened_yaml import load

ENGLISH = "en"


def read_article(path: Path) -> tuple[str, str, str]:
    """Return title, description and text of a file."""
    _, front, text = path.read_text("utf-8").split("---\n", 2)
    keys = load(front).value
    title, description = str(keys.get("title", "")), str(keys.get("description", ""))
    return title, description, text.replace(f"# {title}\n", "", 1).replace(description, "") if description else text


def main() -> None:
    """Write docs.jsonl, queries.jsonl and qrels.tsv."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lang")
    parser.add_argument("collection", type=Path)
    asked = parser.parse_args()
    paths = sorted((asked.folder / asked.lang).rglob("*.md"))
    english = {path.name: read_article(path)[1] for path in (asked.folder / ENGLISH).rglob("*.md")}
    articles = {path.name: read_article(path) for path in paths}
    wanted = {
        name: description
        for name, (_, description, _) in articles.items()
        if description and (asked.lang == ENGLISH or description != english.get(name))
    }
    asked.collection.mkdir(parents=True, exist_ok=True)
    docs = [{"id": name, "title": title, "body": text, "lang": asked.lang} for name, (title, _, text) in articles.items()]
    queries = [{"id": name, "text": description, "lang": asked.lang} for name, description in wanted.items()]
    for file, rows in (("docs.jsonl", docs), ("queries.jsonl", queries)):
        (asked.collection / file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    lines = ["query_id\tdoc_id\tscore", *(f"{name}\t{name}\t1" for name in wanted)]
    (asked.collection / "qrels.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
