"""The examples of docs/dialect.md: each block of Markdown is followed by the HTML that the renderer gives for it.

`make docs` writes the HTML anew; a test fails when it stands there no longer.
"""

import re
from pathlib import Path

from helpcenter.content.markup import Image, render

PAGE = Path(__file__).parents[2] / "docs" / "dialect.md"
EXAMPLE = re.compile(r"^(`{4})markdown\n(.*?)^\1\n\n\1html\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def shown(markdown: str) -> str:
    """Return the HTML of *markdown*; every image is 640 by 480, every link leads somewhere."""
    html = render(
        markdown,
        resolve_link=lambda href: href.replace("../../_assets/", "/assets/"),
        resolve_image=lambda src: Image(src.replace("../../_assets/", "/assets/"), 640, 480),
    ).html
    return html.strip() + "\n"


def examples(page: str) -> list[tuple[str, str]]:
    """Return the pairs of Markdown and HTML in *page*."""
    return [(found.group(2), found.group(3)) for found in EXAMPLE.finditer(page)]


def written_anew(page: str) -> str:
    """Return *page* with the HTML that the renderer gives today."""
    return EXAMPLE.sub(lambda found: f"````markdown\n{found.group(2)}````\n\n````html\n{shown(found.group(2))}````", page)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(written_anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
