"""The form about an account goes on: answers are taken, and when all are there the platform is asked who this is.

It is asked between two transactions, so nothing waits for it.
"""

import asyncio
from collections.abc import Mapping, Sequence

from channels.kinds import Addresses, Kind, NotIdentified
from channels.registry import KINDS
from handlers.act import Act
from sales.channels import Field
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId, PostId
from sales.ports import Work
from sales.ports.channels import Account
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_connect import ConnectChannel, connect_channel
from sales.use_cases.channel_form import (
    ACCOUNT_FORM,
    AskForAccount,
    ask_for_account,
    missing,
    note_failure,
    open_form,
    take_answer,
)
from sales.use_cases.channels import channel_or_fail
from sales.use_cases.talk import StaffPost

PATIENCE = 10.0
"""Seconds a platform has to say whose account it is."""


def kind_of(name: str) -> Kind:
    """Raises ``NotFound``."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound("channel")
    return kind


def fields_of(form: Dialog) -> Sequence[Field]:
    return kind_of(form.data["kind"]).fields


def ask(work: Work, staff: Staff, kind: str, page: PostId | None) -> None:
    """For a new channel."""
    ask_for_account(work, staff, AskForAccount(kind, kind_of(kind).fields), page)


def ask_anew(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None) -> None:
    """For fresh secrets of a channel that is there."""
    kind = channel_or_fail(work, channel_id).kind
    ask_for_account(work, staff, AskForAccount(kind, kind_of(kind).fields, channel_id), page)


def account_form(work: Work, staff: Staff) -> Dialog:
    """Raises ``NotFound``."""
    form = open_form(work, staff.id, ACCOUNT_FORM)
    if form is None:
        raise NotFound("dialog")
    return form


def take_written(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """An answer, as ``Dialogs`` knows them."""
    take_answer(work, staff, fields_of(dialog), post.post_id, post.content.text)


class Connecting:
    """``staff_account`` is the key of the staff bot itself, which is nobody's channel."""

    def __init__(self, addresses: Addresses, staff_account: str) -> None:
        self._addresses = addresses
        self._staff_account = staff_account

    async def go_on(self, act: Act) -> None:
        """If nothing is missing any more. Raises ``Invalid`` where the page does not say why it can't be connected."""
        form = await act.look(lambda work, staff: open_form(work, staff.id, ACCOUNT_FORM))
        if form is None or missing(form, fields_of(form)) is not None:
            return
        kind = kind_of(form.data["kind"])
        try:
            account = await identify(kind, form.secrets, self._addresses)
            command = ConnectChannel(account, self._staff_account, kind.afterwards)
            await act.do(lambda work, staff: connect_channel(work, staff, command))
        except Invalid as invalid:
            problem = invalid.problem
            if not await act.do(lambda work, staff: note_failure(work, staff, kind.fields, problem)):
                raise


async def identify(kind: Kind, secrets: Mapping[str, str], addresses: Addresses) -> Account:
    """Raises ``Invalid`` with what is wrong."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await kind.identify(secrets, addresses)
    except NotIdentified as error:
        raise Invalid(error.code) from None
    except TimeoutError:
        raise Invalid("unreachable") from None
