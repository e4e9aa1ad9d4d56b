"""/write PHONE: somebody is written to who has not written to us. They become a client of whoever writes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sales import outbox
from sales.channels import Channel, ChannelState, FirstMessage
from sales.clients import SHUT, Client, Conversation, Identity, IdentityKind
from sales.errors import Forbidden, Invalid, NotFound, OfferGone
from sales.ids import ChannelId, ClientId, StaffId, later
from sales.ports import Work
from sales.ports.people import Dialog
from sales.rights import WRITERS, may_see, takes_clients
from sales.staff import Role, Staff
from sales.use_cases.accept import accept_offer
from sales.use_cases.owning import Why, take
from sales.use_cases.saying import Saying, say
from sales.use_cases.talk import FIRST_ALBUM, StaffPost
from sales.use_cases.team_lookup import client_or_fail, home_channel, managers_or_admins, role_of
from sales.use_cases.viewing import open_view
from sales.use_cases.watching import watch
from sales.views.places import place_of

FIRST_TEXT = "first_text"
"""The dialog that waits for the first message."""
FIRST_CHANNEL = "first_channel"
"""The one in which they choose where to write."""
ASK_ABOUT = "ask_about"
"""The one that lets them ask whose client it is: they know the phone, and nothing else."""
FORM_SECONDS = 3600

Ways = Callable[[Channel], FirstMessage]
"""How somebody may be written to first on a channel."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """``phones`` are one number in every form it may be filed under, the main one first; ``address`` on the platform.

    ``windowed``: the platform lets staff write freely only once they have answered.
    """

    channel_id: ChannelId
    phones: tuple[str, ...]
    address: str
    windowed: bool

    def to_data(self) -> Mapping[str, str]:
        facts = {"channel": str(self.channel_id), "address": self.address, "windowed": "1" if self.windowed else ""}
        return {**facts, "phones": json.dumps(self.phones)}

    @classmethod
    def from_data(cls, data: Mapping[str, str]) -> "Newcomer":
        phones = tuple(json.loads(data["phones"]))
        return cls(ChannelId(int(data["channel"])), phones, data["address"], bool(data["windowed"]))


def known_by(work: Work, phones: Sequence[str]) -> ClientId | None:
    return work.clients.find([Identity(IdentityKind.PHONE, phone) for phone in phones])


def channels_for(work: Work, staff: Staff, ways: Ways) -> Sequence[Channel]:
    """Where this person may write first. Raises ``Forbidden`` for who may write nowhere, ``Invalid``."""
    writable = [channel for channel in work.channels.list() if role_of(work, staff, channel.id) in WRITERS]
    if not writable:
        raise Forbidden("rep")
    able = [
        channel
        for channel in writable
        if channel.state is ChannelState.ACTIVE and ways(channel) is not FirstMessage.NEVER
    ]
    if not able:
        raise Invalid("no_first_channel")
    return able


def only_channel(work: Work, staff: Staff, phones: Sequence[str], ways: Ways) -> Channel | None:
    """``None``: they are known, or there is a choice; ``begin`` says what then. Raises as ``channels_for``."""
    if known_by(work, phones) is not None:
        return None
    found = channels_for(work, staff, ways)
    return found[0] if len(found) == 1 else None


def begin(work: Work, staff: Staff, phones: Sequence[str], ways: Ways) -> None:
    """A client whom they may see is opened; of another's they learn whose it is; else they choose a channel."""
    client_id = known_by(work, phones)
    if client_id is not None:
        _known(work, staff, client_or_fail(work, client_id))
        return
    found = channels_for(work, staff, ways)
    choices = json.dumps([[channel.id, channel.name, channel.kind] for channel in found], ensure_ascii=False)
    _open(work, staff, FIRST_CHANNEL, {"phones": json.dumps(phones), "choices": choices, "taps": "1"})
    work.outbox.put([outbox.notice(staff.id, "first_channel", form=work.now, sound=False)])


def _open(work: Work, staff: Staff, form: str, data: Mapping[str, str]) -> None:
    work.dialogs.set(Dialog(staff.id, form, {"mark": str(work.now), **data}, later(work.now, FORM_SECONDS)))


# --- who is known ---


def _known(work: Work, staff: Staff, client: Client) -> None:
    role = role_of(work, staff, home_channel(work, client.id))
    work.audit.add("write", f"client:{client.id}", staff_id=staff.id)
    if role not in WRITERS:
        raise Forbidden("rep")
    if client.owner_id is None and role is Role.REP and not _becomes_theirs(work, staff, client):
        _say_whose(work, staff, client)
        return
    client = client_or_fail(work, client.id)
    if not may_see(staff, role, client):
        _say_whose(work, staff, client)
        return
    if client.owner_id == staff.id:
        open_view(work, staff.id, client, sound=False)
    else:
        watch(work, staff, client.id)
    work.outbox.put([outbox.notice(staff.id, "write_here", client.id, sound=True)])


