"""Who may send a form is read from headers that anybody may write."""

import pytest


@pytest.mark.parametrize("origin", ["http://[x", "null", "", "https://", "https://evil.example", "https://localhost.evil.example"])
@pytest.mark.parametrize("path", ["/en/chat", "/api/v1/chat", "/staff/sign-in"])
def test_an_origin_that_is_not_ours_is_refused_however_it_is_written(client, path, origin):
    assert client.post(path, data={"text": "hi"}, headers={"Origin": origin}).status_code == 403
