"""The client's card at the top of a topic."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.channels import Channel
from sales.clients import Client, Identity, IdentityKind
from sales.ids import ChannelId, ClientId, Moment, StaffId
from sales.leads import Lead, LeadState
from sales.messages import Direction, Message
from sales.ports import Work
from sales.rights import WRITERS, role_on
from sales.staff import Role
from sales.topics import Topic
from sales.views.places import Place, place_of

RECENT = 20
"""How far back the last message of ours is looked for."""


@dataclass(frozen=True, slots=True)
class HeaderView:
    """``lead`` is its number in the CRM. ``writes``: this person may answer, so they get the buttons to act.

    ``window_until`` as of the conversation that the client wrote to last.
    """

    place: Place
    topic: Topic
    client: Client
    owner: str | None
    owned_by_reader: bool
    channel: Channel | None
    unreachable: str | None
    lead: str | None
    stage: str | None
    pending: bool
    last_out: Message | None
    phone: str | None
    writes: bool
    now: Moment
    window_until: Moment | None = None


def header_view(work: Work, staff_id: StaffId, client_id: ClientId) -> HeaderView | None:
    """``None`` when the view was withdrawn."""
    place = place_of(work, staff_id, client_id)
    client = work.clients.get(client_id)
    if place is None or not place.seen or place.topic is None or client is None:
        return None
    conversations = work.conversations.of_client(client_id)
    channel = work.channels.get(conversations[0].channel_id) if conversations else None
    owner = work.staff.get(client.owner_id) if client.owner_id is not None else None
    lead = work.leads.newest_open(client_id)
    role = _role(work, place, channel.id) if channel is not None else None
    return HeaderView(
        place,
        place.topic,
        client,
        owner.name if owner is not None else None,
        client.owner_id == staff_id,
        channel,
        conversations[0].unreachable if conversations else None,
        lead.external_id if lead is not None else None,
        _stage(work, lead),
        lead is not None and lead.state is LeadState.WANTED,
        _last_out(work.messages.of_client(client_id, RECENT)),
        _phone(work.clients.identities(client_id)),
        role is Role.MANAGER or (client.owner_id == staff_id and (role in WRITERS or client.test_for == staff_id)),
        work.now,
        conversations[0].window_until if conversations else None,
    )


def _role(work: Work, place: Place, channel_id: ChannelId) -> Role | None:
    return role_on(place.staff, work.staff.channel_role(place.staff.id, channel_id))


def _stage(work: Work, lead: Lead | None) -> str | None:
    """Its name, in the CRM inside; stages of outside CRMs are known to their adapters alone."""
    crm = work.crms.get(lead.crm_id) if lead is not None else None
    if lead is None or lead.stage_id is None or crm is None or not crm.inside:
        return None
    stages = (stage for pipeline in work.deals.pipelines() for stage in pipeline.stages)
    return next((stage.name for stage in stages if stage.id == lead.stage_id), None)


def _last_out(messages: Sequence[Message]) -> Message | None:
    out = [m for m in messages if m.direction is Direction.OUT and m.deleted_at is None]
    return out[-1] if out else None


def _phone(identities: Sequence[Identity]) -> str | None:
    return next((identity.value for identity in identities if identity.kind is IdentityKind.PHONE), None)
