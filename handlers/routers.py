"""All routers, in the order in which they are asked; commands first, what is written for clients last."""

from collections.abc import Callable

from aiogram import Dispatcher

from handlers import browse, conversation, duty, offers, pipeline, replies
from handlers.dialogs import Dialogs
from screens.language import Languages


def build(languages: Languages, digest: Callable[[str], str]) -> Dispatcher:
    """The dispatcher of the staff bot. ``digest`` hashes invitation tokens as they are stored."""
    dispatcher = Dispatcher(
        languages=languages, digest=digest, dialogs=Dialogs({conversation.NOTE: conversation.take_note})
    )
    dispatcher.include_routers(
        duty.setup(),
        offers.setup(),
        conversation.setup(),
        browse.setup(),
        pipeline.setup(),
        replies.setup(),
        duty.setup_last(),
    )
    return dispatcher
