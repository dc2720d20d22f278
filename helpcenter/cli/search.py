"""`helpcenter search`: what a visitor would find."""

import json
from collections.abc import Sequence

import click
from flask import Flask

from helpcenter.cli.running import with_app
from helpcenter.content import library
from helpcenter.search.engine import Hit, Results
from helpcenter.storage import db
from helpcenter.web.promoting import PromotedAnswer, promoted_answers, target_of
from helpcenter.web.services import EXTENSION


@click.command(short_help="Search from the command line.")
@click.argument("text")
@click.option("--lang", help="The language to search in; the site's first without it.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most this many hits.")
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_app
def search(app: Flask, text: str, lang: str | None, limit: int, explain: bool, as_json: bool) -> None:
    """Search the published articles for TEXT.

    \b
    Examples:
      helpcenter search "late invoice"
      helpcenter search rekins --lang lv --limit 3 --json
      helpcenter search "router light" --explain
    """
    lang = known_language(lang)
    results = app.extensions[EXTENSION].engine.search(text, lang, limit=limit)
    with app.test_request_context():
        promoted, target = promoted_answers(text, lang), target_of(text, lang)
    if as_json:
        told = as_object(results, explain=explain) | {"promoted": [promoted_as_object(one) for one in promoted], "redirect": target}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if target:
        click.echo(f"This query leads straight to {target}")
    for one in promoted:
        click.echo(f" *. {one.title}  (promoted)  /{one.lang}/articles/{one.slug}")
    click.echo(as_text(results, explain=explain))


def known_language(lang: str | None) -> str:
    """Return *lang*, or the site's first language. Raises ClickException when nothing is published in it."""
    if library.revision(db.session) == 0:
        raise click.ClickException("Nothing is published yet. Run `helpcenter sync` first.")
    languages = library.site(db.session).languages
    if lang is not None and lang not in languages:
        raise click.UsageError(f"The site has no language {lang!r}; it has {', '.join(languages)}.")
    return lang or languages[0]


def promoted_as_object(one: PromotedAnswer) -> dict:
    """Return an answer that editors put above the hits."""
    return {"slug": one.slug, "lang": one.lang, "title": one.title, "url": f"/{one.lang}/articles/{one.slug}", "note": one.note}


def as_object(results: Results, *, explain: bool = False) -> dict:
    """Return *results* as the contract names its fields."""
    return {
        "query": results.query,
        "lang": results.lang,
        "total": results.total,
        "took_ms": round(results.took_ms, 2),
        "did_you_mean": results.did_you_mean,
        "hits": [hit_as_object(hit) | ({"parts": rounded(hit)} if explain else {}) for hit in results.hits],
    }


def hit_as_object(hit: Hit) -> dict:
    """Return one hit as the contract names its fields."""
    return {
        "slug": hit.slug,
        "lang": hit.lang,
        "title": hit.title,
        "url": address(hit),
        "score": round(hit.score, 4),
        "snippet": str(hit.snippet),
        "section": hit.section,
    }


def address(hit: Hit) -> str:
    """Return the path of the article, down to the section that answers."""
    path = f"/{hit.lang}/articles/{hit.slug}"
    return f"{path}#{hit.url_fragment}" if hit.url_fragment else path


def as_text(results: Results, *, explain: bool = False) -> str:
    """Return *results* for a terminal."""
    lines = []
    if results.degraded:
        lines.append("The search index cannot be read; run `helpcenter sync` to build it again.")
    if results.did_you_mean:
        lines.append(f"Did you mean: {results.did_you_mean}")
    for number, hit in enumerate(results.hits, 1):
        lines.append(f"{number:2}. {hit.title}  ({hit.score:.2f})  {address(hit)}")
        lines.append(f"    {hit.snippet.striptags()}")
    if explain and results.hits:
        lines.extend(["", *score_table(results.hits), ""])
    lines.append(f"{results.total} articles in {results.took_ms:.1f} ms")
    return "\n".join(lines)


def rounded(hit: Hit) -> dict[str, float]:
    """Return what the score of *hit* is made of."""
    return {name: round(value, 4) for name, value in hit.parts.items()}


def score_table(hits: Sequence[Hit]) -> list[str]:
    """Return what each score is made of as the lines of a table; a part that no hit has is left out."""
    parts = [name for name in dict.fromkeys(name for hit in hits for name in hit.parts) if any(hit.parts.get(name) for hit in hits)]
    head = ["", "article", "score", *parts]
    rows = [
        [f"{number}.", hit.key, f"{hit.score:.2f}", *(f"{hit.parts[name]:.2f}" if hit.parts.get(name) else "–" for name in parts)]
        for number, hit in enumerate(hits, 1)
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) if column == 1 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in [head, ["-" * width for width in widths], *rows]
    ]
