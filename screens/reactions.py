"""The client's reaction, shown as the bot's on the post; as a line where Telegram has no such reaction."""

from sales.outbox import Dropped, Outcome, Row, Sent
from sales.use_cases.row_payload import client_of, message_of, staff_of
from sales.views.reactions import ReactionView, reaction_view
from screens.clients import name_of
from screens.desk import NO_VIEW, Desk, needs_topic, thread_fact
from screens.failures import PostGone, Refusal
from screens.post import Post


async def send_reaction(desk: Desk, row: Row) -> Outcome:
    client_id = client_of(row)
    if client_id is None:
        raise ValueError("a reaction needs client_id")
    view = await desk.read(lambda work: reaction_view(work, staff_of(row), client_id, message_of(row)))
    if view is None:
        return NO_VIEW
    try:
        await desk.telegram.react(view.place.staff.telegram_id, view.post_id, view.reaction)
    except PostGone:
        return Dropped("the post is gone")
    except Refusal as refusal:
        if refusal.code != "bad_request" or view.reaction is None:
            raise
        return await _say(desk, row, view, view.reaction)
    return Sent()


async def _say(desk: Desk, row: Row, view: ReactionView, reaction: str) -> Outcome:
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    language = desk.language(view.place.staff)
    line = language.t("{name} reacted with {emoji}", name=name_of(language, view.client), emoji=reaction)
    post_id = await desk.telegram.send(view.place, Post(line, reply_to=view.post_id))
    return Sent((str(post_id),), {"client_id": view.client.id, **thread_fact(view.place)})
