"""The hold-out experiment at the contact form: which forms have no suggestions, and how many are opened and sent."""

from flask import request

from helpcenter.journeys import experiment
from helpcenter.journeys.experiment import FormAct
from helpcenter.storage.columns import utcnow
from helpcenter.web import forms
from helpcenter.web.locale import current_site
from helpcenter.web.recording import is_allowed, is_browser, write_soon


def is_held_out(form_field: str) -> bool:
    """Return whether the contact form with this hidden field is shown without suggestions; none is without the experiment."""
    percent = current_site().feedback.hold_out_percent
    name = forms.name_of(form_field) if percent else None
    return name is not None and experiment.is_held_out(name, percent)


def count_form(form_field: str, *, sent: bool = False) -> None:
    """Count that a contact form was opened, or *sent*: only while the experiment runs, and for people who may be counted."""
    if current_site().feedback.hold_out_percent and is_browser() and is_allowed():
        write_soon(experiment.store, FormAct(utcnow().date(), is_held_out(form_field), sent))


def same_form() -> str:
    """Return the hidden field of the form that came back with a mistake: it stays of its kind. One that is no good is made anew."""
    given = request.form.get(forms.FIELD, "")
    return given if forms.name_of(given) else forms.new_form()
