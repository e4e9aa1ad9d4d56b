"""What WAHA tells of messages: the payloads of webhooks, which are also the items of a chat's history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .chats import ACK_NAMES, Contact, Message, Room
from .ids import full_id, new_message_id

Json = dict[str, Any]

MEDIA_TYPES = {"voice": "ptt", "video_note": "ptv"} | {
    kind: kind for kind in ("image", "video", "gif", "audio", "document", "sticker", "location", "vcard")
}
MEDIA = MEDIA_TYPES.keys() - {"location", "vcard"}
CONTENTS = {"voice": "audioMessage", "video_note": "ptvMessage", "gif": "videoMessage"}


def message_payload(message: Message, media: Json | None) -> Json:
    """`WAMessage`, as `message.any` and the history have it. `from` is the chat, whoever wrote (GOWS)."""
    chat = message.chat.id
    return {
        "id": message.full_id,
        "timestamp": int(message.at),
        "from": chat,
        "fromMe": message.from_me,
        "source": message.source,
        "to": chat if message.from_me else None,
        "participant": message.participant,
        "body": message.text,
        "hasMedia": message.blob is not None,
        "media": media,
        "ack": message.ack,
        "ackName": ACK_NAMES[message.ack],
        "replyTo": _reply_to(message),
        "location": message.location,
        "vCards": message.vcards,
        "_data": raw(message),
        **message.extra,
    }


def media_payload(message: Message, url: str) -> Json | None:
    """`WAMedia`; only documents have a file name."""
    blob = message.blob
    if blob is None or message.without_media:
        return None
    name = blob.name if message.kind == "document" else None
    return {"url": url, "mimetype": blob.mime, "filename": name, "s3": None, "error": None}


def ack_payload(message: Message) -> Json:
    """`message.ack`."""
    chat = message.chat.id
    return {
        "id": message.full_id,
        "from": chat,
        "to": chat,
        "participant": message.participant,
        "fromMe": message.from_me,
        "ack": message.ack,
        "ackName": ACK_NAMES[message.ack],
        "_data": {},
    }


def reaction_payload(message: Message, who: Contact | None, emoji: str, now: float, source: str) -> Json:
    """`message.reaction`; an empty text takes the reaction away. `who` is None for the owner."""
    chat = message.chat.id
    participant = (who or message.chat.owner).id
    number = new_message_id(from_web=source == "api")
    return {
        "id": full_id(who is None, chat, number, participant if isinstance(message.chat.peer, Room) else None),
        "from": chat,
        "fromMe": who is None,
        "source": source,
        "participant": participant,
        "to": chat,
        "timestamp": round(now, 3),
        "reaction": {"text": emoji, "messageId": message.full_id},
    }


def edited_payload(message: Message) -> Json:
    """`message.edited`: its own id is new, and the message's is bare."""
    number = new_message_id(from_web=message.source == "api")
    return {
        "id": full_id(message.from_me, message.chat.id, number, message.participant),
        "editedMessageId": message.id,
        "body": message.text,
        "_data": {},
    }


def revoked_payload(message: Message) -> Json:
    """`message.revoked`: what it said is gone, and the message's id is bare."""
    number = new_message_id(from_web=message.source == "api")
    after = {"id": full_id(message.from_me, message.chat.id, number, message.participant)}
    return {"after": after, "before": None, "revokedMessageId": message.id, "_data": {}}


def raw(message: Message) -> Json:
    """`_data`: what the GOWS engine knows, in whatsmeow's names. It differs from engine to engine."""
    peer, author, owner = message.chat.peer, message.author, message.chat.owner
    about = author or peer
    return {
        "Info": {
            "Chat": jid(message.chat.id),
            "Sender": jid((author or owner).id),
            "IsFromMe": message.from_me,
            "IsGroup": isinstance(peer, Room) and peer.id.endswith("@g.us"),
            "AddressingMode": "lid" if isinstance(about, Contact) and about.by_lid else "pn",
            "SenderAlt": _other_jid(author) if author is not None else "",
            "RecipientAlt": _other_jid(peer) if author is None else "",
            "ID": message.id,
            "Type": "media" if message.kind in MEDIA_TYPES else "text",
            "PushName": author.name if author is not None else owner.push_name,
            "Timestamp": datetime.fromtimestamp(int(message.at), UTC).isoformat().replace("+00:00", "Z"),
            "MediaType": MEDIA_TYPES.get(message.kind, ""),
            "Edit": "",
        },
        "Message": _content(message),
    }


def jid(chat_id: str) -> str:
    """WhatsApp's own name of a chat."""
    return chat_id.replace("@c.us", "@s.whatsapp.net")


def _other_jid(person: Contact | Room) -> str:
    """The phone of one who is addressed by LID, when it is known; the LID of others."""
    if not isinstance(person, Contact) or not person.lid or not person.mapped:
        return ""
    return f"{person.phone}@s.whatsapp.net" if person.by_lid else f"{person.lid}@lid"


def _content(message: Message) -> Json:
    blob = message.blob
    if message.proto is not None:
        return message.proto
    if blob is not None:
        name = CONTENTS.get(message.kind) or f"{message.kind}Message"
        content: Json = {"mimetype": blob.mime, "fileLength": blob.size}
        content |= {"caption": message.text} if message.text else {}
        content |= {"PTT": message.kind == "voice", "seconds": 3} if name == "audioMessage" else {}
        content |= {"gifPlayback": True} if message.kind == "gif" else {}
        content |= {"fileName": blob.name} if message.kind == "document" else {}
        return {name: content}
    if message.location is not None:
        point = {"degreesLatitude": float(message.location["latitude"])}
        return {"locationMessage": point | {"degreesLongitude": float(message.location["longitude"])}}
    if message.vcards:
        return {"contactMessage": {"vcard": message.vcards[0]}}
    return {"conversation": message.text}


def _reply_to(message: Message) -> Json | None:
    if not message.reply_to:
        return None
    original = message.chat.messages.get(message.reply_to)
    if original is None:
        return {"id": message.reply_to, "participant": None, "body": None, "hasMedia": False}
    writer = (original.author or message.chat.owner).id
    has_media = original.blob is not None
    return {"id": original.id, "participant": writer, "body": original.text, "hasMedia": has_media}
