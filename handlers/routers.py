"""All routers, in the order in which they are asked; commands first, what is written for clients last."""

from collections.abc import Callable

from aiogram import Dispatcher

from channels.kinds import Addresses
from channels.lookups import Lookups
from handlers import (
    accounts,
    browse,
    channels,
    conversation,
    duty,
    merging,
    offers,
    pipeline,
    replies,
    team,
    templates,
    tokens,
)
from handlers.connecting import Connecting, take_written
from handlers.dialogs import Dialogs
from sales.use_cases import channel_form, channel_setup, first_contact, phone_link, template_form
from sales.use_cases.talk import NOTE, TEMPLATE
from screens.language import Languages
from screens.telegram import StaffTelegram


def build(
    languages: Languages,
    digest: Callable[[str], str],
    telegram: StaffTelegram,
    addresses: Addresses,
    lookups: Lookups | None = None,
) -> Dispatcher:
    """The dispatcher of the staff bot. ``digest`` hashes invitation tokens; ``addresses`` say where platforms are;
    ``lookups`` ask the connected accounts.
    """
    connecting = Connecting(addresses, str(telegram.bot.id))
    dispatcher = Dispatcher(
        disable_fsm=True,  # dialogs are rows
        languages=languages,
        digest=digest,
        telegram=telegram,
        connecting=connecting,
        lookups=lookups or Lookups(),
        dialogs=Dialogs(
            {
                NOTE: conversation.take_note,
                TEMPLATE: template_form.take_value,
                first_contact.FIRST_TEXT: first_contact.take_first_text,
                channel_form.ACCOUNT_FORM: take_written,
                channel_form.NAME_FORM: channel_setup.take_name,
                channel_form.LINK_FORM: phone_link.take_phone,
            },
            {channel_form.ACCOUNT_FORM: connecting.go_on},
        ),
    )
    dispatcher.include_routers(
        tokens.setup(),
        duty.setup(),
        offers.setup(),
        conversation.setup(),
        templates.setup(),
        merging.setup(),
        browse.setup(),
        team.setup(),
        channels.setup(),
        accounts.setup(),
        pipeline.setup(),
        replies.setup(),
        duty.setup_last(),
    )
    return dispatcher
