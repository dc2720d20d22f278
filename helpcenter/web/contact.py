"""The contact form: what a visitor writes becomes a support request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from helpcenter.journeys import answered, trail
from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.search.engine import Hit
from helpcenter.storage import writing
from helpcenter.support import attachments, links
from helpcenter.support import requests as support
from helpcenter.support.models import SupportRequest
from helpcenter.web import asking, forms, hold_out, request_fields, request_files
from helpcenter.web.carrying import FORM, SUGGESTED, TAKEN, carried, carried_on, carry, carry_from_article, steps_of, viewed
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_outline, current_site, known_language
from helpcenter.web.recording import count_act
from helpcenter.web.request_files import FilesRefused, takes_files
from helpcenter.web.services import services
from helpcenter.web.visitor import ensure_visitor, with_visitor

bp = Blueprint("contact", __name__)

MOST_SUGGESTIONS = 3
MOST_OFFERED = 6
LONGEST_OFFERED = 2_000


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


KINDS = {
    "question": _("A question"),
    "problem": _("Something does not work"),
    "complaint": _("A complaint"),
    "call_back": _("Please call me back"),
}
# Field -> (longest, may have lines, what to say when it is missing; None: it may be).
FIELDS: Mapping[str, tuple[int, bool, str | None]] = {
    "kind": (20, False, _("Choose what it is about")),
    "subject": (200, False, _("Write in a few words what it is about")),
    "body": (20000, True, _("Describe what happened")),
    "email": (320, False, _("Write the e-mail address that we can answer to")),
    "name": (100, False, None),
}
# Those that stand on the page before the fields of site.yaml.
BEFORE = ("kind", "subject", "body")
WRONG_EMAIL = _("Write an e-mail address such as name@example.com")
TOO_LONG = _("This is too long: at most %(limit)s characters")
OLD_FORM = _("This form was open for a long time. Please send it once more.")


@dataclass
class Filled:
    """What was typed into the form, and what is wrong with it, by field.

    *answers* are what was typed into the fields of site.yaml. *has_more* when the kind asks what the form did not show yet,
    *without_files* when files came with a form that was not taken: a browser cannot be given them back.
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    has_more: bool = False
    without_files: bool = False

    @property
    def is_refused(self) -> bool:
        """Return whether the form has to be shown again."""
        return bool(self.errors) or self.has_more


@bp.record_once
def tell_of_requests(setup: BlueprintSetupState) -> None:
    """Let every template tell the answers of a request by their labels, and which files are taken."""
    setup.app.jinja_env.globals.update(answers_in_words=request_fields.in_words, accepted_files=attachments.ACCEPTED)


@bp.get("/<lang:lang>/contact")
def form(lang: str) -> ResponseReturnValue:
    """Show the empty form; a search that found nothing is its subject already."""
    known_language(lang)
    carry(carry_from_article().and_then(FORM))
    count_act("form-opened", lang)
    subject = cut_text(request.args.get("subject", ""), limit=200)
    kind = request.args.get("kind", "")
    form_field = going_on() or forms.new_form()
    hold_out.count_form(form_field)
    return show(lang, Filled({"subject": subject, "kind": kind if kind in KINDS else ""}), form_field)


def going_on() -> str:
    """Return the hidden field of the form that an article did not answer after all, nothing for a fresh one."""
    given = request.args.get(forms.FIELD, "")
    return given if forms.name_of(given) else ""


@bp.post("/<lang:lang>/contact")
@takes_files
@same_site_only
def send(lang: str) -> ResponseReturnValue:
    """Open the request and lead to its status page; show the form again with what is wrong, or with the articles asked for."""
    known_language(lang)
    carry(carried())
    filled = read_form(lang, request.form)
    if slug := request.form.get("answered"):
        note_answer(lang, slug)
        kept = {"article": slug, "subject": filled.values["subject"][:200] or None, "form": request.form.get(forms.FIELD)}
        return with_visitor(redirect(url_for("contact.answered_page", lang=lang, **kept), 303))
    if request.form.get("do") == "suggest":
        filled.errors = {}
        filled.without_files = request_files.are_given()
        return show(lang, filled, hold_out.same_form(), asked=True)
    opened = None if filled.is_refused else try_to_open(lang, filled, offered_steps(lang))
    if opened is None:
        filled.without_files = request_files.are_given()
        return show(lang, filled, hold_out.same_form()), 422
    hold_out.count_form(request.form[forms.FIELD], sent=True)
    token = links.status_token(services().secret_key, opened)
    return with_visitor(redirect(url_for("status.show", token=token, new=1), 303))


def try_to_open(lang: str, filled: Filled, steps: Sequence[tuple[str, dict]] = ()) -> SupportRequest | None:
    """Open the request of *filled*; return None, with what is wrong noted in it, when it cannot be."""
    name = forms.name_of(request.form.get(forms.FIELD))
    if request.form.get(forms.TRAP) or name is None:
        filled.errors["form"] = gettext(lang, OLD_FORM)
        return None
    try:
        way = [*steps_of(carried()), *steps]
        return asking.open_request(
            lang=lang, idempotency_key=name, via="form", journey=None, steps=way, answers=filled.answers,
            files=request_files.read_files(lang), **filled.values,
        )  # fmt: skip
    except FilesRefused as refused:
        filled.errors["files"] = str(refused)
    except asking.WrongField as wrong:
        filled.errors[wrong.field] = gettext(lang, WRONG_EMAIL) if wrong.field == "email" else str(wrong)
    except asking.KeyReused:
        filled.errors["form"] = gettext(lang, OLD_FORM)
    return None


