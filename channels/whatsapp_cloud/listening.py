"""Telling Meta where to deliver. Nothing can be asked for: without a public address nothing comes in."""

import asyncio
import logging
import random

from channels.kinds import Report
from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.account import BusinessAccount
from channels.whatsapp_cloud.client import Answered, GraphClient, WhatsAppError
from sales.errors import Unavailable

log = logging.getLogger(__name__)

TOKEN_REFUSED = "token"  # noqa: S105 - a problem's code
REFUSED = "refused"
UNREACHABLE = "unreachable"
NO_ADDRESS = "no_public_url"
PROBLEMS = (TOKEN_REFUSED, REFUSED, UNREACHABLE, NO_ADDRESS)
"""Codes that ``screens`` has words for."""
LONGEST_PAUSE = 600.0
_LEVELS = ("phone_number", "whatsapp_business_account", "application")
"""Whose address Meta takes, the narrowest first (Webhooks overrides)."""


async def where_delivered(graph: GraphClient, number_id: str) -> str | None:
    """The address that Meta delivers this number's messages to. Raises ``WhatsAppError``."""
    answer = await graph.get(number_id, fields="webhook_configuration")
    found = answer.maybe_node("webhook_configuration")
    return _effective(found) if found is not None else None


def _effective(configuration: Node) -> str | None:
    told = (configuration.fields.get(level) for level in _LEVELS)
    return next((url for url in told if isinstance(url, str) and url), None)


class Subscription:
    """Kept trying until it stands, the token is refused, or what arrives shows that somebody arranged it by hand."""

    def __init__(self, graph: GraphClient, account: BusinessAccount, number_id: str, verify_token: str) -> None:
        self._graph = graph
        self._account = account
        self._number_id = number_id
        self._verify_token = verify_token
        self._arrived = asyncio.Event()

    def arrived(self) -> None:
        """Something came in that Meta signed."""
        self._arrived.set()

    async def keep(self, url: str | None, report: Report) -> None:
        """Raises ``Unavailable`` when the problem can't be noted."""
        if url is None:
            await report(None if self._arrived.is_set() else NO_ADDRESS)
            return
        failures = 0
        while True:
            problem = await self._try(url)
            if problem not in (None, TOKEN_REFUSED) and self._arrived.is_set():
                problem = None
            await report(problem)
            if problem in (None, TOKEN_REFUSED):
                return
            failures += 1
            await self._pause(min(LONGEST_PAUSE, 2.0 ** min(failures, 10)))

    async def _pause(self, longest: float) -> None:
        try:
            async with asyncio.timeout(random.uniform(longest / 2, longest)):  # noqa: S311
                await self._arrived.wait()
        except TimeoutError:
            return

    async def _try(self, url: str) -> str | None:
        """The problem's code."""
        try:
            if not await self._account.is_subscribed():  # done again it would take away an address of the account's
                await self._graph.post(f"{await self._account.id()}/subscribed_apps")
            if await where_delivered(self._graph, self._number_id) != url:
                override = {"override_callback_uri": url, "verify_token": self._verify_token}
                await self._graph.post(self._number_id, {"webhook_configuration": override})
        except Answered as error:
            log.warning("the webhook could not be set: %s", error)
            return TOKEN_REFUSED if error.is_about_token else REFUSED
        except Unavailable as error:
            log.warning("the webhook could not be set: %s", error)
            return REFUSED
        except (WhatsAppError, Anomalous) as error:
            log.warning("setting the webhook did not get through: %s", error)
            return UNREACHABLE
        return None
