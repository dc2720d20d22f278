"""`helpcenter check` for articles: what an editor should mend before readers see it.

Every code is listed in docs/writing.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpcenter.content.catalogue import PUBLISHED, Catalogue, Entry
from helpcenter.content.compilation import Compiled, compile_article
from helpcenter.content.folder import list_articles
from helpcenter.content.front_matter import NAMES
from helpcenter.content.preparation import Prepared, Progress, claim_names, entry_of
from helpcenter.content.problems import ERROR, INFO, WARNING, BrokenFile, FolderRefused, Problem, nearest
from helpcenter.content.reader import ArticleSource, read_article
from helpcenter.content.redirects import load_redirects, places_of
from helpcenter.content.review import review
from helpcenter.content.site import SITE_FILE, Site, folder_refusal, load_site, read_site_file
from helpcenter.content.translation_checks import check_languages, check_translation_age
from helpcenter.storage.columns import utcnow

LONGEST_TITLE = 60
SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 50, 160


@dataclass
class Checked:
    """What a check found, and the articles as they would be published, for checks of search and chat."""

    site: Site
    problems: list[Problem]
    compiled: list[Compiled]


def check_folder(folder: Path) -> list[Problem]:
    """Return everything that is wrong or odd in *folder*, in the order of files and lines. Raises FolderRefused."""
    return check_library(folder).problems


def check_library(folder: Path, *, progress: Progress | None = None) -> Checked:
    """Return what is wrong or odd in *folder*, and its articles rendered. Raises FolderRefused."""
    try:
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise FolderRefused(folder_refusal(folder, error)) from error
    site, problems = load_site(root)
    problems += check_fields(root, site)
    listing = list_articles(root, site)
    problems += listing.problems
    sources = []
    for file in listing.files:
        try:
            sources.append(read_article(file, root))
        except BrokenFile as error:
            problems.append(error.problem)
    if not listing.files:
        problems.append(Problem(".", 1, "no-articles", ERROR, "There are no articles; put Markdown into en/, for example."))
    problems += check_names(sources, folder, site)
    compiled, found = check_rendered(sources, root, site, problems, progress)
    problems += found
    for source in sources:
        problems += check_length(source)
    problems += check_unknown_keys(sources)
    problems += check_translations(sources, site)
    problems += check_translation_age(sources, site)
    problems += check_languages(compiled, site)
    problems += check_redirects(sources, root, site)
    problems += review(compiled, utcnow())
    return Checked(site, sorted(set(problems)), compiled)


def check_fields(root: Path, site: Site) -> Iterator[Problem]:
    """Give the fields of the contact form that some readers see in another language than their own."""
    fields = site.requests.fields
    # Only a file that can be used has fields.
    document = read_site_file(root / SITE_FILE) if fields else None
    for name, field in fields.items():
        for place, words in (("label", field.label), *((f"choices.{choice}", words) for choice, words in field.choices.items())):
            if missing := [lang for lang in site.languages if not words.get(lang)]:
                line = document.line_of(("requests", "fields", name, *place.split(".")))
                said = f"requests.fields.{name}.{place} has no words in {', '.join(missing)}; add {missing[0]}: … to it."
                yield Problem(SITE_FILE, line, "missing-label", WARNING, said)


def check_names(sources: list[ArticleSource], folder: Path, site: Site) -> list[Problem]:
    """Return which articles want the slug or key of another."""
    prepared = Prepared(folder, 0, site)
    claim_names(prepared, sources)
    return prepared.broken


def check_rendered(
    sources: list[ArticleSource], root: Path, site: Site, problems: list[Problem], progress: Progress | None = None
) -> tuple[list[Compiled], list[Problem]]:
    """Return the articles rendered, and what that shows: broken links, anchors and images, headings out of step."""
    unusable = {problem.path for problem in problems if problem.code == "duplicate-slug"}
    usable = [source for source in sources if source.path not in unusable]
    catalogue = Catalogue(root, site, [Entry(source.lang, source.key, source.slug, source.path) for source in usable])
    found: list[Problem] = []
    compiled = []
    for done, source in enumerate(usable, 1):
        if progress:
            progress(done, len(usable))
        try:
            compiled.append(compile_article(source, catalogue))
            found += compiled[-1].problems
        except BrokenFile as error:
            found.append(error.problem)
    found += check_anchors(compiled, catalogue)
    found += [problem for each in compiled for problem in check_references(each, catalogue)]
    return compiled, found


def check_anchors(compiled: list[Compiled], catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the links to a place that the article they lead to does not have."""
    places = {(each.source.lang, each.source.slug): each for each in compiled}
    for each in compiled:
        for line, address in each.rendered.anchors:
            page, _, fragment = address.partition("#")
            target = PUBLISHED.match(page)
            if not target or not fragment:
                continue
            lang, slug = target.groups()
            languages = dict.fromkeys([*catalogue.site.chain(lang), *catalogue.site.languages])
            shown = next((places[code, slug] for code in languages if (code, slug) in places), None)
            if shown is not None and fragment not in shown.rendered.ids:
                message = f"The article {shown.source.path} has no heading #{fragment[:80]}."
                yield Problem(*each.place(line), "broken-anchor", ERROR, message)


