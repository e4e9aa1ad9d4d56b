"""Who may do what: pure rules on loaded state (DESIGN.md §2). Buttons and screens never decide."""

from sales.clients import Client
from sales.errors import Forbidden, NoOwner, NotYours
from sales.offers import OPEN_STATES, Offer
from sales.staff import ChannelRole, Role, Staff

WRITERS = frozenset({Role.REP, Role.MANAGER})
WATCHERS = frozenset({Role.MANAGER, Role.QUALITY_CONTROL})


def role_on(staff: Staff, override: ChannelRole | None) -> Role | None:
    """The role that counts on a channel. The admin flag adds nothing."""
    if staff.removed_at is not None or (override is not None and override.no_access):
        return None
    return override.role if override is not None and override.role is not None else staff.role


def takes_clients(staff: Staff, override: ChannelRole | None) -> bool:
    """The switch that counts on a channel."""
    if override is not None and override.receives_new_clients is not None:
        return override.receives_new_clients
    return staff.receives_new_clients


def eligible(staff: Staff, override: ChannelRole | None) -> bool:
    """May take part in distribution: role may write, switch on, on duty, reachable."""
    return role_on(staff, override) in WRITERS and takes_clients(staff, override) and staff.on_duty and staff.reachable


def may_accept(staff: Staff, override: ChannelRole | None, offer: Offer) -> bool:
    """A widened offer is open to every manager; a test's offer to its admin alone, with a rep's rights on it."""
    if offer.only_for is not None:
        return staff.id == offer.only_for and staff.removed_at is None
    if offer.widened and role_on(staff, override) is Role.MANAGER:
        return True
    return eligible(staff, override)


def may_see_offer(staff: Staff, override: ChannelRole | None, offer: Offer) -> bool:
    return offer.state in OPEN_STATES and may_accept(staff, override, offer)


def may_see(staff: Staff, role: Role | None, client: Client) -> bool:
    """``role`` is the one on the client's channel. A test client is for the admin who tests, and for nobody else."""
    if client.test_for is not None:
        return client.test_for == staff.id and staff.removed_at is None
    if role in WATCHERS:
        return True
    return client.owner_id == staff.id and role is not None


def check_may_write(staff: Staff, role: Role | None, client: Client, owner_name: str) -> None:
    """Raises ``Forbidden``, ``NoOwner`` or ``NotYours``."""
    if client.test_for is not None and client.test_for != staff.id:
        raise Forbidden("owner")
    if client.test_for is not None and client.owner_id == staff.id:
        return
    if role is Role.MANAGER:
        return
    if role is not Role.REP:
        raise Forbidden("rep")
    if client.owner_id is None:
        raise NoOwner(client.name)
    if client.owner_id != staff.id:
        raise NotYours(client.id, client.name, owner_name)
