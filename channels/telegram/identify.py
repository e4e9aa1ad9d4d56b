"""Whose token is this?"""

import re

import httpx

from channels.kinds import NotIdentified
from channels.telegram.client import trusted
from channels.text import clean, clean_name
from sales.ports.channels import Account

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}")


async def identify(token: str, api_url: str) -> Account:
    """The bot behind a freshly entered token. Raises ``NotIdentified``.

    ``facts``: ``username``, ``link``, and ``business``: ``1`` if owners can connect it to their accounts.
    """
    if not _TOKEN.fullmatch(token):
        raise NotIdentified("bad_token")
    try:
        async with httpx.AsyncClient(timeout=15, verify=trusted()) as http:
            answer = await http.post(f"{api_url}/bot{token}/getMe")
    except httpx.HTTPError as error:
        raise NotIdentified("unreachable") from error
    if answer.status_code in (401, 404):  # 404 is what a token of a wrong form gets
        raise NotIdentified("bad_token")
    return _account(answer)


def _account(answer: httpx.Response) -> Account:
    try:
        me = answer.json()["result"]
        username = clean(str(me["username"]))
        business = "1" if me.get("can_connect_to_business") is True else "0"
        facts = {"username": username, "link": f"https://t.me/{username}", "business": business}
        return Account(str(int(me["id"])), clean_name(str(me["first_name"]), username), facts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotIdentified("unreachable") from error
