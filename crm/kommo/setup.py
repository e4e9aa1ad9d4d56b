"""Connecting an account: what was entered, tried before it is kept."""

import ipaddress
from collections.abc import Mapping

import httpx

from crm.kommo.checking import account_name
from crm.kommo.client import Access, KommoClient
from crm.kommo.oauth import LongLived, OAuth, exchange
from sales.ids import CrmId
from sales.ports import Transactions
from sales.ports.crm import CrmError

OAUTH = ("client_id", "client_secret", "redirect_uri", "code")


def access_of(crm_id: CrmId, secrets: Mapping[str, str], transactions: Transactions) -> Access:
    return LongLived(secrets["token"]) if "token" in secrets else OAuth(crm_id, secrets, transactions)


def api_of(base_url: str) -> str:
    return f"{base_url}/api/v4/"


async def identify(entered: Mapping[str, str]) -> Mapping[str, str]:
    """The secrets to keep: ``base_url`` with ``token``, or with OAuth's pair, for which the code is given up at once.

    Raises ``CrmError`` with what to do.
    """
    base_url = read_base_url(entered.get("base_url", ""))
    kept = {"base_url": base_url, **await _opening(base_url, entered)}
    client = KommoClient(api_of(base_url), LongLived(kept.get("token") or kept["access_token"]))
    try:
        await account_name(client)
    finally:
        await client.close()
    return kept


async def _opening(base_url: str, entered: Mapping[str, str]) -> Mapping[str, str]:
    token = entered.get("token", "")
    if token:
        _need_header(token)
        return {"token": token}
    missing = [name for name in OAUTH if not entered.get(name)]
    if missing:
        raise CrmError(f"give a long-lived token, or for OAuth also: {', '.join(missing)}")
    kept = {name: entered[name] for name in OAUTH if name != "code"}
    made = await exchange({**kept, "base_url": base_url}, grant_type="authorization_code", code=entered["code"])
    return {**kept, **made}


def _need_header(token: str) -> None:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CrmError("this is no token: copy it whole from the integration's Keys and scopes")


def read_base_url(entered: str) -> str:
    """``https://name.kommo.com`` without anything behind it. Raises ``CrmError``."""
    text = entered.strip()
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except httpx.InvalidURL as error:
        raise CrmError("this is no address: it is https://NAME.kommo.com or .amocrm.ru") from error
    if not url.host or url.userinfo or not (url.scheme == "https" or (url.scheme == "http" and _is_here(url.host))):
        raise CrmError("this is no address: it is https://NAME.kommo.com or .amocrm.ru")
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _is_here(host: str) -> bool:
    """Without TLS the token would be read by whoever is on the way; on this machine nobody is."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
