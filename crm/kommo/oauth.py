"""What opens an account: a long-lived token, or OAuth's pair of which the refresh token works once.

The new pair is in the books before it is used. Several processes may find at once that the access has run out (the bot
and a command beside it): whoever takes the turn in the books asks Kommo, the others take what that one has saved.
"""

import asyncio
from collections.abc import Mapping

from crm.http import Answer, Http, hushed
from crm.kommo.capabilities import RATE
from crm.kommo.client import NO_ACCESS, words
from crm.reading import Node
from sales.ids import CrmId, later
from sales.ports import Transactions, Work
from sales.ports.crm import CrmError

TURN = 30
"""Seconds that one refresher has; longer than a call may take."""
SOON = 1.0
"""Seconds until another's refresh should be through."""


class LongLived:
    """A token that nobody can renew."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    async def renew(self, refused: str) -> str | None:
        return None


class OAuth:
    """The pair of one connected CRM, which lies in the books."""

    def __init__(self, crm_id: CrmId, secrets: Mapping[str, str], transactions: Transactions) -> None:
        self._crm_id = crm_id
        self._access = secrets["access_token"]
        self._transactions = transactions
        self._line = asyncio.Lock()

    def token(self) -> str:
        return self._access

    async def renew(self, refused: str) -> str | None:
        async with self._line:
            if self._access == refused:
                self._access = await self._renewed(refused)
        return self._access

    async def _renewed(self, refused: str) -> str:
        """However it fails, the call that needed it did nothing."""
        held = await self._transactions.write(lambda work: _take_turn(work, self._crm_id, refused))
        if held["access_token"] != refused:
            return held["access_token"]
        try:
            made = await exchange(held, grant_type="refresh_token", refresh_token=held["refresh_token"])
        except CrmError as error:
            await self._transactions.write(lambda work: _end_turn(work, self._crm_id))
            again = error.again or error.unknown
            raise CrmError(error.reason, again=again, after=error.after) from error
        await self._transactions.write(lambda work: _save(work, self._crm_id, {**held, **made}))
        return made["access_token"]


def _turn(crm_id: CrmId) -> str:
    return f"crm.refresh:{crm_id}"


def _take_turn(work: Work, crm_id: CrmId, refused: str) -> Mapping[str, str]:
    """What is in the books; with the turn, if that is what was refused. Raises ``CrmError`` while another has it."""
    held = dict(work.crms.secrets(crm_id))
    if held["access_token"] != refused:
        return held
    until = work.workspace.get(_turn(crm_id))
    if until is not None and int(until) > work.now:
        raise CrmError("the access is being renewed", again=True, after=SOON)
    work.workspace.set(_turn(crm_id), str(later(work.now, TURN)))
    return held


def _end_turn(work: Work, crm_id: CrmId) -> None:
    work.workspace.set(_turn(crm_id), None)


def _save(work: Work, crm_id: CrmId, secrets: Mapping[str, str]) -> None:
    work.crms.set_secrets(crm_id, secrets)
    _end_turn(work, crm_id)


async def exchange(secrets: Mapping[str, str], **grant: str) -> dict[str, str]:
    """A new pair for a code or a refresh token. Raises ``CrmError``."""
    names = ("client_id", "client_secret", "redirect_uri")
    http = Http(secrets["base_url"], RATE)
    try:
        body = {name: secrets[name] for name in names} | grant
        answer = await http.call("POST", "/oauth2/access_token", body=body)
    finally:
        await http.close()
    if answer.status != 200:
        raise CrmError(hushed(f"{NO_ACCESS} ({_said(answer)})", *secrets.values(), *grant.values()))
    found = Node(answer.body, "oauth2")
    return {name: found.text(name) for name in ("access_token", "refresh_token")}


def _said(answer: Answer) -> str:
    """OAuth's refusals differ in their hint only."""
    hint = answer.body.get("hint") if isinstance(answer.body, dict) else None
    return str(hint or words(answer))
