"""All routers, in the order in which they are asked; commands first, what is written for clients last."""

from collections.abc import Callable

from aiogram import Dispatcher

from handlers import browse, conversation, duty, offers, pipeline, replies, team
from handlers.dialogs import Dialogs
from screens.language import Languages
from screens.telegram import StaffTelegram


def build(languages: Languages, digest: Callable[[str], str], telegram: StaffTelegram) -> Dispatcher:
    """The dispatcher of the staff bot. ``digest`` hashes invitation tokens as they are stored."""
    dispatcher = Dispatcher(
        languages=languages,
        digest=digest,
        telegram=telegram,
        dialogs=Dialogs({conversation.NOTE: conversation.take_note}),
    )
    dispatcher.include_routers(
        duty.setup(),
        offers.setup(),
        conversation.setup(),
        browse.setup(),
        team.setup(),
        pipeline.setup(),
        replies.setup(),
        duty.setup_last(),
    )
    return dispatcher
