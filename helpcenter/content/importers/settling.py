"""What an import does beside the articles: site.yaml, redirects.yaml and the votes of the old tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from helpcenter.content.carried_votes import VOTES_FILE, CarriedVotes, read_carried_votes, votes_text
from helpcenter.content.importers.article import ImportedArticle, ImportedSection, Source
from helpcenter.content.importers.old_addresses import extend
from helpcenter.content.importers.target import Ledger, Target
from helpcenter.content.problems import FolderRefused
from helpcenter.content.redirects import REDIRECTS_FILE
from helpcenter.content.site import Site, load_site


def site_text(source: Source, articles: list[ImportedArticle]) -> str:
    """Return a site.yaml for what was imported: its languages, and its sections in the order of the old tool."""
    languages = languages_of(source, articles)
    known = {section.key: section for section in source.sections}
    # A section that holds only sections has a title too.
    above = [key for article in articles for key in ancestors(article.section) if key in known]
    keys = list(dict.fromkeys([*above, *(article.section for article in articles if article.section)]))
    ordered = sorted((known.get(key) or ImportedSection(key) for key in keys), key=lambda section: section.order)
    sections: list[dict[str, Any]] = []
    for section in ordered:
        texts = {"title": section.title, "description": section.description}
        kept = {name: {lang: text for lang, text in by_lang.items() if lang in languages} for name, by_lang in texts.items()}
        sections.append({"key": section.key, **{name: by_lang for name, by_lang in kept.items() if by_lang}})
    site = {"name": source.site_name or "Help center", "languages": languages, "sections": sections}
    return yaml.dump(site, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False, width=1000)


def ancestors(key: str) -> list[str]:
    """Return the keys of the sections that the section *key* stands in.

    >>> ancestors("money/paying/cards")
    ['money', 'money/paying']
    """
    parts = key.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def languages_of(source: Source, articles: list[ImportedArticle]) -> list[str]:
    """Return the languages that have articles, in the order of the source, the default first."""
    present = dict.fromkeys(article.lang for article in articles)
    return [lang for lang in dict.fromkeys([*source.languages, *present]) if lang in present]


def missing_from_site(folder: Path, source: Source, articles: list[ImportedArticle]) -> list[str]:
    """Return, as sentences, what the site.yaml of *folder* would need for what was imported."""
    try:
        site, problems = load_site(folder)
    except FolderRefused as error:
        return [str(error)]
    if problems:
        return [f"it cannot be used: {problem.message}" for problem in problems]
    return [*_missing_languages(site, source, articles), *_missing_sections(site, source, articles)]


def _missing_languages(site: Site, source: Source, articles: list[ImportedArticle]) -> list[str]:
    missing = [lang for lang in languages_of(source, articles) if lang not in site.languages]
    return [f"languages: {lang} is missing; its articles are not published" for lang in missing]


def _missing_sections(site: Site, source: Source, articles: list[ImportedArticle]) -> list[str]:
    listed = {section.key for section in site.sections}
    titles = {section.key: next(iter(section.title.values()), "") for section in source.sections}
    keys = dict.fromkeys(article.section for article in articles if article.section)
    return [f"sections: {key} is missing" + (f" (title: {titles[key]})" if titles.get(key) else "") for key in keys if key not in listed]


def wanted_redirects(source: Source, articles: list[ImportedArticle]) -> dict[str, str]:
    """Return where each old address leads now; those of drafts lead nowhere yet."""
    wanted: dict[str, str] = {}
    public = [article for article in articles if not article.front.get("draft")]
    for article in public:
        for old in article.old_paths:
            wanted.setdefault(old, f"/{article.lang}/articles/{article.front.get('slug') or article.name}")
    present = {(article.lang, article.section) for article in public}
    for section in source.sections:
        for old, lang in section.old_paths.items():
            if (lang, section.key) in present:
                wanted.setdefault(old, f"/{lang}/sections/{section.key}")
    for old, other_site in source.redirects.items():
        wanted.setdefault(old, other_site)
    return wanted


def add_redirects(target: Target, ledger: Ledger, wanted: dict[str, str]) -> int:
    """Add the old addresses to redirects.yaml; return how many were new. Raises RedirectsRefused, UnsafePath, OSError."""
    before = (target.read(REDIRECTS_FILE) or b"").decode("utf-8-sig", "strict")
    after, added = extend(before, wanted, ledger.addresses)
    if after != before:
        target.write(REDIRECTS_FILE, after.encode())
    for path, where in wanted.items():
        ledger.addresses[path] = where
    return len(added)


def add_votes(target: Target, kind: str, articles: list[ImportedArticle]) -> int:
    """Write the votes of the old tool *kind*, instead of those of an earlier import; return how many articles have some."""
    rows = [CarriedVotes(kind, one.lang, one.key, *one.votes) for one in articles if one.votes and any(one.votes)]
    before = target.read(VOTES_FILE)
    standing = read_carried_votes((before or b"").decode("utf-8-sig", "replace")).rows or []
    mine = {row[:3] for row in rows}
    # Articles that this export does not have keep their votes: exports may come in parts.
    others = [row for row in standing if row[:3] not in mine]
    after = votes_text([*others, *rows]).encode()
    if (rows or before) and after != before:
        target.write(VOTES_FILE, after)
    return len(rows)
