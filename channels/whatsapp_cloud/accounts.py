"""What becomes of the account itself: restricted, cut off, well again."""

from channels.reading import Node
from sales.incoming import AccountChanged, Event, Ignored

RESTRICTED = "account_restricted"
LIMITED = "limited"
DISCONNECTED = "cut_off"
PROBLEMS = (RESTRICTED, LIMITED, DISCONNECTED)
"""Codes that ``screens`` has words for."""

_CUT_OFF = frozenset({"PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"})
_NO_ANSWERS = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
_NO_FIRST_WORD = "RESTRICTED_BIZ_INITIATED_MESSAGING"


def account_changed(value: Node) -> Event:
    """An ``account_update``. Raises ``Anomalous``."""
    event = value.text("event")
    if event in _CUT_OFF:
        return AccountChanged(DISCONNECTED, broken=True)
    if event == "ACCOUNT_RECONNECTED":
        return AccountChanged(None)
    if event == "DISABLED_UPDATE":
        return _banned(value)
    if event == "ACCOUNT_RESTRICTION":
        return _restricted(value)
    return Ignored("account_update")


def _banned(value: Node) -> Event:
    info = value.maybe_node("ban_info")
    state = info.maybe_text("waba_ban_state") if info is not None else None
    if state == "REINSTATE":
        return AccountChanged(None)
    if state == "SCHEDULE_FOR_DISABLE":
        return AccountChanged(LIMITED)
    return AccountChanged(RESTRICTED, broken=True)


def _restricted(value: Node) -> Event:
    """Calls and new templates are nothing that conversations need."""
    types = {info.maybe_text("restriction_type") for info in value.nodes("restriction_info")}
    if _NO_ANSWERS in types:
        return AccountChanged(RESTRICTED, broken=True)
    return AccountChanged(LIMITED) if _NO_FIRST_WORD in types else Ignored("account_update")
