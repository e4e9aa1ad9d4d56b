"""All routers, in the order in which they are asked; commands first, what is written for clients last."""

from collections.abc import Callable

from aiogram import Dispatcher

from channels.kinds import Addresses
from handlers import browse, channels, conversation, duty, offers, pipeline, replies, team, tokens
from handlers.dialogs import Dialogs
from sales.use_cases import channel_setup
from sales.use_cases.talk import NOTE
from screens.language import Languages
from screens.telegram import StaffTelegram


def build(
    languages: Languages, digest: Callable[[str], str], telegram: StaffTelegram, addresses: Addresses
) -> Dispatcher:
    """The dispatcher of the staff bot. ``digest`` hashes invitation tokens; ``addresses`` say where platforms are."""
    dispatcher = Dispatcher(
        disable_fsm=True,  # dialogs are rows
        languages=languages,
        digest=digest,
        telegram=telegram,
        addresses=addresses,
        dialogs=Dialogs(
            {
                NOTE: conversation.take_note,
                channel_setup.TOKEN_FORM: channel_setup.take_no_token,
                channel_setup.NAME_FORM: channel_setup.take_name,
            }
        ),
    )
    dispatcher.include_routers(
        tokens.setup(),
        duty.setup(),
        offers.setup(),
        conversation.setup(),
        browse.setup(),
        team.setup(),
        channels.setup(),
        pipeline.setup(),
        replies.setup(),
        duty.setup_last(),
    )
    return dispatcher
