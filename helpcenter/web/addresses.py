"""Public addresses: absolute ones, and those of the same page in other languages."""

from collections.abc import Mapping

from flask import url_for

from helpcenter.web.locale import current_site
from helpcenter.web.services import services


def absolute(endpoint: str, **values: object) -> str:
    """Return a public address: built from the configured one, never from the request."""
    return services().base_url + url_for(endpoint, **values)


def alternates(urls: Mapping[str, str]) -> dict[str, str]:
    """Return the hreflang links of a page that exists at *urls*, with x-default; none for a page in one language.

    `x-default` is the page in the default language; where there is none, a reader whose language is unknown gets no page.
    """
    if len(urls) < 2:
        return {}
    default = urls.get(current_site().default_language)
    links = {lang: services().base_url + url for lang, url in urls.items()}
    return links | ({"x-default": services().base_url + default} if default else {})
