"""Handing a client to a colleague, closing a conversation, and no reply needed."""

from collections.abc import Sequence
from dataclasses import replace

from sales import outbox
from sales.clients import Client
from sales.errors import Forbidden, Invalid, NotFound, Unsupported
from sales.ids import ClientId, StaffId
from sales.ports import Work
from sales.rights import WRITERS
from sales.staff import Role, Staff
from sales.use_cases.owning import Why, give
from sales.use_cases.team_lookup import check_writes, client_or_fail, home_channel, role_of
from sales.use_cases.viewing import open_view, refresh_headers


def transfer(work: Work, staff: Staff, client_id: ClientId, to_id: StaffId) -> Client:
    """The owner, or any manager, gives a client to someone who may write here. Their topic opens by a tap.

    Raises ``Forbidden``, ``NotFound``, ``Invalid``.
    """
    client = client_or_fail(work, client_id)
    _check_hands_over(work, staff, client)
    to = _receiver(work, client, to_id)
    if to.id == client.owner_id:
        raise Invalid("already_owner")
    if not give(work, client, to.id, Why("transferred", staff.id), show=False):
        raise Invalid("changed_meanwhile")
    work.outbox.put([outbox.notice(to.id, "transferred_to_you", about_client=client_id, by=staff.id, sound=True)])
    if client.owner_id is not None and client.owner_id != staff.id:
        work.outbox.put(
            [
                outbox.notice(
                    client.owner_id, "transferred_away", about_client=client_id, to=to.id, by=staff.id, sound=False
                )
            ]
        )
    return replace(client, owner_id=to.id)


def _check_hands_over(work: Work, staff: Staff, client: Client) -> None:
    if client.test_for is not None:
        raise Unsupported("test_client")
    role = role_of(work, staff, home_channel(work, client.id))
    if role is Role.MANAGER or (role is Role.REP and client.owner_id == staff.id):
        return
    raise Forbidden("owner_or_manager")


def _receiver(work: Work, client: Client, to_id: StaffId) -> Staff:
    to = work.staff.get(to_id)
    if to is None or to.removed_at is not None:
        raise NotFound("staff")
    if role_of(work, to, home_channel(work, client.id)) not in WRITERS:
        raise Invalid("may_not_write")
    return to


def receivers(work: Work, staff: Staff, client_id: ClientId) -> Sequence[Staff]:
    """Who could take this client: everyone who may write on its channel, but its owner."""
    client = client_or_fail(work, client_id)
    _check_hands_over(work, staff, client)
    channel_id = home_channel(work, client_id)
    return [
        person
        for person in work.staff.list()
        if person.id != client.owner_id and role_of(work, person, channel_id) in WRITERS
    ]


def open_transferred(work: Work, staff: Staff, client_id: ClientId) -> None:
    """[Open]: the new owner looks."""
    client = client_or_fail(work, client_id)
    if client.owner_id != staff.id:
        raise Forbidden("owner")
    open_view(work, staff.id, client, sound=False)


def close_conversation(work: Work, staff: Staff, client_id: ClientId) -> Client:
    """/close: done for now. The owner stays, and gets the client back at once when they write."""
    client = _writable(work, staff, client_id)
    client = replace(client, closed_at=work.now, waiting_since=None)
    work.clients.save(client)
    work.audit.add("close", f"client:{client_id}", staff_id=staff.id)
    refresh_headers(work, client.id)
    return client


def reopen_conversation(work: Work, staff: Staff, client_id: ClientId) -> Client:
    client = replace(_writable(work, staff, client_id), closed_at=None)
    work.clients.save(client)
    refresh_headers(work, client.id)
    return client


def no_reply_needed(work: Work, staff: Staff, client_id: ClientId) -> Client:
    """The client no longer waits, though nobody wrote."""
    client = replace(_writable(work, staff, client_id), waiting_since=None)
    work.clients.save(client)
    refresh_headers(work, client.id)
    return client


def _writable(work: Work, staff: Staff, client_id: ClientId) -> Client:
    client = client_or_fail(work, client_id)
    check_writes(work, staff, client, home_channel(work, client_id))
    return client
