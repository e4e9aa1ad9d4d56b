"""Offer cards: what the client wrote, who they are, Accept; one line once it is over."""

from aiogram.utils.formatting import Bold, Italic, Text

from sales.messages import Direction, Message
from sales.outbox import Dropped, Outcome, Row, Sent
from sales.staff import Role
from sales.use_cases.row_payload import offer_of, staff_of
from sales.views.cards import CardFace, CardView, card_view
from screens import utf16
from screens.buttons import Accept, NotClient, UndoNotClient
from screens.clients import TEST, channel_of
from screens.contents import summary
from screens.desk import Desk, needs_topic
from screens.failures import NotEditable, PostGone
from screens.language import Language
from screens.post import Button, Keyboard, Post, lines, post

WORDS_LIMIT = 3400
"""UTF-16 units for what the client wrote; the rest of a post is left to names."""

ONE_LIMIT = 1000
NAME_LIMIT = 100


async def send_card(desk: Desk, row: Row) -> Outcome:
    view = await desk.read(lambda work: card_view(work, offer_of(row), staff_of(row)))
    if view is None or (view.post_id is None and view.face is not CardFace.OPEN):
        return Dropped("nothing to show")
    rendered = render_card(desk, desk.language(view.place.staff), view)
    if view.post_id is not None:
        try:
            await desk.telegram.edit(view.place.staff.telegram_id, view.post_id, rendered)
            return Sent((str(view.post_id),))
        except (PostGone, NotEditable):
            if view.face is not CardFace.OPEN:
                return Dropped("the card was deleted")
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    post_id = await desk.telegram.send(view.place, rendered)
    return Sent((str(post_id),), {"post_id": post_id})


def render_card(desk: Desk, language: Language, view: CardView) -> Post:
    if view.face is not CardFace.OPEN:
        marked = [Bold(TEST), " "] if view.test else []
        return post(*marked, _closed(language, view), keyboard=_undo(language, view))
    name = _name(language, view)
    head = language.t("New client · {channel}", channel=channel_of(desk, view.channel))
    waits = language.t("waits {time}", time=language.waiting(view.waiting_since, view.now))
    test = Text(Bold(TEST), language.t(" · inside only")) if view.test else None
    body = lines(test, head, Text(Bold(name), " · ", waits))
    return post(body, *_words(language, view), keyboard=_buttons(language, view), sound=True)


def _name(language: Language, view: CardView) -> str:
    return utf16.cut(view.name or language.t("Client"), NAME_LIMIT)


def _closed(language: Language, view: CardView) -> str:
    name, by = _name(language, view), view.taken_by or language.t("a colleague")
    match view.face:
        case CardFace.TAKEN if view.taken_by_reader:
            return language.t("{name} · taken by you after {time}", name=name, time=language.duration(view.seconds))
        case CardFace.TAKEN:
            time = language.duration(view.seconds)
            return language.t("{name} · taken by {by} after {time}", name=name, by=by, time=time)
        case CardFace.ASSIGNED if view.taken_by_reader:
            return language.t("{name} · given to you", name=name)
        case CardFace.ASSIGNED:
            return language.t("{name} · given to {by}", name=name, by=by)
        case CardFace.NO_CLIENT:
            return language.t("{name} · not a client", name=name)
        case CardFace.PUT_ASIDE:
            return language.t("{name} · not a client, you say: a manager is asked", name=name)
        case CardFace.WITHDRAWN:
            return language.t("{name} · withdrawn", name=name)
        case _:
            return language.t("{name} · no longer offered to you", name=name)


def _words(language: Language, view: CardView) -> list[object]:
    """As many of the newest as there is room for."""
    shown: list[object] = []
    room, hidden = WORDS_LIMIT, view.earlier
    for index in range(len(view.words) - 1, -1, -1):
        line = _line(language, view, view.words[index])
        size = len(line) if isinstance(line, Text) else utf16.units(line)
        if size > room:
            hidden += index + 1
            break
        room -= size + 1
        shown[:0] = ["\n", line]
    earlier = [] if not hidden else ["\n", Italic(language.n("… {count} earlier", "… {count} earlier", hidden))]
    return ["\n", *earlier, *shown] if shown or earlier else []


def _line(language: Language, view: CardView, message: Message) -> Text | str:
    if message.deleted_at is not None:
        return Italic(language.t("🗑 deleted"))
    words = utf16.cut(summary(language, message.content), ONE_LIMIT)
    if message.direction is Direction.IN:
        return words
    who = view.authors.get(message.author_id) if message.author_id is not None else None
    return Italic(f"↪ {who or language.t('From the account')}: {words}")


def _undo(language: Language, view: CardView) -> Keyboard:
    """A manager may have settled it too fast."""
    settled = view.face is CardFace.NO_CLIENT and view.place.staff.role is Role.MANAGER
    if not settled or view.client_id is None:
        return ()
    return ((Button(language.t("It is a client"), UndoNotClient(client=view.client_id)),),)


def _buttons(language: Language, view: CardView) -> Keyboard:
    accept = Button(language.t("✅ Accept"), Accept(offer=view.offer_id), style="success")
    return ((accept, Button(language.t("Not a client"), NotClient(offer=view.offer_id))),)
