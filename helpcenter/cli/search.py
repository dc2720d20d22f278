"""`helpcenter search`: what a visitor would find."""

import json

import click
from flask import Flask

from helpcenter.cli.running import with_app
from helpcenter.search.engine import Hit, Results
from helpcenter.web.services import EXTENSION


@click.command(short_help="Search from the command line.")
@click.argument("text")
@click.option("--lang", default="en", show_default=True, help="The language to search in.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most this many hits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_app
def search(app: Flask, text: str, lang: str, limit: int, as_json: bool) -> None:
    """Search the published articles for TEXT.

    \b
    Examples:
      helpcenter search "late invoice"
      helpcenter search rekins --lang lv --limit 3 --json
    """
    results = app.extensions[EXTENSION].engine.search(text, lang, limit=limit)
    if as_json:
        click.echo(json.dumps(as_object(results), ensure_ascii=False))
    else:
        click.echo(as_text(results))


def as_object(results: Results) -> dict:
    """Return *results* as the contract names its fields."""
    return {
        "query": results.query,
        "lang": results.lang,
        "total": results.total,
        "took_ms": round(results.took_ms, 2),
        "did_you_mean": results.did_you_mean,
        "hits": [hit_as_object(hit) for hit in results.hits],
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


def as_text(results: Results) -> str:
    """Return *results* for a terminal."""
    lines = []
    if results.degraded:
        lines.append("The search index cannot be read; run `helpcenter sync` to build it again.")
    if results.did_you_mean:
        lines.append(f"Did you mean: {results.did_you_mean}")
    for number, hit in enumerate(results.hits, 1):
        lines.append(f"{number:2}. {hit.title}  ({hit.score:.2f})  {address(hit)}")
        lines.append(f"    {hit.snippet.striptags()}")
    lines.append(f"{results.total} articles in {results.took_ms:.1f} ms")
    return "\n".join(lines)
