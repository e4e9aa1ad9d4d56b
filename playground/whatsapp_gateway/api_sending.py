"""Sending: texts, files, places, contacts; reactions, read marks, typing."""

from __future__ import annotations

import math
import re
from typing import Any

import aiohttp

from playground.kit.files import Blob

from .acting import Scene
from .body import Fields
from .chats import Message, Room
from .errors import bad_request, engine_error, unprocessable
from .ids import BARE_ID
from .payloads import raw
from .sessions import WORKING
from .targets import Call, bare_id, chat_of, message_in

Json = dict[str, Any]

FILE = frozenset(("mimetype", "filename", "url", "data"))
VCARD = re.compile(r"BEGIN:VCARD\r?\n.*\r?\nEND:VCARD\s*", re.DOTALL)
OGG = b"OggS"
OPUS = "audio/ogg; codecs=opus"
DOWNLOAD_SECONDS = 30


def sent(message: Message) -> Json:
    """What the engine answers: only the id is the same for all engines."""
    return {"id": message.full_id, "_data": raw(message)["Info"]}


def send_text(call: Call) -> Json:
    """With an `id` that was used in this chat before, nothing more is sent."""
    scene = _scene(call)
    text = call.body.text("text", empty=False)
    for name in ("linkPreview", "linkPreviewHighQuality"):
        call.body.flag(name, False)
    number = call.body.text("id", "")
    if number and not BARE_ID.fullmatch(number):
        raise bad_request("id must be 8 to 64 letters and digits")
    if number in scene.chat.messages:
        return sent(scene.chat.messages[number])
    return sent(scene.say(None, text=text, source="api", message_id=number, reply_to=_reply_to(call)))


async def send_image(call: Call) -> Json:
    """A picture."""
    return await _send_file(call, "image", "image/")


async def send_video(call: Call) -> Json:
    """A video, or a round one with `asNote`; `convert` changes nothing here."""
    call.body.flag("convert", False)
    return await _send_file(call, "video_note" if call.body.flag("asNote", False) else "video", "video/")


async def send_file(call: Call) -> Json:
    """Anything, as a document."""
    return await _send_file(call, "document", "")


async def send_voice(call: Call) -> Json:
    """A voice message; without `convert` the file must be Ogg with Opus already, or phones can't play it."""
    scene, convert, reply_to = _scene(call), call.body.flag("convert", False), _reply_to(call)
    blob = await _file(call)
    with blob.path.open("rb") as source:
        is_ogg = source.read(4) == OGG
    if not is_ogg and not convert:
        raise unprocessable("The file is not ogg with opus; convert it, or set convert to true")
    if not is_ogg:
        blob = call.world.files.put(OGG + b"\0converted\0" + blob.path.read_bytes()[:1024], blob.name, OPUS)
    blob.mime = OPUS
    return sent(scene.say(None, kind="voice", blob=blob, source="api", reply_to=reply_to))


def send_location(call: Call) -> Json:
    """A place."""
    scene = _scene(call)
    latitude, longitude = call.body.number("latitude"), call.body.number("longitude")
    if not (math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180):
        raise bad_request("latitude and longitude must be a place on Earth")
    place = {"description": call.body.text("title"), "latitude": str(latitude), "longitude": str(longitude)}
    return sent(scene.say(None, kind="location", location=place, source="api", reply_to=_reply_to(call)))


def send_contact(call: Call) -> Json:
    """Contacts, each as a vCard or by its parts."""
    scene = _scene(call)
    vcards = [_vcard(contact) for contact in call.body.items("contacts")]
    if not vcards:
        raise bad_request("contacts should not be empty")
    return sent(scene.say(None, kind="vcard", vcards=vcards, source="api", reply_to=_reply_to(call)))


def set_reaction(call: Call) -> Json:
    """An empty reaction takes it away."""
    call.session(WORKING)
    message_id = call.body.text("messageId", empty=False)
    scene = call.scene(chat_of(message_id))
    message = message_in(scene.chat, message_id)
    scene.react(message, None, call.body.text("reaction"), source="api")
    return {"id": message.full_id}


def send_seen(call: Call) -> Json:
    """Those messages, or every one of the chat; unknown ids are passed over."""
    scene = call.scene_of_body()
    wanted = call.body.texts("messageIds") if "messageIds" in call.body else []
    wanted += [call.body.text("messageId")] if "messageId" in call.body else []
    numbers = {bare_id(message_id) for message_id in wanted} or scene.chat.messages.keys()
    found = [message for number, message in scene.chat.messages.items() if number in numbers]
    scene.mark_seen([message for message in found if not message.from_me])
    return {}


def start_typing(call: Call) -> Json:
    """Seen until it is stopped, or a message comes."""
    scene = call.scene_of_body()
    scene.chat.start_typing(call.world.clock.now())
    return {"result": True}


def stop_typing(call: Call) -> Json:
    """No longer seen."""
    scene = call.scene_of_body()
    scene.chat.stop_typing(call.world.clock.now())
    return {"result": True}


def _scene(call: Call) -> Scene:
    scene = call.scene_of_body()
    if isinstance(scene.chat.peer, Room) and not scene.chat.peer.id.endswith("@g.us"):
        raise unprocessable(f"Can't send messages to {scene.chat.id}")
    return scene


def _reply_to(call: Call) -> str:
    """A message that isn't known is quoted without its words, as the engine does it."""
    wanted = call.body.text("reply_to", "")
    return bare_id(wanted) if wanted else ""


async def _send_file(call: Call, kind: str, mime: str) -> Json:
    scene, caption = _scene(call), call.body.text("caption", "")
    reply_to = _reply_to(call)
    blob = await _file(call)
    if not blob.mime.startswith(mime):
        raise unprocessable(f"A file of type {blob.mime} can't be sent as {kind}")
    return sent(scene.say(None, kind=kind, text=caption, blob=blob, source="api", reply_to=reply_to))


async def _file(call: Call) -> Blob:
    """By its bytes, or by an address that the gateway fetches."""
    file = call.body.inner("file")
    file.only(FILE, call.world.options.strict_parameters)
    mime, name = file.text("mimetype", empty=False), file.text("filename", "")
    if ("url" in file) == ("data" in file):
        raise bad_request("file must have either url or data")
    data = file.base64("data") if "data" in file else await _download(file)
    if not data:
        raise unprocessable("The file is empty")
    return call.world.files.put(data, name or "file", mime)


async def _download(file: Fields) -> bytes:
    timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(file.text("url")) as answer:
            answer.raise_for_status()
            return await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise engine_error(f"can't download the file: {error or type(error).__name__}") from None


def _vcard(contact: Fields) -> str:
    if "vcard" in contact:
        vcard = contact.text("vcard")
        if not VCARD.fullmatch(vcard):
            raise bad_request("contacts.vcard must be a vCard")
        return vcard
    name, phone = contact.text("fullName", empty=False), contact.text("phoneNumber", empty=False)
    number = contact.text("whatsappId", "".join(filter(str.isdigit, phone)))
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL;type=VOICE;waid={number}:{phone}\nEND:VCARD"
