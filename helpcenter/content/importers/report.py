"""What an import did, in words and as figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from helpcenter.content.importers.article import Loss

NAMED = 10


@dataclass
class Report:
    """What was written, what stayed, and what could not come along."""

    kind: str = ""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unchanged: int = 0
    edited: list[str] = field(default_factory=list)
    """Files that an editor changed, deleted or had written before; they stay as they are."""
    vanished: list[str] = field(default_factory=list)
    """Files of an earlier import whose source is gone; they stay without `--prune`."""
    pruned: list[str] = field(default_factory=list)
    assets: int = 0
    redirects: int = 0
    votes: int = 0
    site_written: bool = False
    dry_run: bool = False
    losses: list[Loss] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    """What only this kind of source counts, such as links."""

    @property
    def articles(self) -> int:
        """How many articles the source gave."""
        return len(self.added) + len(self.changed) + self.unchanged + len(self.edited)

    def lines(self) -> list[str]:
        """Return the report in words, the losses by what was lost, with names."""
        would = "would be " if self.dry_run else ""
        said = [
            f"{self.articles} articles: {len(self.added)} {would}added, {len(self.changed)} {would}changed,"
            f" {self.unchanged} unchanged, {len(self.edited)} kept as editors left them",
            f"{self.assets} assets, {self.redirects} redirects and {self.votes} vote counts {would}written",
        ]
        said += [", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.figures.items())] if self.figures else []
        for title, paths in (("moved", self.moved), ("gone from the source", self.vanished), ("deleted", self.pruned)):
            said += [f"{title}: {path}" for path in paths]
        said += [f"kept: {path}" for path in self.edited]
        if self.losses:
            said.append(f"{len(self.losses)} losses:")
        for what, count in Counter(loss.what for loss in self.losses).most_common():
            said.append(f"  {what} ({count})")
            named = [loss for loss in self.losses if loss.what == what]
            said += [f"    {loss}" for loss in named[:NAMED]]
            said += [f"    … and {count - NAMED} more; --json names all"] if count > NAMED else []
        return said

    def as_json(self) -> dict[str, Any]:
        """Return everything, for programs."""
        losses = [{"source": one.source, "line": one.line, "what": one.what, "detail": one.detail} for one in self.losses]
        lists = {name: getattr(self, name) for name in ("added", "changed", "moved", "edited", "vanished", "pruned")}
        counts = {name: getattr(self, name) for name in ("unchanged", "assets", "redirects", "votes", "site_written", "dry_run")}
        return {"kind": self.kind, "articles": self.articles, **lists, **counts, **self.figures, "losses": losses}
