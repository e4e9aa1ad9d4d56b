"""The rate-limited ways out."""

from sales.ids import ChannelId, CrmId

STAFF_LANE = "staff"


def channel_lane(channel_id: ChannelId) -> str:
    return f"channel:{channel_id}"


def files_lane(held_by: str) -> str:
    """``held_by`` as in ``RemoteFile``."""
    return f"files:{held_by}"


def crm_lane(crm_id: CrmId) -> str:
    return f"crm:{crm_id}"
