"""What site.yaml says about requests is checked where it is written."""

import pytest
from pydantic import ValidationError

from helpcenter.content.checks import check_folder
from helpcenter.content.request_settings import RequestSettings
from helpcenter.content.site import Site
from tests.content.folders import write


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"teams": {"Billing!": {}}}, "is no name"),
        ({"service_levels": [{"kind": "bribe"}]}, "kind"),
        ({"service_levels": [{"first_answer": 0}]}, "greater than 0"),
        ({"canned_replies": {"hi": {"title": {"en": "Hi"}, "text": {"en": "{{ password }}"}}}}, "is none of"),
    ],
)
def test_a_mistake_is_named(given, said):
    with pytest.raises(ValidationError, match=said):
        RequestSettings.model_validate(given)


def test_a_team_works_in_hours_that_exist():
    with pytest.raises(ValidationError, match="there are no opening_hours named offise"):
        Site.model_validate({"opening_hours": {"office": {"daily": "09:00-17:00"}}, "requests": {"teams": {"a": {"hours": "offise"}}}})


def test_the_value_of_a_channel_may_be_text_by_language():
    (channel,) = Site.model_validate({"channels": [{"kind": "office", "value": {"en": "Riga, Freedom street", "lv": "Rīga, Brīvības iela"}}]}).channels

    assert (channel.value, channel.values["lv"]) == ("Riga, Freedom street", "Rīga, Brīvības iela")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"type": "choice", "choices": {"a": {"en": "A"}}}, "at least two choices"),
        ({"choices": {"a": {"en": "A"}, "b": {"en": "B"}}}, "only for type: choice"),
        ({"type": "colour"}, "'text', 'choice', 'date', 'email' or 'phone'"),
        ({"kinds": ["bribe"]}, "kinds"),
        ({"label": {}}, "label"),
    ],
)
def test_a_field_that_cannot_be_asked_is_named(field, said):
    with pytest.raises(ValidationError, match=said):
        RequestSettings.model_validate({"fields": {"order": {"label": {"en": "Order"}, **field}}})


def test_a_field_needs_a_name_of_its_own():
    with pytest.raises(ValidationError, match="email is kept with every request already"):
        RequestSettings.model_validate({"fields": {"email": {"label": {"en": "Mail"}}}})


def test_the_check_says_where_a_field_is_wrong_and_what_to_write(tmp_path):
    wrong = "languages: [en, lv]\nrequests:\n  fields:\n    order:\n      label: {en: Order}\n      requred: yes\n"
    folder = write(tmp_path, {"site.yaml": wrong, "en/payments/a.md": "# A\n"})

    assert "site.yaml:6: unknown-key There is no key requred. Did you mean required?" in map(str, check_folder(folder))
    write(tmp_path, {"site.yaml": wrong.replace("requred: yes", "required: true")})
    assert (
        "site.yaml:5: missing-label requests.fields.order.label has no words in lv; add lv: … to it."
        in map(str, check_folder(folder))
    )
