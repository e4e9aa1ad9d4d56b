"""After "Not sent: … belongs to … now": whom to turn to."""

from collections.abc import Sequence

from sales import outbox
from sales.clients import Client
from sales.errors import NoOwner
from sales.ids import ClientId
from sales.ports import Work
from sales.rights import WRITERS
from sales.staff import Staff
from sales.use_cases.team_lookup import check_sees, client_or_fail, home_channel, managers, role_of


def ask_owner(work: Work, staff: Staff, client_id: ClientId) -> None:
    """The owner hears that a colleague has something for this client. Raises ``NoOwner``, ``Forbidden``.

    In the Inbox, not in the client's topic: an answer to the colleague, typed under it, must not reach the client.
    """
    client = client_they_had(work, staff, client_id)
    if client.owner_id is None:
        raise NoOwner(client.name)
    if client.owner_id != staff.id:
        question = outbox.notice(client.owner_id, "asked_for_client", about_client=client_id, by=staff.id, sound=True)
        work.outbox.put([question])


def who_may_write(work: Work, staff: Staff, client_id: ClientId) -> tuple[Client, Sequence[Staff]]:
    """The owner first, then the managers of the channel the client wrote to last. Raises ``Forbidden``."""
    client = client_they_had(work, staff, client_id)
    channel_id = home_channel(work, client_id)
    owner = work.staff.get(client.owner_id) if client.owner_id is not None else None
    able = [owner] if owner is not None and role_of(work, owner, channel_id) in WRITERS else []
    return client, able + [person for person in managers(work, channel_id) if person.id != client.owner_id]


def client_they_had(work: Work, staff: Staff, client_id: ClientId) -> Client:
    """One they see, or once had: to anybody else a made-up number tells nothing. Raises ``Forbidden``, ``NotFound``."""
    client = client_or_fail(work, client_id)
    past = work.assignments.of_client(client.id)
    if not any(staff.id in (one.to_id, one.from_id) for one in past):
        check_sees(work, staff, client)
    return client
