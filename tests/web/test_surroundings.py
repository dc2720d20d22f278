"""What surrounds every answer: headers, error pages, guards, cookies, logs."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from helpcenter.storage import db, writing
from helpcenter.web import logs
from helpcenter.web.headers import POLICIES, policy_of

PUBLIC = ["/en/", "/lv/", "/en/articles/find-an-invoice", "/en/sections/payments", "/en/search?q=invoice", "/en/chat", "/en/contact", "/en/search"]
LANGUAGES = ["en", "lv", "pl", "sv", "kk"]


def test_every_route_has_a_policy(published_app):
    endpoints = {rule.endpoint for rule in published_app.url_map.iter_rules()}

    assert {endpoint for endpoint in endpoints if endpoint not in POLICIES and endpoint.split(".")[0] not in POLICIES} == set()


def test_a_route_nobody_thought_of_gets_the_strictest_policy():
    assert policy_of("new.route").private
    assert policy_of("new.route").frame_ancestors == "'none'"


@pytest.mark.parametrize("path", [*PUBLIC, "/nope", "/en/articles/nope", "/staff/", "/requests/nope", "/api/v1/nope"])
def test_every_answer_has_the_whole_content_security_policy(client, path):
    answer = client.get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_sets_a_cookie_before_a_deliberate_act(client, path):
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_has_inline_script_or_style_or_names_another_host(client, path):
    page = client.get(path).get_data(as_text=True)

    assert "<style" not in page and " style=" not in page and " onclick=" not in page
    # A data block is never run, and the policy has nothing to say about it.
    assert all("src=" in part.split(">")[0] or part.startswith(' type="application/ld+json">') for part in page.split("<script")[1:])
    assert 'src="http' not in page and "//cdn" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_error_page_speaks_the_language_of_the_address(client, lang):
    answer = client.get(f"/{lang}/articles/there-is-no-such-article")

    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    assert f'<html lang="{lang}"' in page
    assert f"/{lang}/search" in page


def test_an_error_page_outside_any_language_speaks_the_browsers(client):
    page = client.get("/nope/nope/nope", headers={"Accept-Language": "sv-SE,sv;q=0.9"}).get_data(as_text=True)

    assert '<html lang="sv"' in page


def test_an_unknown_host_is_refused(client):
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400


def test_a_body_over_the_limit_is_refused(client):
    answer = client.post("/en/contact", data={"body": "x" * 300_000})

    assert answer.status_code == 413


@pytest.fixture
def failing_client(published_app):
    """Return a client of an application with two routes that fail."""

    def fail():
        raise RuntimeError("a secret detail")

    def fail_to_store():
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    published_app.add_url_rule("/fail", "fail", fail)
    published_app.add_url_rule("/fail-to-store", "fail_to_store", fail_to_store)
    return published_app.test_client()


def test_an_unexpected_failure_says_nothing_but_its_number(failing_client, capsys):
    answer = failing_client.get("/fail")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret detail" not in page and "Traceback" not in page
    assert answer.headers["X-Request-ID"] in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_full_disk_is_503_with_a_time_to_come_back(failing_client):
    answer = failing_client.get("/fail-to-store")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/en/articles/find-an-invoice/vote", "/en/contact", "/en/chat"])
def test_another_sites_page_cannot_send_our_forms(client, path, headers):
    assert client.post(path, data={"helpful": "yes"}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", PUBLIC)
def test_asking_in_another_method_is_refused(client, path):
    assert client.delete(path).status_code == 405


def test_a_log_line_is_json_without_tokens_queries_or_control_characters(published_app, capsys):
    logs.configure("info")
    published_app.test_client().get("/requests/a-secret-token?q=ann@example.org")
    published_app.test_client().get("/en/articles/a%0Ab%1b[31m")

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert [json.loads(line)["path"] for line in lines][0] == "/requests/…"
    assert "secret-token" not in "".join(lines) and "ann@" not in "".join(lines)
    assert all(character.isprintable() for line in lines for character in line)


def test_the_log_of_a_failure_holds_neither_the_token_nor_what_was_to_be_stored(published_app, capsys):
    with published_app.app_context(), writing() as session:
        session.execute(text("DROP TABLE status_link"))
    published_app.add_url_rule("/store/<email>", "store", lambda email: db.session.execute(text("SELECT :email FROM no_table"), {"email": email}))
    client = published_app.test_client()
    logs.configure("error")

    assert client.get("/requests/a-secret-token").status_code == 503
    logged = capsys.readouterr().err
    assert json.loads(logged)["path"] == "/requests/…" and "secret-token" not in logged
    assert client.get("/store/ann@example.org").status_code == 503
    stored = json.loads(capsys.readouterr().err)["exception"]
    assert "no such table: no_table" in stored and "ann@" not in stored


def test_the_widget_without_a_database_is_503_with_every_header(published_app):
    with published_app.app_context(), writing() as session:
        session.execute(text("DROP TABLE published_part"))

    answer = published_app.test_client().get("/widget/v1/panel")

    assert answer.status_code == 503
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-ID"] and answer.headers["Retry-After"]


def test_health_says_no_more_than_needed(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_metrics_are_for_this_machine_only(client):
    here = client.get("/metrics")
    elsewhere = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.5"})
    through_a_proxy = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"})

    assert b"helpcenter_outbox_waiting 0" in here.data
    assert (elsewhere.status_code, through_a_proxy.status_code) == (404, 404)


def test_a_static_file_may_be_kept_for_ever_only_under_its_present_version(published_app, client):
    version = published_app.config["STATIC_VERSION"]

    with client.get(f"/static/{version}/css/site.css") as present:
        assert "immutable" in present.headers["Cache-Control"] and "no-cache" not in present.headers["Cache-Control"]
    with client.get("/static/0000000000/css/site.css") as old:
        assert old.status_code == 200 and "no-cache" in old.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["../../setup.cfg", "%2e%2e/%2e%2e/setup.cfg", "..%5c..%5csetup.cfg", "/etc/passwd", "css"])
def test_nothing_outside_the_static_folder_is_served(published_app, client, path):
    answer = client.get(f"/static/{published_app.config['STATIC_VERSION']}/{path}")

    assert answer.status_code >= 300 and b"[metadata]" not in answer.data


@pytest.mark.parametrize("path", ["/api/v1/votes", "/en/articles/find-an-invoice/vote", "/en/chat"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_visitors_cookie_is_out_of_reach_for_scripts_and_other_sites(client, path, scheme):
    sent = {"json": {"article": "find-an-invoice", "lang": "en", "helpful": True}} if "api" in path else {"data": {"helpful": "yes", "text": "hello"}}
    answer = client.post(path, base_url=f"{scheme}://localhost", **sent)

    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("hc_visitor=") for cookie in cookies)
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == (scheme == "https")
