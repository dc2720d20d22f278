"""docs/writing.md names every key, every code and every element of the dialect."""

import re

import pytest

from helpcenter.content.front_matter import KEYS
from helpcenter.content.markup import render
from helpcenter.content.site import Site
from tests.content.folders import ROOT

GUIDE = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
CODES = re.compile(r'"([a-z0-9-]+)", (?:ERROR|WARNING|INFO),|BrokenFile\([^\n]*?(?:line|\d), "([a-z0-9-]+)"')


def sections():
    """Return the text of the guide by heading."""
    parts = re.split(r"^## (.+)$", GUIDE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_front_matter_key_and_its_synonyms_are_documented(key):
    row = next((line for line in sections()["Front matter"].splitlines() if line.startswith(f"| `{key.name}`")), "")

    assert row, f"docs/writing.md has no row for {key.name}"
    for name, _read in key.others:
        assert f"`{name}`" in row


def test_no_front_matter_key_is_documented_that_does_not_exist():
    documented = re.findall(r"^\| `(\w+)` \|", sections()["Front matter"], flags=re.MULTILINE)

    assert set(documented) == {key.name for key in KEYS}


@pytest.mark.parametrize("key", [name for name in Site.model_fields if name != "names"])
def test_every_key_of_site_yaml_is_documented(key):
    assert f"| `{key}` |" in sections()["site.yaml"]


def test_every_code_is_documented():
    used = set()
    for path in (ROOT / "helpcenter" / "content").glob("*.py"):
        used |= {code for pair in CODES.findall(path.read_text(encoding="utf-8")) for code in pair if code}
    missing = sorted(code for code in used if f"`{code}`" not in sections()["What `helpcenter check` finds"])

    assert len(used) > 20
    assert missing == []


def test_the_guide_itself_can_be_rendered_and_shows_its_dialect():
    html = render(GUIDE, resolve_link=lambda href: href, resolve_image=lambda src: None).html

    for element in ('class="table-scroll"', 'class="language-markdown"', "<h3", "<code>"):
        assert (element in html) is (element != "<h3")
