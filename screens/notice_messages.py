"""Lines about messages on their way: under the staff member's own words."""

from sales.ids import MessageId
from sales.messages import Message
from screens.buttons import DropMessage, DropRest, RetryMessage, SendRest, SendStale
from screens.contents import kind_words
from screens.language import Language, mark
from screens.notice import Draft, Notice, client_name, person
from screens.post import Button

REASONS = {
    "blocked": mark("the client has stopped the bot. Only they can start it again."),
    "chat_not_found": mark("the chat is gone on the platform."),
    "too_big": mark("the file is too big for this platform. Send a smaller one, or a link."),
    "unsupported": mark("this platform has no such kind of message."),
    "too_long": mark("the text is too long for this platform. Send it in parts."),
    "token": mark("the channel is broken: an admin has to renew its token."),
    "gone": mark("the file is no longer there. Send it again."),
    "stale": mark("it was held up for too long."),
    "too_old": mark("the message is too old to be changed on this platform."),
    "window": mark("the client has not written for too long. It can go as soon as they write."),
    "gave_up": mark("it was tried again and again, and the platform never took it."),
}
CHANGES = {
    "edit": mark("The client still sees the old words: {reason}"),
    "delete": mark("The client still sees the message: {reason}"),
    "react": mark("The reaction did not reach the client: {reason}"),
}


def reason(notice: Notice) -> str:
    """Ours where we have words for the code; the platform's own otherwise."""
    code = str(notice.params.get("code") or "")
    if code in REASONS:
        return notice.language.t(REASONS[code])
    said = str(notice.params.get("reason") or code or "?")
    return notice.language.t("the platform refuses it: “{said}”", said=said[:300])


def failed(notice: Notice) -> Draft:
    text = notice.language.t("Not sent: {reason}", reason=reason(notice))
    message_id = _message_id(notice)
    buttons = [Button(notice.language.t("Retry"), RetryMessage(message=message_id))]
    held = int(notice.params.get("held") or 0)
    if held:
        text = f"{text}\n{_held(notice.language, held)}"
        buttons.append(Button(notice.language.t("Send the rest"), SendRest(message=message_id)))
        buttons.append(Button(notice.language.t("Drop the rest"), DropRest(message=message_id)))
    return Draft(text, (tuple(buttons),))


def stale(notice: Notice) -> Draft:
    text = notice.language.t("Held up for too long, so it has not been sent. Does it still make sense?")
    held = int(notice.params.get("held") or 0)
    if held:
        text = f"{text}\n{_held(notice.language, held)}"
    message_id = _message_id(notice)
    return Draft(
        text,
        (
            (
                Button(notice.language.t("Send still"), SendStale(message=message_id)),
                Button(notice.language.t("Drop"), DropMessage(message=message_id)),
            ),
        ),
    )


def held_rest(notice: Notice) -> Draft:
    message_id = _message_id(notice)
    text = _held(notice.language, int(notice.params.get("held") or notice.params.get("count") or 1))
    return Draft(
        text,
        (
            (
                Button(notice.language.t("Send the rest"), SendRest(message=message_id)),
                Button(notice.language.t("Drop"), DropRest(message=message_id)),
            ),
        ),
    )


def _held(language: Language, count: int) -> str:
    return language.n("{count} later message waits behind it.", "{count} later messages wait behind it.", count)


def uncertain_sent(notice: Notice) -> Draft:
    return Draft(notice.language.t("This may have been sent twice: the platform's answer was lost the first time."))


def change_failed(notice: Notice) -> Draft:
    words = CHANGES.get(str(notice.params.get("change")), mark("That did not reach the client: {reason}"))
    return Draft(notice.language.t(words, reason=reason(notice)))


def relay_failed(notice: Notice) -> Draft:
    """A message of a client's that could not be shown: at least it is spoken of."""
    what = _what(notice.language, notice.view.message)
    client = client_name(notice)
    return Draft(
        notice.language.t("{client} sent something that can't be shown here: {what}", client=client, what=what)
    )


def wrote_for_you(notice: Notice) -> Draft:
    return Draft(notice.language.t("{by} wrote to {client}.", by=person(notice, "by"), client=client_name(notice)))


def _what(language: Language, message: Message | None) -> str:
    return kind_words(language, message.content) if message is not None and message.content.kind != "text" else "…"


def _message_id(notice: Notice) -> MessageId:
    """Raises ``ValueError`` when the row names none: a mistake of ours."""
    value = notice.params.get("message_id")
    if value is None:
        raise ValueError("this notice needs message_id")
    return MessageId(int(value))
