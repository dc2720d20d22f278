"""The examples of CommonMark come out as the specification says, but for the differences that docs/writing.md names."""

import json

from helpcenter.content.dialect import parser
from helpcenter.content.labels import ENGLISH
from tests.content.folders import ROOT, shared

DIFFERENCES = {
    144: "a code language has no ;",
    218: "white space in an empty quote",
    239: "white space in an empty quote",
    240: "white space in an empty quote",
    608: "bare addresses are links, as on GitHub",
    611: "bare addresses are links, as on GitHub",
    612: "bare addresses are links, as on GitHub",
}


def test_the_examples_of_commonmark():
    examples = json.loads(shared("nasty-commonmark/spec.json").read_text(encoding="utf-8"))
    different = set()
    for example in examples:
        # The specification shows a tab as an arrow.
        markdown, wanted = (example[name].replace("→", "\t") for name in ("markdown", "html"))
        html = parser().render(markdown, {"labels": ENGLISH}).replace('<pre tabindex="0">', "<pre>")
        if html != wanted:
            different.add(example["number"])

    assert len(examples) == 652
    assert different == set(DIFFERENCES)


def test_the_guide_names_every_difference():
    guide = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
    paragraph = next(part for part in guide.split("\n\n") if "652 examples" in part)

    assert f"{652 - len(DIFFERENCES)} come out" in paragraph
    assert all(str(number) in paragraph for number in DIFFERENCES)
