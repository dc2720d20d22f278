"""The contact form: what a visitor writes becomes a support request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.search.engine import Hit
from helpcenter.support import links
from helpcenter.web import asking, forms, hold_out
from helpcenter.web.carrying import FORM, SUGGESTED, TAKEN, carried, carried_on, carry, carry_from_article, steps_of, viewed
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_outline, current_site, known_language
from helpcenter.web.recording import count_act
from helpcenter.web.services import services
from helpcenter.web.visitor import with_visitor

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
WRONG_EMAIL = _("Write an e-mail address such as name@example.com")
TOO_LONG = _("This is too long: at most %(limit)s characters")
OLD_FORM = _("This form was open for a long time. Please send it once more.")


@dataclass
class Filled:
    """What was typed into the form, and what is wrong with it, by field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@bp.get("/<lang:lang>/contact")
def form(lang: str) -> ResponseReturnValue:
    """Show the empty form; a search that found nothing is its subject already."""
    known_language(lang)
    carry(carry_from_article().and_then(FORM))
    count_act("form-opened", lang)
    subject = cut_text(request.args.get("subject", ""), limit=200)
    kind = request.args.get("kind", "")
    form_field = forms.new_form()
    hold_out.count_form(form_field)
    return show(lang, Filled({"subject": subject, "kind": kind if kind in KINDS else ""}), form_field)


@bp.post("/<lang:lang>/contact")
@same_site_only
def send(lang: str) -> ResponseReturnValue:
    """Open the request and lead to its status page; show the form again with what is wrong, or with the articles asked for."""
    known_language(lang)
    carry(carried())
    filled = read_form(lang, request.form)
    if request.form.get("do") == "suggest":
        return show(lang, Filled(filled.values), hold_out.same_form(), asked=True)
    name = forms.name_of(request.form.get(forms.FIELD))
    if request.form.get(forms.TRAP) or (name is None and not filled.errors):
        filled.errors["form"] = gettext(lang, OLD_FORM)
    if filled.errors:
        return show(lang, filled, hold_out.same_form()), 422
    try:
        steps = [*steps_of(carried()), *offered_steps(lang)]
        opened = asking.open_request(lang=lang, idempotency_key=name, via="form", journey=None, steps=steps, **filled.values)
    except asking.WrongField as wrong:
        filled.errors[wrong.field] = gettext(lang, WRONG_EMAIL) if wrong.field == "email" else str(wrong)
        return show(lang, filled, hold_out.same_form()), 422
    except asking.KeyReused:
        filled.errors["form"] = gettext(lang, OLD_FORM)
        return show(lang, filled, forms.new_form()), 422
    hold_out.count_form(request.form[forms.FIELD], sent=True)
    token = links.status_token(services().secret_key, opened)
    return with_visitor(redirect(url_for("status.show", token=token, new=1), 303))


def read_form(lang: str, given: Mapping[str, str]) -> Filled:
    """Return what was typed, cleaned, with one sentence for every field that is missing or too long."""
    filled = Filled()
    for name, (limit, lines, missing) in FIELDS.items():
        typed = given.get(name, "")
        try:
            filled.values[name] = clean_text(typed, limit=limit, lines=lines)
        except TextRefused:
            filled.values[name] = typed
            filled.errors[name] = gettext(lang, TOO_LONG, limit=limit)
            continue
        if missing and (not filled.values[name] or (name == "kind" and filled.values[name] not in KINDS)):
            filled.errors[name] = gettext(lang, missing)
    return filled


def show(lang: str, filled: Filled, form_field: str, *, asked: bool = False) -> str:
    """Return the form's page with *filled* in it; articles that may answer stand beside what is wrong. *asked*: they were asked for."""
    g.switcher = {other: url_for("contact.form", lang=other) for other in current_site().languages}
    subject = filled.values.get("subject", "")
    held_out = hold_out.is_held_out(form_field)
    hits = suggestions(subject, lang) if subject and not held_out else ()
    if hits:
        carry(carried_on().and_then(SUGGESTED, lang, tuple(hit.key for hit in hits)))
        count_act("suggested", lang)
    return render_template(
        "contact/form.html",
        values=filled.values,
        errors=filled.errors,
        kinds=KINDS.items(),
        form_field=form_field,
        held_out=held_out,
        trap=forms.TRAP,
        suggestions=hits,
        asked=asked,
        taken=lambda hit: carried_on().and_then(TAKEN, hit.lang, hit.key).token(),
    )


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
