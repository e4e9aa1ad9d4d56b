"""Phones behind hidden numbers (LIDs): what the gateway has told of them, and what is still to be asked."""

from collections.abc import Sequence

from channels.whatsapp_linked.client import Gateway
from channels.whatsapp_linked.link import phone_behind
from channels.whatsapp_linked.names import is_lid
from channels.whatsapp_linked.people import Who
from sales.errors import Unavailable
from sales.incoming import (
    ClientDeleted,
    ClientEdited,
    ClientMoved,
    ClientReacted,
    ClientWrote,
    Delivered,
    Event,
    WrittenOutside,
)

MOST = 20_000
"""Pairs that are remembered; those that have to go can be asked for again."""
ASKED_AT_ONCE = 20
PATIENCE = 5
"""Times that a LID is asked for: many have no phone that the gateway could know."""

_About = ClientWrote | WrittenOutside | ClientEdited | ClientDeleted | ClientReacted | Delivered


class Lids:
    """``phones`` by LID, both as chats."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.phones: dict[str, str] = {}
        self._asked: dict[str, int] = {}

    def learn(self, event: Event) -> bool:
        """From what came. Whether there is something new to ask."""
        if not isinstance(event, _About):
            return False
        for alias in event.aliases:
            self._keep(alias, event.address)
        if not is_lid(event.address) or event.address in self._asked or len(self._asked) >= MOST:
            return False
        self._asked[event.address] = 0
        return True

    def _keep(self, lid: str, phone: str) -> None:
        if len(self.phones) >= MOST:
            self.phones.pop(next(iter(self.phones)))
        self.phones[lid] = phone
        self._asked.pop(lid, None)

    async def look_up(self) -> Sequence[ClientMoved]:
        """Ask for some of those that are not known. What can't be asked now is asked later."""
        waiting = [lid for lid, times in self._asked.items() if times < PATIENCE and lid not in self.phones]
        found = []
        for lid in waiting[:ASKED_AT_ONCE]:
            try:
                phone = await phone_behind(self._gateway, lid)
            except Unavailable:
                break
            self._asked[lid] += 1
            if phone is not None:
                self._keep(lid, phone)
                found.append(ClientMoved(lid, phone, Who(phone, lid).identities))
        return found
