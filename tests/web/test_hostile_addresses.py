"""Whatever stands in an address, the answer is no failure: on both databases."""

from itertools import product

from helpcenter.publishing import publish
from helpcenter.search.whoosh_engine import WhooshEngine

PATHS = (
    "/en/articles/{}",
    "/en/sections/{}",
    "/requests/{}",
    "/assets/{}",
    "/theme/{}/site.css",
    "/{}/",
    "/api/v1/chat/{}/messages",
    "/widget/v1/panel/articles/{}",
)
PARTS = ("%00", "a%00b", "%ED%A0%80", "%FF", "%F0%9F%92%A9" * 100, "..%2f..%2fetc%2fpasswd", "%25s%25n", "'%22--")


def test_a_hostile_part_of_an_address_is_not_found(storage_app, settings, tmp_path):
    with storage_app.app_context():
        publish(settings.articles, WhooshEngine(tmp_path / "index"))
    client = storage_app.test_client()
    bearer = {"Authorization": "Bearer x\x7f"}

    answers = {path.format(part): client.get(path.format(part), headers=bearer).status_code for path, part in product(PATHS, PARTS)}

    assert {address: status for address, status in answers.items() if status not in (400, 404)} == {}
