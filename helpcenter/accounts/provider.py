"""Signing in elsewhere: the code flow of OpenID Connect with PKCE, spoken by Authlib (the extra `oidc`)."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

SCOPE = "openid email profile"
TIMEOUT_SECONDS = 10
# Keys the provider publishes sign with these; a shared secret, or none, proves nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LONGEST_SUBJECT = 255


class ProviderError(Exception):
    """The identity provider did not answer as it should, or what it says does not prove who somebody is; the message is for the log."""


@dataclass(frozen=True)
class Errand:
    """What has to be kept in the browser between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """What a provider has proved. *email* is empty unless the provider has verified it; *proven_at* is None when it does not say when."""

    issuer: str
    subject: str
    email: str
    name: str
    proven_at: datetime | None


class Provider:
    """An identity provider. *title* is what the button calls it. Several threads may use it."""

    def __init__(self, issuer: str, client_id: str, client_secret: str = "", *, title: str) -> None:
        self.issuer = issuer
        self.title = title
        self._client_id = client_id
        self._client_secret = client_secret
        self._client = None
        self._lock = threading.Lock()

    def leave(self, redirect_uri: str, *, again: bool) -> tuple[str, Errand]:
        """Return the address at the provider to lead to, and what to keep until the person comes back to *redirect_uri*.

        *again* asks the provider to have the person prove who they are even if they are signed in there. Raises
        ProviderError.
        """
        more = {"prompt": "login", "max_age": 0} if again else {}
        made = self._ask(lambda client: client.create_authorization_url(redirect_uri, **more))
        return made["url"], Errand(state=made["state"], nonce=made["nonce"], verifier=made["code_verifier"])

    def welcome(self, code: str, redirect_uri: str, errand: Errand) -> Person:
        """Return who came back with *code*. Raises ProviderError when the provider does not say so in its signed answer."""
        claims = self._ask(lambda client: self._claims(client, code, redirect_uri, errand))
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise ProviderError("the subject is no text of at most 255 characters")
        proven = claims.get("auth_time")
        return Person(
            issuer=self.issuer,
            subject=subject,
            email=str(claims.get("email", "")) if claims.get("email_verified") in (True, "true") else "",
            name=str(claims.get("name", "")),
            proven_at=datetime.fromtimestamp(proven, UTC) if proven else None,
        )

    def _claims(self, client, code: str, redirect_uri: str, errand: Errand):
        token = client.fetch_access_token(redirect_uri, code=code, code_verifier=errand.verifier)
        wanted = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": errand.nonce},
        }
        claims = client.parse_id_token(token, nonce=errand.nonce, claims_options=wanted)
        if claims is None:
            raise ProviderError("the answer has no id_token")
        return claims

    def _ask(self, question):
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            return question(self._opened())
        except (AuthlibBaseError, JoseError, RequestException, KeyError, TypeError, ValueError, RuntimeError) as error:
            # It may have other keys and addresses by now: the next one asks for them anew.
            with self._lock:
                self._client = None
            raise ProviderError(f"{type(error).__name__}: {error}") from error

    def _opened(self):
        """Return the client with the provider's published addresses and keys, asked for once."""
        from authlib.integrations.flask_client import FlaskOAuth2App

        with self._lock:
            if self._client is None:
                client = FlaskOAuth2App(
                    framework=None,
                    client_id=self._client_id,
                    client_secret=self._client_secret or None,
                    server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
                    client_kwargs={
                        "scope": SCOPE,
                        "code_challenge_method": "S256",
                        "default_timeout": TIMEOUT_SECONDS,
                        "token_endpoint_auth_method": "client_secret_basic" if self._client_secret else "none",
                    },
                )
                published = client.load_server_metadata()
                if published.get("issuer") != self.issuer:
                    raise ValueError(f"the provider calls itself {published.get('issuer')!r}, not {self.issuer!r}")
                offered = published.get("id_token_signing_alg_values_supported") or ["RS256"]
                published["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
                self._client = client
            return self._client
