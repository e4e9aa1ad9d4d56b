"""What a tap says: a short verb and ids, at most 64 bytes. Shared by those who draw buttons and those who hear them.

Ids only, never a right: whoever taps is checked in the use case. Values must not contain ``:``.
"""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

Number = Annotated[int, Field(ge=0, lt=2**63)]
"""What a database takes for an id: a made-up one beyond it is no button of ours."""

# Offers.


class Accept(CallbackData, prefix="ac"):
    offer: Number


class NotClient(CallbackData, prefix="nc"):
    """A rep hides their card and asks a manager; a manager settles it."""

    offer: Number


class SettleNotClient(CallbackData, prefix="sn"):
    """A manager's word on "Not a client": ``client`` false means it is none."""

    offer: Number
    client: bool


class UndoNotClient(CallbackData, prefix="un"):
    client: Number


# A client.


class OpenClient(CallbackData, prefix="op"):
    """Bring the conversation into this chat."""

    client: Number


class ShowStages(CallbackData, prefix="st"):
    client: Number


class SetStage(CallbackData, prefix="ss"):
    """``stage`` is the position in the lead's pipeline: a CRM's own ids may be long."""

    lead: Number
    stage: Number


class ShowTransfer(CallbackData, prefix="tr"):
    client: Number


class TransferTo(CallbackData, prefix="tt"):
    client: Number
    staff: Number


class AddNote(CallbackData, prefix="no"):
    client: Number


class CloseClient(CallbackData, prefix="cl"):
    client: Number


class ReopenClient(CallbackData, prefix="ro"):
    client: Number


class Earlier(CallbackData, prefix="ea"):
    """Messages of a client before ``before`` (0: before the oldest one shown)."""

    client: Number
    before: Number


class ContinueOn(CallbackData, prefix="go"):
    """Write to the client where this conversation stands, from now on."""

    conversation: Number


class NoReplyNeeded(CallbackData, prefix="nr"):
    client: Number


class AskOwner(CallbackData, prefix="ao"):
    client: Number


class WhoMayWrite(CallbackData, prefix="wm"):
    client: Number


class ChooseClient(CallbackData, prefix="ch"):
    """Whom ``post`` is meant for, that was written outside every topic."""

    client: Number
    post: Number


# Two clients who may be one person.


class SamePerson(CallbackData, prefix="mj"):
    """``keep``: the client whose owner keeps both."""

    proposal: Number
    keep: Number


class NotSamePerson(CallbackData, prefix="mn"):
    proposal: Number


class AskDeciders(CallbackData, prefix="mw"):
    """Nobody could decide it; somebody may by now."""

    proposal: Number


class UndoMerge(CallbackData, prefix="mu"):
    merge: Number


# Messages on their way.


class RetryMessage(CallbackData, prefix="rm"):
    message: Number


class SendStale(CallbackData, prefix="ns"):
    message: Number


class DropMessage(CallbackData, prefix="dm"):
    message: Number


class SendRest(CallbackData, prefix="sr"):
    """What was held up behind a message that failed."""

    message: Number


class DropRest(CallbackData, prefix="dr"):
    message: Number


class SendHeld(CallbackData, prefix="sh"):
    """What was held while the client could not be written to."""

    message: Number


class DropHeld(CallbackData, prefix="dh"):
    message: Number


# Templates, and whom to write to first.


class UseTemplate(CallbackData, prefix="ut"):
    """The approved templates for this client's channel."""

    client: Number


class PickTemplate(CallbackData, prefix="kt"):
    """``number`` is its place in the list. ``form`` names the form that is open: an older one's buttons do nothing."""

    form: Number
    number: Number


class TurnTemplates(CallbackData, prefix="kn"):
    form: Number
    page: Number


class SendTemplate(CallbackData, prefix="ks"):
    form: Number


class CancelForm(CallbackData, prefix="kc"):
    form: Number


class WriteOn(CallbackData, prefix="kw"):
    """The channel of a first message."""

    form: Number
    channel: Number


