"""Integrations and their tokens: long-lived ones, and OAuth's with refresh tokens that work once."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field
from uuid import uuid4

from .errors import oauth_problem, unauthorized
from .options import DAY, Options
from .reading import Reader


@dataclass(slots=True, eq=False)
class Integration:
    """What is registered in the account. A private one also has long-lived tokens."""

    name: str
    redirect_uri: str
    client_id: str = field(default_factory=lambda: str(uuid4()))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))


@dataclass(slots=True, eq=False)
class Grant:
    """A code or a token: whose, until when, and for codes and refresh tokens whether it was used."""

    value: str
    integration: Integration
    user_id: int
    until: float
    used: bool = False
    pair: Grant | None = None


class Tokens:
    """All of one account."""

    def __init__(self, options: Options, account_id: int) -> None:
        self.options = options
        self.account_id = account_id
        self.integrations: dict[str, Integration] = {}
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._codes: dict[str, Grant] = {}

    def register(self, name: str, redirect_uri: str) -> Integration:
        """A new integration."""
        made = Integration(name, redirect_uri)
        self.integrations[made.client_id] = made
        return made

    def long_lived(self, integration: Integration, user_id: int, now: float, days: float) -> str:
        """A token with the rights of the admin who makes it; 1 day to 5 years."""
        return self._new_access(integration, user_id, now, days * DAY).value

    def code(self, integration: Integration, user_id: int, now: float) -> str:
        """What the redirect carries after the admin has agreed."""
        grant = Grant(f"def502{secrets.token_hex(60)}", integration, user_id, now + self.options.code_seconds)
        self._codes[grant.value] = grant
        return grant.value

    def who(self, header: str, now: float) -> Grant:
        """Whose the `Authorization` header is; raises 401."""
        kind, _space, value = header.partition(" ")
        grant = self._access.get(value)
        if kind.lower() != "bearer" or grant is None or grant.until <= now:
            raise unauthorized()
        return grant

    def revoke(self, integration: Integration) -> None:
        """The account switched the integration off: every token of it is dead."""
        for grants in (self._access, self._refresh, self._codes):
            for value in [value for value, grant in grants.items() if grant.integration is integration]:
                del grants[value]

    def expire(self, access_token: str) -> None:
        """That token is too old from now on."""
        self._access.pop(access_token, None)

    def exchange(self, reader: Reader, now: float) -> dict[str, str | int]:
        """`POST /oauth2/access_token`; raises 400 or 401 with a hint."""
        integration = self._client(reader)
        if reader.values.get("redirect_uri") != integration.redirect_uri:
            raise oauth_problem("Check the `redirect_uri` parameter")
        grant_type = reader.values.get("grant_type")
        if grant_type == "authorization_code":
            grant = self._use_code(integration, str(reader.values.get("code", "")), now)
        elif grant_type == "refresh_token":
            grant = self._use_refresh(integration, str(reader.values.get("refresh_token", "")), now)
        else:
            raise oauth_problem("Check the `grant_type` parameter")
        return self._pair(grant, now)

    def _client(self, reader: Reader) -> Integration:
        integration = self.integrations.get(str(reader.values.get("client_id", "")))
        secret = str(reader.values.get("client_secret", "")).encode()
        if integration is None or not hmac.compare_digest(integration.secret.encode(), secret):
            raise oauth_problem("Client authentication failed", 401)
        return integration

    def _use_code(self, integration: Integration, value: str, now: float) -> Grant:
        grant = self._codes.get(value)
        if grant is None or grant.integration is not integration:
            raise oauth_problem("Cannot decrypt the authorization code")
        if grant.used:
            raise oauth_problem("Authorization code has been revoked")
        if grant.until <= now:
            raise oauth_problem("Authorization code has expired")
        grant.used = True
        return grant

    def _use_refresh(self, integration: Integration, value: str, now: float) -> Grant:
        """A second use is refused; what the first one gave goes on working."""
        grant = self._refresh.get(value)
        if grant is None or grant.integration is not integration:
            raise oauth_problem("Cannot decrypt the refresh token", 401)
        if grant.used:
            raise oauth_problem("Token has been revoked", 401)
        if grant.until <= now:
            raise oauth_problem("Token has expired", 401)
        grant.used = True
        if grant.pair is not None:
            self.expire(grant.pair.value)
        return grant

    def _pair(self, grant: Grant, now: float) -> dict[str, str | int]:
        seconds = self.options.access_seconds
        access = self._new_access(grant.integration, grant.user_id, now, seconds)
        until = now + self.options.refresh_seconds
        refresh = Grant(f"def502{secrets.token_hex(120)}", grant.integration, grant.user_id, until, pair=access)
        self._refresh[refresh.value] = refresh
        return {
            "token_type": "Bearer",
            "expires_in": int(seconds),
            "access_token": access.value,
            "refresh_token": refresh.value,
        }

    def _new_access(self, integration: Integration, user_id: int, now: float, seconds: float) -> Grant:
        claims = {
            "aud": integration.client_id,
            "jti": secrets.token_hex(40),
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now + seconds),
            "sub": str(user_id),
            "account_id": self.account_id,
            "base_domain": "kommo.com",
            "version": 2,
            "scopes": ["push_notifications", "files", "crm", "notifications"],
        }
        value = f"{_part({'typ': 'JWT', 'alg': 'RS256'})}.{_part(claims)}.{secrets.token_urlsafe(64)}"
        grant = Grant(value, integration, user_id, now + seconds)
        self._access[value] = grant
        return grant


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
