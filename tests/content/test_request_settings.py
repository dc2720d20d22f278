"""What site.yaml says about requests is checked where it is written."""

import pytest
from pydantic import ValidationError

from helpcenter.content.request_settings import RequestSettings
from helpcenter.content.site import Site


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
