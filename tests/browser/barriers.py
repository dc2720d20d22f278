"""Looks for barriers on pages with axe-core, which knows about a hundred rules of WCAG 2.2, level AA."""

import hashlib
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
# One rule, target-size, is of 2.2, and runs only when its tag is asked for.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """async (rules) => {
  const only = rules.length ? { type: "rule", values: rules } : { type: "tag", values: TAGS };
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " [" + node.any.map((why) => why.message).join("; ").slice(0, 160) + "]").join(" | ")}`);
}""".replace("TAGS", repr(list(TAGS)))
# What another colour scheme or another width can change.
BY_LOOKS = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable", "meta-viewport", "css-orientation-lock")
# What other words can change.
BY_WORDS = (
    "html-has-lang", "html-lang-valid", "valid-lang", "document-title", "label", "button-name", "link-name", "landmark-unique",
    "aria-input-field-name", "empty-heading", "label-content-name-mismatch",
)  # fmt: skip


def learn_axe(context: BrowserContext) -> None:
    """Give every page of *context* axe; the file is the one that its makers published."""
    source = AXE.read_bytes()
    assert hashlib.sha256(source).hexdigest() == SHA256
    context.add_init_script(source.decode())


def barriers(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return the barriers that axe finds on *page*, by all rules or by *rules*."""
    return page.evaluate(LOOK, list(rules))