class AskAbout(CallbackData, prefix="ka"):
    """A client of whom they know the phone alone: ask the owner, or a manager."""

    client: Number
    manager: bool


# Pages.


class Turn(CallbackData, prefix="p"):
    """Show the page ``name`` in place of the post with the button. ``args`` are the page's own, without ``:``."""

    name: str
    args: str = ""


class Nothing(CallbackData, prefix="x"):
    """A button that only says something."""


class Watch(CallbackData, prefix="wa"):
    """Open a client's conversation in one's own chat, without owning them."""

    client: Number


class StopWatching(CallbackData, prefix="sw"):
    client: Number


# The team. ``role`` is a role's name, ``none`` for no role; numbers are staff members.


class SetRole(CallbackData, prefix="rl"):
    staff: Number
    role: str


class SetSwitch(CallbackData, prefix="wi"):
    """The switch "receives new clients"."""

    staff: Number
    on: bool


class SetAdmin(CallbackData, prefix="ad"):
    staff: Number
    on: bool


class RemovePerson(CallbackData, prefix="rp"):
    """``heir`` gets their clients; 0: they are offered again."""

    staff: Number
    heir: Number


class InviteAs(CallbackData, prefix="iv"):
    role: str
    admin: bool


# Channels. ``setup``: the page is a step of the set-up, and the next step follows.


class NewChannel(CallbackData, prefix="cn"):
    """Ask for what a channel of this kind needs."""

    kind: str


class NewToken(CallbackData, prefix="ct"):
    channel: Number


class GoOnAnyway(CallbackData, prefix="cg"):
    """The warning about a channel of this kind was read."""

    kind: str


class AskField(CallbackData, prefix="ca"):
    """Another answer in the form about an account. ``field`` is its name."""

    field: str


class UseDefault(CallbackData, prefix="cu"):
    """The answer that is offered."""

    field: str


class TryAgain(CallbackData, prefix="cy"):
    """Ask the platform once more about the account of the form."""


class LinkPhone(CallbackData, prefix="cm"):
    """Show the code by which a phone is linked."""

    channel: Number
    setup: bool


class UsePhoneCode(CallbackData, prefix="cc"):
    """A code to type into the phone instead."""

    channel: Number


class LeaveForm(CallbackData, prefix="lf"):
    """Another page; what is written from now on is no answer to this form."""

    name: str
    args: str = ""


class RenameChannel(CallbackData, prefix="cb"):
    channel: Number
    setup: bool


class KeepName(CallbackData, prefix="ck"):
    channel: Number
    setup: bool


class SetDistribution(CallbackData, prefix="cw"):
    channel: Number
    way: str
    setup: bool


class SetPlace(CallbackData, prefix="cp"):
    """``pipeline`` and ``stage`` are positions: a CRM's own ids may be long."""

    channel: Number
    pipeline: Number
    stage: Number
    setup: bool


class SetDelay(CallbackData, prefix="cd"):
    """``seconds`` 0: the step is left out."""

    channel: Number
    step: str
    seconds: Number


class PauseChannel(CallbackData, prefix="cz"):
    channel: Number
    paused: bool


class RemoveChannel(CallbackData, prefix="cx"):
    channel: Number


class SetMemberRole(CallbackData, prefix="co"):
    """``role`` on this channel: a role's name, ``inherit`` or ``no_access``."""

    channel: Number
    staff: Number
    role: str
    setup: bool


class SetMemberSwitch(CallbackData, prefix="cr"):
    """``value`` of "receives new clients" on this channel: ``on``, ``off``, ``inherit``. ``back`` to the list."""

    channel: Number
    staff: Number
    value: str
    setup: bool
    back: bool


class FinishSetup(CallbackData, prefix="cf"):
    channel: Number


class TryChannel(CallbackData, prefix="te"):
    channel: Number


class EndTest(CallbackData, prefix="tx"):
    """Of the one who taps."""


class ShowLink(CallbackData, prefix="cq"):
    channel: Number


class ClosePost(CallbackData, prefix="px"):
    """Take the post with the button away."""
