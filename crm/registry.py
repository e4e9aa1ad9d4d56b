"""Every kind of CRM: one line each. A new one is a folder beside ``builtin`` and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm.builtin import adapter as builtin
from sales.leads import Crm
from sales.ports import Transactions
from sales.ports.crm import CrmAdapter, CrmCapabilities

Connect = Callable[[Crm, Mapping[str, str], Transactions], CrmAdapter]


@dataclass(frozen=True, slots=True)
class Kind:
    """``connect`` opens nothing yet: the first call does. ``inside`` ones answer within our own transaction."""

    title: str
    capabilities: CrmCapabilities
    connect: Connect
    inside: bool


KINDS: Mapping[str, Kind] = {
    "builtin": Kind("Built-in", builtin.CAPABILITIES, lambda _, __, own: builtin.BuiltinCrm(own), inside=True),
}
