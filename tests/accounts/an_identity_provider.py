"""An identity provider for the tests: it speaks OpenID Connect over HTTP and signs what a test tells it to say."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "help-center", "what the provider gave us"


@cache
def first_key() -> RSAKey:
    """Return the key it signs with at first; making one takes long."""
    return RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})


class IdentityProvider:
    """What it knows: *claims* go into the next ID token; *broken* names a path that answers 500."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.calls_itself = issuer
        self.claims = {"sub": "p-1", "email": "gus@example.org", "email_verified": True, "name": "Gus"}
        self.key = first_key()
        self.signs_with = self.key
        self.broken = ""
        self.codes: dict[str, dict] = {}
        self.asked: dict = {}

    def visit(self, address: str) -> dict[str, str]:
        """Do what a browser and a person do at *address*; return what the provider leads back with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = dict(self.asked)
        return {"code": code, "state": self.asked["state"], "iss": self.issuer}

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict]:
        """Return status and answer of the token endpoint. A code works once, and only with its verifier."""
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"] or authorization != expected:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": asked["nonce"], **self.claims}
        token = jwt.encode({"alg": "RS256", "kid": self.signs_with.kid}, claims, self.signs_with)
        return 200, {"access_token": "opens nothing here", "token_type": "Bearer", "id_token": token}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict]:
        """Return status and JSON of *path*."""
        if path == self.broken:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            addresses = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return 200, {"issuer": self.calls_itself, "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"], **addresses}
        if path == "/jwks_uri":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return self.redeem(form, authorization) if path == "/token_endpoint" else (404, {})


@contextmanager
def running_provider():
    """Serve an identity provider on this machine while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(*provider.answer(self.path, {}, ""))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            self.reply(*provider.answer(self.path, form, self.headers.get("Authorization", "")))

        def reply(self, status: int, answer: dict) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