def check_references(each: Compiled, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield related articles that do not exist, and old slugs that another article has now."""
    source = each.source
    line = source.front.lines.get("related", 1)
    for related in each.row["related"]:
        if not catalogue.in_chain(related, source.lang) and not catalogue.by_slug_address(related, source.lang):
            yield Problem(source.path, line, "broken-related", WARNING, f"There is no article {related[:80]} to read next.")
    line = source.front.lines.get("redirect_from", 1)
    for slug in each.old_slugs:
        taken = catalogue.by_slug.get((source.lang, slug))
        if taken:
            message = f"The old slug {slug} is that of {taken.path} now; readers get that article."
            yield Problem(source.path, line, "redirect-shadow", WARNING, message)


def check_redirects(sources: list[ArticleSource], root: Path, site: Site) -> list[Problem]:
    """Return what is wrong with redirects.yaml; a draft is a target too, it will be there one day."""
    sections = {section.key for section in site.sections} | {source.section for source in sources}
    return load_redirects(root, places_of(Catalogue(root, site, [entry_of(source) for source in sources]), sections)).problems


def check_length(source: ArticleSource) -> Iterator[Problem]:
    """Yield titles and descriptions that search results would cut, or that say too little."""
    title, description = source.title, source.front.description
    if len(title) > LONGEST_TITLE:
        message = f"The title has {len(title)} characters; results show {LONGEST_TITLE}."
        yield Problem(source.path, source.front.lines.get("title", 1), "long-title", WARNING, message)
    line = source.front.lines.get("description", 1)
    if not description:
        yield Problem(source.path, line, "no-description", INFO, "There is no description for lists and search results.")
    elif len(description) > LONGEST_DESCRIPTION:
        message = f"The description has {len(description)} characters; results show {LONGEST_DESCRIPTION}."
        yield Problem(source.path, line, "long-description", WARNING, message)
    elif len(description) < SHORTEST_DESCRIPTION:
        message = f"The description has {len(description)} characters; {SHORTEST_DESCRIPTION} say more."
        yield Problem(source.path, line, "short-description", INFO, message)


def check_unknown_keys(sources: list[ArticleSource]) -> Iterator[Problem]:
    """Yield each front-matter key that nobody knows, once, at the first file that has it."""
    files = Counter(name for source in sources for name in source.front.unknown)
    seen = set()
    for source in sources:
        for name, line in source.front.unknown.items():
            if name not in seen:
                seen.add(name)
                many = f" It stands in {files[name]} files." if files[name] > 1 else ""
                message = f"There is no key {name}; it is ignored.{nearest(name, NAMES)}{many}"
                yield Problem(source.path, line, "unknown-key", WARNING, message)


def check_translations(sources: list[ArticleSource], site: Site) -> Iterator[Problem]:
    """Yield the articles that are missing in a language of the site."""
    present: dict[str, dict[str, ArticleSource]] = defaultdict(dict)
    for source in sources:
        if not source.front.draft:
            present[source.key][source.lang] = source
    for translations in present.values():
        missing = [lang for lang in site.languages if lang not in translations]
        if missing:
            first = next(translations[lang] for lang in site.languages if lang in translations)
            message = f"There is no translation into {', '.join(missing)}."
            yield Problem(first.path, 1, "missing-translation", INFO, message)