def read_form(lang: str, given: Mapping[str, str]) -> Filled:
    """Return what was typed, cleaned, with one sentence for every field that is missing or too long."""
    filled, errors = Filled(answers=request_fields.typed_answers(given)), {}
    for name, (limit, lines, missing) in FIELDS.items():
        typed = given.get(name, "")
        try:
            filled.values[name] = clean_text(typed, limit=limit, lines=lines)
        except TextRefused:
            filled.values[name] = typed
            errors[name] = gettext(lang, TOO_LONG, limit=limit)
            continue
        if missing and (not filled.values[name] or (name == "kind" and filled.values[name] not in KINDS)):
            errors[name] = gettext(lang, missing)
    kind = filled.values["kind"]
    filled.has_more = "kind" not in errors and request_fields.has_more(kind, given.get(request_fields.ASKED_FOR, ""))
    # What was not asked yet is no mistake.
    more = {} if filled.has_more or "kind" in errors else request_fields.wrong_answers(lang, kind, filled.answers)
    filled.errors = {name: said for name in (*BEFORE, *more, *FIELDS) if (said := {**errors, **more}.get(name))}
    return filled


def show(lang: str, filled: Filled, form_field: str, *, asked: bool = False) -> str:
    """Return the form's page with *filled* in it; articles that may answer stand beside what is wrong. *asked*: they were asked for."""
    g.switcher = {other: url_for("contact.form", lang=other) for other in current_site().languages}
    hits = offer(lang, filled, form_field)
    return render_template("contact/form.html", asked=asked, suggestions=hits, **form_values(lang, filled, form_field))


def form_values(lang: str, filled: Filled, form_field: str) -> dict:
    """Return what the page and the panel show of the form."""
    kind = filled.values.get("kind", "")
    return {
        "values": filled.values,
        "errors": filled.errors,
        "answers": filled.answers,
        "has_more": filled.has_more,
        "without_files": filled.without_files,
        "kinds": KINDS.items(),
        "fields": request_fields.shown_fields(lang, kind),
        "kind_asked": kind if kind in KINDS else "",
        "form_field": form_field,
        "held_out": hold_out.is_held_out(form_field),
        "trap": forms.TRAP,
        "taken": lambda hit: carried_on().and_then(TAKEN, hit.lang, hit.key).token(),
    }


def offer(lang: str, filled: Filled, form_field: str) -> tuple[Hit, ...]:
    """Return the articles that may answer the subject, and count that they are offered; none while the experiment holds them back."""
    subject = filled.values.get("subject", "")
    hits = suggestions(subject, lang) if subject and not hold_out.is_held_out(form_field) else ()
    if hits:
        carry(carried_on().and_then(SUGGESTED, lang, tuple(hit.key for hit in hits)))
        count_act("suggested", lang)
    return hits


def note_answer(lang: str, slug: str) -> None:
    """Write down that the article *slug* answered what the form was opened for; what names no article or no form counts for nothing."""
    name = forms.name_of(request.form.get(forms.FIELD))
    article = current_outline(lang).by_slug.get(slug)
    if name is None or article is None or request.form.get(forms.TRAP):
        return
    limited("answered")
    visitor = ensure_visitor()
    with writing() as session:
        if support.is_repeated_key(session, name):
            return
        journey = trail.of_visitor(session, visitor, lang)
        trail.record_new(session, journey, [*steps_of(carried()), *offered_steps(lang)])
        answered.say(session, journey, name, article=article.key, title=article.title, lang=article.lang)


@bp.get("/<lang:lang>/contact/answered")
def answered_page(lang: str) -> ResponseReturnValue:
    """Say that it is good to hear, and lead on: to the article, to the library, or back to the form."""
    known_language(lang)
    g.switcher = {other: url_for("contact.answered_page", lang=other) for other in current_site().languages}
    article = current_outline(lang).by_slug.get(request.args.get("article", ""))
    kept = {"subject": cut_text(request.args.get("subject", ""), limit=200) or None, "form": going_on() or None}
    return render_template("contact/answered.html", article=article, back_to_form=url_for("contact.form", lang=lang, **kept))


def offered_steps(lang: str) -> list[tuple[str, dict]]:
    """Return what the form's script says: which articles were offered while the subject was typed, and which were opened.

    Only the names of articles that there are count, and few of them.
    """
    steps = []
    for kind in ("offered", "taken"):
        by_slug = current_outline(lang).by_slug
        slugs = request.form.get(kind, "")[:LONGEST_OFFERED].split()
        found = [by_slug[slug] for slug in dict.fromkeys(slugs) if slug in by_slug][:MOST_OFFERED]
        if kind == "taken":
            steps += filter(None, (viewed("taken", one.lang, one.key) for one in found))
        elif found:
            steps.append(("suggested", {"articles": [one.title for one in found]}))
    return steps


def suggestions(text: str, lang: str) -> tuple[Hit, ...]:
    """Return the articles that may answer what somebody is about to ask."""
    return services().engine.search(text, lang, limit=MOST_SUGGESTIONS).hits
