"""What a message is, in a line: for cards, refusals and kinds that can't be shown."""

from sales.messages import Content, Media, MediaState, MessageKind
from screens.language import Language, mark

KINDS = {
    MessageKind.PHOTO: mark("📷 photo"),
    MessageKind.VIDEO: mark("🎬 video"),
    MessageKind.VIDEO_NOTE: mark("🎥 round video"),
    MessageKind.VOICE: mark("🎤 voice message"),
    MessageKind.AUDIO: mark("🎵 audio"),
    MessageKind.DOCUMENT: mark("📎 file"),
    MessageKind.STICKER: mark("🖼 sticker"),
    MessageKind.ANIMATION: mark("🎞 animation"),
    MessageKind.LOCATION: mark("📍 location"),
    MessageKind.CONTACT: mark("👤 contact"),
    MessageKind.CALL: mark("📞 missed call"),
}
LABELS = {
    "poll": mark("📊 Poll"),
    "dice": mark("🎲 Dice"),
    "game": mark("🎮 Game"),
    "story": mark("📰 Story"),
    "giveaway": mark("🎁 Giveaway"),
    "invoice": mark("🧾 Invoice"),
    "paid_media": mark("⭐ Paid media"),
    "checklist": mark("☑️ Checklist"),
    "giveaway_winners": mark("🎁 Winners of a giveaway"),
    "rich_message": mark("📰 Formatted page"),
    "gift": mark("🎁 Gift"),
    "unique_gift": mark("🎁 Unique gift"),
    "successful_payment": mark("💳 Payment"),
    "refunded_payment": mark("💳 Refund"),
    "passport_data": mark("🪪 Passport data"),
    "web_app_data": mark("🧩 Data of a web app"),
    "event": mark("📅 Event"),
    "file_not_loaded": mark("📎 A file that the gateway did not load"),
    "unknown": mark("❔ Something new"),
    "order": mark("🛒 Order"),
    "form": mark("📝 Filled-in form"),
    "call_permission": mark("📞 Answer to whether you may call"),
    "elsewhere": mark("📎 File from before the channel was connected"),
    "contact": mark("👤 Contact without a phone"),
}


def kind_words(language: Language, content: Content) -> str:
    """``📷 photo``; what has no counterpart by its own name."""
    if content.kind is MessageKind.UNSUPPORTED:
        return unsupported(language, content)
    words = language.t(KINDS[content.kind])
    name = content.file.file_name if content.file is not None else None
    return f"{words} {name}" if name and content.kind is MessageKind.DOCUMENT else words


def unsupported(language: Language, content: Content) -> str:
    """``label`` is a platform's name for it, or words of its own. A call is no message, but says all that it has."""
    if content.kind is MessageKind.CALL:
        return language.t(KINDS[MessageKind.CALL])
    label = content.label or ""
    title = language.t(LABELS[label]) if label in LABELS else f"❔ {label.replace('_', ' ') or '?'}"
    return language.t("{what}: not supported here", what=title)


def summary(language: Language, content: Content) -> str:
    """What was said: the kind's mark where there is more than text, then the words, and what brought the client."""
    marks = [] if content.kind is MessageKind.TEXT else [kind_words(language, content)]
    return "\n".join(part for part in (*marks, content.text, referral(language, content)) if part)


def referral(language: Language, content: Content) -> str:
    """The advertisement that a client tapped before they wrote; nothing for all others."""
    advertisement = content.referral
    if advertisement is None:
        return ""
    title = advertisement.headline or advertisement.body or advertisement.source_url
    return language.t("📣 from the ad «{title}»", title=title[:200]) if title else language.t("📣 from an ad")


def missing(language: Language, content: Content, media: Media | None) -> str:
    """Why a file can't be shown, in the place where it would stand."""
    what = kind_words(language, content)
    size = (media.size or media.remote.size) if media is not None else None
    if size is not None:
        what = f"{what}, {language.size(size)}"
    match media.state if media is not None else MediaState.FAILED:
        case MediaState.TOO_BIG:
            return language.t("{what}: too big to be fetched. Ask for a smaller file or a link.", what=what)
        case MediaState.EXPIRED:
            return language.t("{what}: no longer stored.", what=what)
        case MediaState.WANTED:
            return language.t("{what}: not loaded yet.", what=what)
        case MediaState.STORED:
            return language.t("{what}: too big to be shown here.", what=what)
        case _:
            return language.t("{what}: could not be loaded. Ask for it to be sent again.", what=what)
