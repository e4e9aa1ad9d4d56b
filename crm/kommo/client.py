"""HTTP to Kommo: who we are, what a refusal means in words, and lists page by page."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from crm.http import Answer, Http, hushed
from crm.kommo.capabilities import RATE
from crm.reading import Node
from sales.ports.crm import CrmError

PER_PAGE = 250
"""The most that a list gives at once (PLATFORMS.md D2)."""
MOST_PAGES = 200

_WORDS = {
    402: "Kommo says that the account's subscription has ended: pay it there",
    403: "Kommo forbids it: the token's user must be an administrator, and the integration must not be blocked "
    "for asking too fast (Kommo's support lifts such a block)",
}
NO_ACCESS = (
    "Kommo refuses the access: make a new long-lived token in the integration's Keys and scopes, "
    "or connect again by OAuth"
)


class Refused(CrmError):
    """Kommo said no, for good."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Access(Protocol):
    """What opens the account."""

    def token(self) -> str:
        """The access token to try."""

    async def renew(self, refused: str) -> str | None:
        """Another one instead of that which was refused; ``None``: there is none. Raises ``CrmError``."""


class KommoClient:
    """One account. Every method raises ``CrmError``; ``Refused`` where Kommo's answer was no."""

    def __init__(self, base_url: str, access: Access, rate: float = RATE) -> None:
        self._http = Http(base_url, rate)
        self._access = access

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Node | None:
        """``None``: there is no such thing (204 and 404 both mean that)."""
        answer = await self._call("GET", path, params=params)
        if answer.status in (204, 404):
            return None
        return Node(self._accepted(answer).body, path)

    async def pages(self, path: str, key: str, params: Mapping[str, str] | None = None) -> AsyncIterator[Node]:
        """Every item of a list."""
        for page in range(1, MOST_PAGES + 1):
            found = await self.get(path, {**(params or {}), "limit": str(PER_PAGE), "page": str(page)})
            if found is None:
                return
            items = list(found.inner("_embedded").many(key))
            for item in items:
                yield item
            if len(items) < PER_PAGE:
                return

    async def post(self, path: str, body: object) -> object:
        """The answer's JSON."""
        return self._accepted(await self._call("POST", path, body=body)).body

    async def patch(self, path: str, body: object) -> None:
        self._accepted(await self._call("PATCH", path, body=body))

    async def delete(self, path: str, body: object = None) -> None:
        """What is not there is deleted already."""
        answer = await self._call("DELETE", path, body=body)
        if answer.status != 404:
            self._accepted(answer)

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> Answer:
        """A call that was refused for its token did nothing: it is repeated once with another one."""
        token = self._access.token()
        answer = await self._http.call(method, path, headers=_bearer(token), params=params, body=body)
        if answer.status != 401:
            return answer
        other = await self._access.renew(token)
        if other is None:
            return answer
        return await self._http.call(method, path, headers=_bearer(other), params=params, body=body)

    def _accepted(self, answer: Answer) -> Answer:
        if answer.status < 300:
            return answer
        raise Refused(answer.status, words(answer, self._access.token()))

    async def close(self) -> None:
        await self._http.close()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def words(answer: Answer, token: str = "") -> str:
    """What the refusal means; with Kommo's own words where they say more, and never with the token."""
    said = hushed(_said(answer.body), token)
    if answer.status == 401:
        return NO_ACCESS
    if answer.status in _WORDS:
        return f"{_WORDS[answer.status]} ({said})" if said else _WORDS[answer.status]
    return said or f"HTTP {answer.status}"


def _said(body: object) -> str:
    """The fields that were wrong, else the detail. (PLATFORMS.md D2; other bodies come from what lies between us.)"""
    try:
        found = Node(body, "answer")
        wrong = [error for item in found.many("validation-errors") for error in item.many("errors")]
        fields = "; ".join(f"{error.text('path')}: {error.text('detail') or error.text('code')}" for error in wrong)
        return fields or found.text("detail") or found.text("hint") or found.text("title")
    except CrmError:
        return ""
