"""Every kind of CRM: one line each. A new one is a folder beside ``builtin`` and a line here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from crm.builtin import adapter as builtin
from crm.kommo.adapter import KommoCrm
from crm.kommo.capabilities import CAPABILITIES as KOMMO
from crm.kommo.setup import identify as identify_kommo
from sales.leads import Crm
from sales.ports import Transactions
from sales.ports.crm import CrmAdapter, CrmCapabilities

Connect = Callable[[Crm, Mapping[str, str], Transactions], CrmAdapter]
Identify = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """``connect`` opens nothing yet: the first call does. ``inside`` ones answer within our own transaction.

    ``identify`` tries what was entered and returns the secrets to keep, or raises ``CrmError``; ``None``: none needed.
    """

    title: str
    capabilities: CrmCapabilities
    connect: Connect
    inside: bool
    identify: Identify | None = None


KINDS: Mapping[str, Kind] = {
    "builtin": Kind("Built-in", builtin.CAPABILITIES, lambda _, __, own: builtin.BuiltinCrm(own), inside=True),
    "kommo": Kind("Kommo", KOMMO, KommoCrm, inside=False, identify=identify_kommo),
}
