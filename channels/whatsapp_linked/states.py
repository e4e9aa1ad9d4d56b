"""What the state of a session means for its channel."""

from channels.reading import Node
from sales.incoming import AccountChanged, Event, Ignored

WORKING = "WORKING"
STOPPED = "STOPPED"
FAILED = "FAILED"
SCAN = "SCAN_QR_CODE"
STARTING = "STARTING"

LOGGED_OUT = "logged_out"
BANNED = "banned"
UNLINKED = "unlinked"
_PROBLEMS = {
    STOPPED: "stopped",
    FAILED: "failed",
    SCAN: UNLINKED,
    "PASSKEY_REQUIRED": "passkey",
    "PASSKEY_CONFIRMATION_REQUIRED": "passkey",
}
PROBLEMS = frozenset({*_PROBLEMS.values(), LOGGED_OUT, BANNED})
"""Every code, for whoever has to have words for them."""
_BANNED = ("banned", "temporary ban", "restricted")
_LOGGED_OUT = ("logged out", "loggedout", "log out", "device_removed")


def account_changed(payload: Node) -> Event:
    """A code that waits to be scanned where the phone was linked a moment ago means that it was logged out."""
    status = payload.text("status")
    before = [node.fields.get("status") for node in payload.nodes("statuses")]
    return state_event(status, was_working=WORKING in before, words=str(payload.fields.get("data") or ""))


def state_event(status: str, *, was_working: bool = False, words: str = "") -> Event:
    """``words``: whatever the gateway says besides."""
    if status == WORKING:
        return AccountChanged(None)
    if status not in _PROBLEMS:
        return Ignored("starting")
    said = words.lower()
    if any(text in said for text in _BANNED):
        return AccountChanged(BANNED, broken=True)
    if any(text in said for text in _LOGGED_OUT) or (status == SCAN and was_working):
        return AccountChanged(LOGGED_OUT, broken=True)
    return AccountChanged(_PROBLEMS[status])
