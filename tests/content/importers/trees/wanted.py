"""What an import of each fixture should write: `fixtures/<style>/source` becomes `fixtures/<style>/wanted`, and its losses.

After a change that is meant, write the wanted folders anew, and read what git says changed:

    .venv/bin/python -m tests.content.importers.trees.wanted
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from helpcenter.content.importers.report import Report
from helpcenter.content.importers.target import LEDGERS
from helpcenter.content.importers.trees.source import TreeSource
from helpcenter.content.importers.writing import write

FIXTURES = Path(__file__).parents[1] / "fixtures"
STYLES = ("docusaurus", "github-docs", "hugo", "jekyll", "microsoft-docs", "mkdocs", "plain")
LOSSES = "losses.txt"


def source_of(style: str) -> Path:
    """Return the tree in the style of a tool."""
    return FIXTURES / style / "source"


def imported(style: str, folder: Path) -> tuple[TreeSource, Report]:
    """Import the fixture of *style* into *folder*; the style is found out."""
    source = TreeSource(source_of(style))
    return source, write(source, folder)


def files_of(folder: Path) -> dict[str, str]:
    """Return the text of every file of a content folder, without the importer's own notes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths if LEDGERS not in path.relative_to(folder).parts
    }


def losses_of(report: Report) -> str:
    """Return the losses as lines, in the order of files."""
    lines = [f"{loss.source}:{loss.line or 0}: {loss.what}: {loss.detail}" for loss in report.losses]
    return "".join(f"{line}\n" for line in sorted(lines))


def write_wanted() -> None:
    """Write what the importer makes now into the wanted folders."""
    for style in STYLES:
        wanted = FIXTURES / style / "wanted"
        shutil.rmtree(wanted, ignore_errors=True)
        with tempfile.TemporaryDirectory() as place:
            _source, report = imported(style, Path(place))
            for name, text in files_of(Path(place)).items():
                path = wanted / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        (wanted / LOSSES).write_text(losses_of(report), encoding="utf-8")


if __name__ == "__main__":
    write_wanted()
