"""One message or album into a staff chat: as itself where Telegram allows, else as a line that says what it is."""

from dataclasses import dataclass

from sales.ids import PostId
from sales.messages import MEDIA_KINDS, Content, MessageKind
from sales.views.places import Place
from sales.views.relays import Part
from screens import utf16
from screens.buttons import OpenClient
from screens.contents import missing, unsupported
from screens.desk import Desk
from screens.failures import Refusal
from screens.language import Language
from screens.media import Sendable, as_document, sendable
from screens.post import CAPTION_LIMIT, TEXT_LIMIT, Button, Keyboard, Post, entity_payload, keyboard_payload
from screens.said import Told, Words, formatting, front, words
from screens.telegram import Upload


@dataclass(frozen=True, slots=True)
class Speaker:
    """Where it goes, and in whose language."""

    desk: Desk
    language: Language
    place: Place


@dataclass(frozen=True, slots=True)
class Letter:
    """A part with what goes around it. ``named``: it says who sent it."""

    part: Part
    told: Told
    named: bool
    sound: bool
    reply_to: PostId | None

    @property
    def content(self) -> Content:
        return self.part.message.content


@dataclass(frozen=True, slots=True)
class Posted:
    """``posts``: one per part. ``extra``: what a long caption needed besides."""

    posts: list[PostId]
    extra: list[PostId]


async def send_part(speaker: Speaker, letter: Letter) -> Posted:
    content = letter.content
    if content.kind is MessageKind.TEXT:
        return await _send_words(speaker, letter, _words(speaker, letter))
    if content.kind in MEDIA_KINDS:
        return await _send_media(speaker, letter)
    if content.kind is MessageKind.LOCATION and content.location is not None:
        return await _send_bare(speaker, letter, *_location(content))
    if content.kind is MessageKind.CONTACT and content.contact is not None:
        return await _send_bare(speaker, letter, "sendContact", _contact(content))
    return await _send_line(speaker, letter, unsupported(speaker.language, content))


def _words(speaker: Speaker, letter: Letter) -> Words:
    content = letter.content
    if not letter.named:
        return Words(content.text, formatting(content.entities))
    return words(speaker.language, letter.told, content.text, content.entities)


async def _send_words(speaker: Speaker, letter: Letter, said: Words) -> Posted:
    """A text that grew over the limit by what stands around it goes on in a second post."""
    pieces = utf16.split(said.text or "…", said.entities, TEXT_LIMIT)
    posts = []
    for index, (text, entities) in enumerate(pieces):
        first = index == 0
        post = Post(text, entities, sound=letter.sound and first, reply_to=letter.reply_to if first else None)
        posts.append(await speaker.desk.telegram.send(speaker.place, post))
    return Posted(posts[:1], posts[1:])


async def _send_line(speaker: Speaker, letter: Letter, line: str) -> Posted:
    """A line in place of what can't be shown, with the words that came along."""
    text = f"{line}\n{letter.content.text}" if letter.content.text else line
    return await _send_words(speaker, letter, words(speaker.language, letter.told, text))


# Files.


async def _send_media(speaker: Speaker, letter: Letter) -> Posted:
    file = sendable(speaker.desk.media, letter.part)
    if file is None:
        return await _send_line(speaker, letter, missing(speaker.language, letter.content, letter.part.media))
    try:
        return await _send_file(speaker, letter, file)
    except Refusal as refusal:
        if refusal.code == "bad_request" and file.way != as_document(file).way:
            return await _send_as_document(speaker, letter, as_document(file))
        if refusal.code in ("bad_request", "too_big"):
            return await _send_line(speaker, letter, missing(speaker.language, letter.content, letter.part.media))
        raise


async def _send_as_document(speaker: Speaker, letter: Letter, file: Sendable) -> Posted:
    try:
        return await _send_file(speaker, letter, file)
    except Refusal as refusal:
        if refusal.code not in ("bad_request", "too_big"):
            raise
        return await _send_line(speaker, letter, missing(speaker.language, letter.content, letter.part.media))


