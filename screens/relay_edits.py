"""A message that was edited or deleted: its post says so, the words stay."""

from dataclasses import replace

from sales.messages import MEDIA_KINDS, MessageKind
from sales.outbox import Dropped, Outcome, Row, Sent
from sales.topics import CopyKind
from sales.views.relays import ChangeView, change_view
from screens.contents import kind_words, missing, unsupported
from screens.desk import NO_VIEW, Desk, client_id_of, message_id_of, needs_topic, staff_id_of
from screens.failures import NotEditable, PostGone, Refusal
from screens.language import Language
from screens.media import sendable
from screens.post import CAPTION_LIMIT, Post
from screens.said import Told, Words, back, words
from screens.utf16 import units


async def send_relay_edit(desk: Desk, row: Row) -> Outcome:
    client_id = client_id_of(row)
    if client_id is None:
        raise ValueError("a change needs client_id")
    view = await desk.read(lambda work: change_view(work, staff_id_of(row), client_id, message_id_of(row)))
    if view is None:
        return NO_VIEW
    if view.copy.kind is CopyKind.OWN:
        return Dropped("their own post")
    said = _words(desk, desk.language(view.place.staff), view)
    if await _edited(desk, view, said):
        return Sent((str(view.copy.post_id),))
    return await _reply(desk, row, view)


def _words(desk: Desk, language: Language, view: ChangeView) -> Words:
    told = Told(view.part.message, view.client, view.author, view.place.staff, view.place.flat)
    content = view.part.message.content
    if content.kind is MessageKind.UNSUPPORTED:
        line = unsupported(language, content)
    elif content.kind in MEDIA_KINDS and sendable(desk.media, view.part) is None:
        line = missing(language, content, view.part.media)
    else:
        return words(language, told, content.text, content.entities)
    return words(language, told, f"{line}\n{content.text}" if content.text else line)


async def _edited(desk: Desk, view: ChangeView, said: Words) -> bool:
    """False where Telegram can't: a sticker has no words, a post may be gone, a caption too long."""
    chat_id, post_id = view.place.staff.telegram_id, view.copy.post_id
    post = Post(said.text, said.entities)
    if not view.copy.media:
        edits = (desk.telegram.edit, desk.telegram.edit_caption)
    elif units(said.text) > CAPTION_LIMIT:
        edits = (desk.telegram.edit, desk.telegram.edit)
    else:
        edits = (desk.telegram.edit_caption, desk.telegram.edit)
    for edit in edits:
        try:
            await edit(chat_id, post_id, post)
        except NotEditable:
            continue
        except (PostGone, Refusal):
            return False
        return True
    return False


async def _reply(desk: Desk, row: Row, view: ChangeView) -> Outcome:
    """The change as a line of its own, under the post if it still stands."""
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    language = desk.language(view.place.staff)
    message = view.part.message
    told = Told(message, view.client, view.author, view.place.staff, view.place.flat)
    if message.deleted_at is not None or not message.content.text:
        told = replace(told, message=replace(message, deleted_at=None, edited_at=None))
        said = words(language, told, f"{_became(language, view)}: {_what(language, view)}")
    else:
        said = words(language, told, message.content.text, message.content.entities)
    post_id = await desk.telegram.send(view.place, Post(said.text, said.entities, reply_to=view.copy.post_id))
    return Sent((str(post_id),), {"client_id": view.client.id, "message_id": message.id})


def _became(language: Language, view: ChangeView) -> str:
    return back(language, Told(view.part.message, view.client, view.author, view.place.staff, view.place.flat))


def _what(language: Language, view: ChangeView) -> str:
    content = view.part.message.content
    return content.text if content.kind is MessageKind.TEXT else kind_words(language, content)
