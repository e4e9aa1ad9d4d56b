"""A message that was edited or deleted: its post says so, the words stay."""

from dataclasses import replace

from sales.ids import PostId
from sales.messages import MEDIA_KINDS, MediaState, MessageKind
from sales.outbox import Dropped, Outcome, Retry, Row, Sent
from sales.topics import CopyKind
from sales.use_cases.row_payload import client_of, message_of, staff_of
from sales.views.relays import ChangeView, change_view
from screens import utf16
from screens.contents import kind_words, missing, unsupported
from screens.desk import NO_VIEW, Desk, Facts, needs_topic, thread_fact
from screens.failures import NotEditable, PostGone, Refusal
from screens.language import Language
from screens.media import REPLACEABLE, sendable
from screens.parts import Letter, Speaker, send_part
from screens.post import CAPTION_LIMIT, TEXT_LIMIT, Post
from screens.relays import FILE_ATTEMPTS, FILE_SECONDS
from screens.said import Told, Words, back, words


async def send_relay_edit(desk: Desk, row: Row) -> Outcome:
    client_id = client_of(row)
    if client_id is None:
        raise ValueError("a change needs client_id")
    view = await desk.read(lambda work: change_view(work, staff_of(row), client_id, message_of(row)))
    if view is None:
        return NO_VIEW
    if view.copy.kind is CopyKind.OWN:
        return Dropped("their own post")
    if view.replaced or row.payload.get("late_file"):
        return await _replace_file(desk, row, view)
    said = _words(desk, desk.language(view.place.staff), view)
    if await _edited(desk, view, said):
        return Sent((str(view.copy.post_id),))
    return await _reply(desk, row, view)


def _told(view: ChangeView) -> Told:
    return Told(view.part.message, view.client, view.author, view.place.staff, view.place.flat)


def _words(desk: Desk, language: Language, view: ChangeView) -> Words:
    content = view.part.message.content
    if content.kind in (MessageKind.UNSUPPORTED, MessageKind.CALL):
        line = unsupported(language, content)
    elif content.kind in MEDIA_KINDS and sendable(desk.media, view.part) is None:
        line = missing(language, content, view.part.media)
    else:
        return words(language, _told(view), content.text, content.entities)
    return words(language, _told(view), f"{line}\n{content.text}" if content.text else line)


async def _edited(desk: Desk, view: ChangeView, said: Words) -> bool:
    """False where Telegram can't: a sticker has no words, a post may be gone, a text or a caption too long."""
    chat_id, post_id = view.place.staff.telegram_id, view.copy.post_id
    post = Post(said.text, said.entities)
    if utf16.units(said.text) > (CAPTION_LIMIT if view.copy.media else TEXT_LIMIT):
        return False
    text, caption = desk.telegram.edit, desk.telegram.edit_caption
    for edit in (caption, text) if view.copy.media else (text, caption):
        try:
            await edit(chat_id, post_id, post)
        except NotEditable:
            continue
        except (PostGone, Refusal):
            return False
        return True
    return False


# Another file, or one that came late.


async def _replace_file(desk: Desk, row: Row, view: ChangeView) -> Outcome:
    """In place of the former one where Telegram can do that, else as a post of its own below it."""
    media = view.part.media
    if media is not None and media.state is MediaState.WANTED and row.attempts < FILE_ATTEMPTS:
        return Retry("its file is still on its way", FILE_SECONDS)
    if await _put_in_place(desk, view):
        return Sent((str(view.copy.post_id),))
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    speaker = Speaker(desk, desk.language(view.place.staff), view.place)
    posted = await send_part(speaker, Letter(view.part, _told(view), True, False, view.copy.post_id))
    return Sent(tuple(str(post) for post in [*posted.posts, *posted.extra]), _about(view) | {"media": True})


async def _put_in_place(desk: Desk, view: ChangeView) -> bool:
    file = sendable(desk.media, view.part)
    said = _words(desk, desk.language(view.place.staff), view)
    if file is None or not view.copy.media or file.way.field not in REPLACEABLE:
        return False
    if utf16.units(said.text) > CAPTION_LIMIT:
        return False
    facts = {"type": file.way.field, **file.shape}
    post = Post(said.text, said.entities)
    try:
        await desk.telegram.edit_media(view.place.staff.telegram_id, view.copy.post_id, post, facts, file.upload)
    except (NotEditable, PostGone, Refusal):
        return False
    return True


# As a line of its own.


async def _reply(desk: Desk, row: Row, view: ChangeView) -> Outcome:
    """The change under the post, if it still stands; in several posts where it is too long for one."""
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    said = _changed_words(desk.language(view.place.staff), view)
    posts: list[PostId] = []
    for text, entities in utf16.split(said.text, said.entities, TEXT_LIMIT):
        post = Post(text, entities, reply_to=None if posts else view.copy.post_id)
        posts.append(await desk.telegram.send(view.place, post))
    return Sent(tuple(str(post_id) for post_id in posts), _about(view))


def _changed_words(language: Language, view: ChangeView) -> Words:
    message, told = view.part.message, _told(view)
    if message.deleted_at is None and message.content.text:
        return words(language, told, message.content.text, message.content.entities)
    bare = replace(told, message=replace(message, deleted_at=None, edited_at=None))
    return words(language, bare, f"{back(language, told)}: {_what(language, view)}")


def _about(view: ChangeView) -> Facts:
    return {"client_id": view.client.id, "message_id": view.part.message.id, **thread_fact(view.place)}


def _what(language: Language, view: ChangeView) -> str:
    content = view.part.message.content
    return content.text if content.kind is MessageKind.TEXT else kind_words(language, content)
