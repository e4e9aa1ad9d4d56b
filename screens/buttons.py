"""What a tap says: a short verb and ids, at most 64 bytes. Shared by those who draw buttons and those who hear them.

Ids only, never a right: whoever taps is checked in the use case. Values must not contain ``:``.
"""

from aiogram.filters.callback_data import CallbackData

# Offers.


class Accept(CallbackData, prefix="ac"):
    offer: int


class NotClient(CallbackData, prefix="nc"):
    """A rep hides their card and asks a manager; a manager settles it."""

    offer: int


class SettleNotClient(CallbackData, prefix="sn"):
    """A manager's word on "Not a client": ``client`` false means it is none."""

    offer: int
    client: bool


class UndoNotClient(CallbackData, prefix="un"):
    client: int


# A client.


class OpenClient(CallbackData, prefix="op"):
    """Bring the conversation into this chat."""

    client: int


class ShowStages(CallbackData, prefix="st"):
    client: int


class SetStage(CallbackData, prefix="ss"):
    """``stage`` is the position in the lead's pipeline: a CRM's own ids may be long."""

    lead: int
    stage: int


class ShowTransfer(CallbackData, prefix="tr"):
    client: int


class TransferTo(CallbackData, prefix="tt"):
    client: int
    staff: int


class AddNote(CallbackData, prefix="no"):
    client: int


class CloseClient(CallbackData, prefix="cl"):
    client: int


class ReopenClient(CallbackData, prefix="ro"):
    client: int


class Earlier(CallbackData, prefix="ea"):
    """Messages of a client before ``before`` (0: before the oldest one shown)."""

    client: int
    before: int


class NoReplyNeeded(CallbackData, prefix="nr"):
    client: int


class AskOwner(CallbackData, prefix="ao"):
    client: int


class WhoMayWrite(CallbackData, prefix="wm"):
    client: int


class ChooseClient(CallbackData, prefix="ch"):
    """Whom a text is meant for, that was written outside every topic."""

    client: int


# Messages on their way.


class RetryMessage(CallbackData, prefix="rm"):
    message: int


class SendStale(CallbackData, prefix="ns"):
    message: int


class DropMessage(CallbackData, prefix="dm"):
    message: int


class SendRest(CallbackData, prefix="sr"):
    """What was held up behind a message that failed."""

    message: int


class DropRest(CallbackData, prefix="dr"):
    message: int


# Pages.


class Turn(CallbackData, prefix="p"):
    """Show the page ``name`` in place of the post with the button. ``args`` are the page's own, without ``:``."""

    name: str
    args: str = ""


class Nothing(CallbackData, prefix="x"):
    """A button that only says something."""


class Watch(CallbackData, prefix="wa"):
    """Open a client's conversation in one's own chat, without owning them."""

    client: int


class StopWatching(CallbackData, prefix="sw"):
    client: int


# The team. ``role`` is a role's name, ``none`` for no role; numbers are staff members.


class SetRole(CallbackData, prefix="rl"):
    staff: int
    role: str


class SetSwitch(CallbackData, prefix="wi"):
    """The switch "receives new clients"."""

    staff: int
    on: bool


class SetAdmin(CallbackData, prefix="ad"):
    staff: int
    on: bool


class RemovePerson(CallbackData, prefix="rp"):
    """``heir`` gets their clients; 0: they are offered again."""

    staff: int
    heir: int


class InviteAs(CallbackData, prefix="iv"):
    role: str
    admin: bool


# Channels. ``setup``: the page is a step of the set-up, and the next step follows.


class NewChannel(CallbackData, prefix="cn"):
    """Ask for the token of a channel of this kind."""

    kind: str


class NewToken(CallbackData, prefix="ct"):
    channel: int


class LeaveForm(CallbackData, prefix="lf"):
    """Another page; what is written from now on is no answer to this form."""

    name: str
    args: str = ""


class RenameChannel(CallbackData, prefix="cb"):
    channel: int


class KeepName(CallbackData, prefix="ck"):
    channel: int
    setup: bool


class SetDistribution(CallbackData, prefix="cw"):
    channel: int
    way: str
    setup: bool


class SetPlace(CallbackData, prefix="cp"):
    """``pipeline`` and ``stage`` are positions: a CRM's own ids may be long."""

    channel: int
    pipeline: int
    stage: int
    setup: bool


class SetDelay(CallbackData, prefix="cd"):
    """``seconds`` 0: the step is left out."""

    channel: int
    step: str
    seconds: int


class PauseChannel(CallbackData, prefix="cz"):
    channel: int
    paused: bool


class RemoveChannel(CallbackData, prefix="cx"):
    channel: int


class SetMemberRole(CallbackData, prefix="co"):
    """``role`` on this channel: a role's name, ``inherit`` or ``no_access``."""

    channel: int
    staff: int
    role: str
    setup: bool


class SetMemberSwitch(CallbackData, prefix="cr"):
    """``value`` of "receives new clients" on this channel: ``on``, ``off``, ``inherit``. ``back`` to the list."""

    channel: int
    staff: int
    value: str
    setup: bool
    back: bool


class FinishSetup(CallbackData, prefix="cf"):
    channel: int


class TryChannel(CallbackData, prefix="te"):
    channel: int


class EndTest(CallbackData, prefix="tx"):
    """Of the one who taps."""


class ShowLink(CallbackData, prefix="cq"):
    channel: int


class ClosePost(CallbackData, prefix="px"):
    """Take the post with the button away."""