async def _send_file(speaker: Speaker, letter: Letter, file: Sendable) -> Posted:
    if not file.way.captioned:
        return await _send_bare(speaker, letter, file.way.method, {file.way.field: "attach://file", **file.shape}, file)
    said = _words(speaker, letter)
    caption, rest = _caption(said)
    params = _around(letter) | {file.way.field: "attach://file"} | file.shape | caption
    posts = await speaker.desk.telegram.create(speaker.place, file.way.method, params, {"file": file.upload})
    return Posted(posts, await _send_rest(speaker, rest))


def _caption(said: Words) -> tuple[dict[str, object], Words | None]:
    """What fits under a file; longer words go whole as a text of their own."""
    if utf16.units(said.text) > CAPTION_LIMIT:
        return {}, said
    caption: dict[str, object] = {"caption": said.text} if said.text else {}
    if said.entities:
        caption["caption_entities"] = entity_payload(said.entities)
    return caption, None


async def _send_rest(speaker: Speaker, rest: Words | None) -> list[PostId]:
    if rest is None:
        return []
    return [
        await speaker.desk.telegram.send(speaker.place, Post(text, entities))
        for text, entities in utf16.split(rest.text, rest.entities, TEXT_LIMIT)
    ]


async def send_group(speaker: Speaker, letters: list[Letter]) -> Posted:
    """An album. Where Telegram refuses it as one, its parts go one by one."""
    files = [sendable(speaker.desk.media, letter.part) for letter in letters]
    media: list[dict[str, object]] = []
    uploads: dict[str, Upload] = {}
    rests: list[Words] = []
    for index, (letter, file) in enumerate(zip(letters, files, strict=True)):
        if file is None:
            return await _one_by_one(speaker, letters)
        caption, rest = _caption(_words(speaker, letter))
        media.append({"type": file.way.field, "media": f"attach://file{index}", **file.shape, **caption})
        uploads[f"file{index}"] = file.upload
        rests += [rest] if rest is not None else []
    try:
        params = _around(letters[0]) | {"media": media}
        posts = await speaker.desk.telegram.create(speaker.place, "sendMediaGroup", params, uploads)
    except Refusal as refusal:
        if refusal.code not in ("bad_request", "too_big"):
            raise
        return await _one_by_one(speaker, letters)
    return Posted(posts, [post for rest in rests for post in await _send_rest(speaker, rest)])


async def _one_by_one(speaker: Speaker, letters: list[Letter]) -> Posted:
    posted = Posted([], [])
    for letter in letters:
        sent = await send_part(speaker, letter)
        posted.posts.extend(sent.posts)
        posted.extra.extend(sent.extra)
    return posted


# What can't carry words.


async def _send_bare(
    speaker: Speaker, letter: Letter, method: str, params: dict[str, object], file: Sendable | None = None
) -> Posted:
    """Who sent it stands on a button below."""
    whole = _around(letter) | params
    markup = keyboard_payload(_name_plate(speaker, letter))
    if markup is not None:
        whole["reply_markup"] = markup
    files = {"file": file.upload} if file is not None else None
    return Posted(await speaker.desk.telegram.create(speaker.place, method, whole, files), [])


def _name_plate(speaker: Speaker, letter: Letter) -> Keyboard:
    who = front(speaker.language, letter.told).rstrip()
    return ((Button(who, OpenClient(client=letter.told.client.id)),),) if who else ()


def _location(content: Content) -> tuple[str, dict[str, object]]:
    place = content.location
    if place is None:
        raise ValueError("a location without a place")
    params: dict[str, object] = {"latitude": place.latitude, "longitude": place.longitude}
    if place.title and place.address:
        return "sendVenue", params | {"title": place.title, "address": place.address}
    return "sendLocation", params


def _contact(content: Content) -> dict[str, object]:
    card = content.contact
    if card is None:
        raise ValueError("a contact without a card")
    params: dict[str, object] = {"phone_number": card.phone, "first_name": card.first_name or card.phone}
    if card.last_name:
        params["last_name"] = card.last_name
    return params


def _around(letter: Letter) -> dict[str, object]:
    params: dict[str, object] = {} if letter.sound else {"disable_notification": True}
    if letter.reply_to is not None:
        params["reply_parameters"] = {"message_id": letter.reply_to, "allow_sending_without_reply": True}
    return params
