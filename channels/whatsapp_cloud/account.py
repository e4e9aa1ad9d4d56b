"""Which business account a number belongs to: templates and subscriptions are the account's, not the number's.

A number's node was seen with a field that tells it and without, so the token is asked as well what it was given
(``debug_token``). What a webhook tells (``entry.id``) is as good.
"""

from collections.abc import AsyncIterator

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.client import Answered, GraphClient
from sales.errors import Unavailable

_SCOPE = "whatsapp_business_management"
MOST_PAGES = 50


class BusinessAccount:
    """Found out once. Raises what ``GraphClient`` raises."""

    def __init__(self, graph: GraphClient, number_id: str, token: str) -> None:
        self._graph = graph
        self._number_id = number_id
        self._token = token
        self.known: str | None = None

    async def id(self) -> str:
        """Raises ``Unavailable`` when nobody tells."""
        if self.known is None:
            self.known = await self._told_by_number() or await self._told_by_token()
        if self.known is None:
            raise Unavailable("the token does not tell which WhatsApp business account the number belongs to")
        return self.known

    async def _told_by_number(self) -> str | None:
        try:
            answer = await self._graph.get(self._number_id, fields="whatsapp_business_account")
            account = answer.maybe_node("whatsapp_business_account")
            return account.text("id") if account is not None else None
        except Anomalous:
            return None
        except Answered as error:
            _check_token(error)
            return None

    async def _told_by_token(self) -> str | None:
        """The first of the accounts that the token may manage which has this number."""
        try:
            answer = await self._graph.get("debug_token", input_token=self._token)
            granted = [scope for scope in answer.node("data").nodes("granular_scopes") if _is_management(scope)]
        except Anomalous:
            return None
        except Answered as error:
            _check_token(error)
            return None
        for account in [account for scope in granted for account in _targets(scope)]:
            if await self._has_number(account):
                return account
        return None

    async def _has_number(self, account: str) -> bool:
        try:
            numbers = [number async for number in pages(self._graph, f"{account}/phone_numbers", fields="id")]
        except (Answered, Anomalous):
            return False
        return any(number.fields.get("id") == self._number_id for number in numbers)

    async def is_subscribed(self) -> bool:
        """Whether Meta tells our app what happens on the account. Which of the apps is ours, the token says."""
        apps = [app async for app in pages(self._graph, f"{await self.id()}/subscribed_apps")]
        known = {app.node("whatsapp_business_api_data").fields.get("id") for app in apps}
        ours = await self._app_id() if known else None
        return ours in known if ours is not None else bool(known)

    async def _app_id(self) -> str | None:
        try:
            answer = await self._graph.get("debug_token", input_token=self._token)
            return answer.node("data").maybe_text("app_id")
        except (Answered, Anomalous):
            return None


def _check_token(error: Answered) -> None:
    """Raises it where nobody need be asked any more: the token is refused."""
    if error.is_about_token:
        raise error


def _is_management(scope: Node) -> bool:
    return scope.maybe_text("scope") == _SCOPE


def _targets(scope: Node) -> list[str]:
    found = scope.fields.get("target_ids")
    return [str(one) for one in found if str(one).isdecimal()] if isinstance(found, list) else []


async def pages(graph: GraphClient, path: str, **params: str) -> AsyncIterator[Node]:
    """Every item of a list that comes in pages."""
    after: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        answer = await graph.get(path, **params, **after)
        for item in answer.nodes("data"):
            yield item
        paging = answer.maybe_node("paging")
        cursors = paging.maybe_node("cursors") if paging is not None and "next" in paging else None
        if cursors is None or "after" not in cursors:
            return
        after = {"after": cursors.text("after")}