def _becomes_theirs(work: Work, staff: Staff, client: Client) -> bool:
    """Nobody's client: as if they had tapped Accept, if they are asked; or if nobody is being asked.

    Not one of whom a manager said that they are no client, nor while it is looked up whose they are.
    """
    offer = work.offers.open_of([client.id]).get(client.id)
    if offer is None:
        return (
            client.not_client_at is None
            and _may_take(work, staff, home_channel(work, client.id))
            and take(work, client, staff.id, Why("wrote_first", staff.id), None, sound=False)
        )
    try:
        accept_offer(work, staff, offer.id)
    except (Forbidden, OfferGone):
        return False
    return True


def _may_take(work: Work, staff: Staff, channel_id: ChannelId) -> bool:
    """A manager may at any time; a rep while they receive new clients."""
    role = role_of(work, staff, channel_id)
    return role is Role.MANAGER or (
        role is Role.REP and takes_clients(staff, work.staff.channel_role(staff.id, channel_id))
    )


def _say_whose(work: Work, staff: Staff, client: Client) -> None:
    """The owner's name, and nothing of the client."""
    _open(work, staff, ASK_ABOUT, {"client": str(client.id), "taps": "1"})
    row = outbox.notice(staff.id, "write_anothers", to=client.owner_id, asked=client.id, sound=False)
    work.outbox.put([row])


def ask_about(work: Work, staff: Staff, client_id: ClientId, *, manager: bool) -> bool:
    """[Ask Boris], [Ask a manager]: only about whom they could name, and once. False: there is nobody to be asked.

    Raises ``NotFound``.
    """
    dialog = work.dialogs.get(staff.id)
    if dialog is None or dialog.kind != ASK_ABOUT or dialog.data["client"] != str(client_id):
        raise NotFound("dialog")
    whom = "manager" if manager else "owner"
    asked = _whom_to_ask(work, staff, client_id, manager=manager)
    if asked and whom not in dialog.data:
        work.dialogs.set(replace(dialog, data={**dialog.data, whom: "asked"}))
        rows = [
            outbox.notice(one, "asked_for_client", about_client=client_id, by=staff.id, sound=True) for one in asked
        ]
        work.outbox.put(rows)
    return bool(asked)


def _whom_to_ask(work: Work, staff: Staff, client_id: ClientId, *, manager: bool) -> Sequence[StaffId]:
    if manager:
        found = managers_or_admins(work, home_channel(work, client_id))
        return [one.id for one in found if one.id != staff.id]
    owner_id = client_or_fail(work, client_id).owner_id
    return [owner_id] if owner_id is not None else []


# --- who is not ---


def first_form(work: Work, staff: Staff, mark: int) -> Sequence[str]:
    """The phones of the form in which they choose a channel. Raises ``NotFound``."""
    dialog = work.dialogs.get(staff.id)
    if dialog is None or dialog.kind != FIRST_CHANNEL or dialog.data["mark"] != str(mark):
        raise NotFound("dialog")
    return tuple(json.loads(dialog.data["phones"]))


def ask_first_text(work: Work, staff: Staff, newcomer: Newcomer) -> None:
    """Raises what ``first_client`` would."""
    _check_new(work, staff, newcomer)
    _open(work, staff, FIRST_TEXT, newcomer.to_data())
    work.outbox.put([outbox.notice(staff.id, "first_text", form=work.now, sound=False)])


def take_first_text(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """The answer to "write the first message now"; the parts of its album follow (``talk.FIRST_ALBUM``)."""
    client, conversation = first_client(work, staff, Newcomer.from_data(dialog.data))
    if post.album is None:
        work.dialogs.clear(staff.id)
    else:
        _open(work, staff, FIRST_ALBUM, {"client": str(client.id), "album": post.album, "taps": "1"})
    flat = place_of(work, staff.id, client.id)
    saying = Saying(post.content, post.post_id, post.thread_id, post.album)
    say(work, staff, client, conversation, saying, author_too=flat is not None and not flat.flat)


def _check_new(work: Work, staff: Staff, newcomer: Newcomer) -> Channel:
    channel = work.channels.get(newcomer.channel_id)
    if channel is None or channel.state is not ChannelState.ACTIVE:
        raise NotFound("channel")
    if role_of(work, staff, channel.id) not in WRITERS:
        raise Forbidden("rep")
    if not _may_take(work, staff, channel.id):
        raise Forbidden("eligible")
    key = (channel.id, newcomer.address)
    if known_by(work, newcomer.phones) is not None or key in work.conversations.by_address([key]):
        raise Invalid("client_by_now")
    return channel


def first_client(work: Work, staff: Staff, newcomer: Newcomer) -> tuple[Client, Conversation]:
    """A new client, theirs from the start, with their lead. Raises ``Forbidden``, ``NotFound``, ``Invalid``."""
    channel = _check_new(work, staff, newcomer)
    phone = newcomer.phones[0]
    client = work.clients.add(phone, [Identity(IdentityKind.PHONE, phone)], None, None)
    until = SHUT if newcomer.windowed else None
    conversation = work.conversations.add(client.id, channel.id, newcomer.address, until)
    work.audit.add("write", f"client:{client.id}", "new", staff_id=staff.id)
    take(work, client, staff.id, Why("wrote_first", staff.id), None, sound=False)
    return replace(client, owner_id=staff.id), conversation
