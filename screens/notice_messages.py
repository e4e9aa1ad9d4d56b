"""Lines about messages on their way: under the staff member's own words."""

from sales.ids import MessageId
from sales.messages import Message
from screens.buttons import ContinueOn, DropMessage, DropRest, RetryMessage, SendRest, SendStale
from screens.contents import kind_words
from screens.language import Language, mark
from screens.notice import Draft, Notice, channel_name, client_name, person
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
    "window_account": mark(
        "the client has not written for a day, or the account's owner keeps this chat from the bot. "
        "Write from the account itself."
    ),
    "no_right": mark(
        "the account's owner has not allowed the bot to do this. "
        "They can, in the account: Settings → Telegram Business → Chatbots."
    ),
    "disconnected": mark(
        "the account is not connected any more: an admin has been told. Write from the account itself."
    ),
    "restricted": mark(
        "WhatsApp does not let this number write to new people just now. Wait a day, or until the client writes."
    ),
    "gave_up": mark("it was tried again and again, and the platform never took it."),
    "later": mark("the platform failed to deliver it. Try again in a minute."),
    "undeliverable": mark(
        "it can't be delivered: the number is not on WhatsApp, the client has blocked it, or their app is too old. "
        "Reach them another way."
    ),
    "bad_file": mark("the platform can't use this file. Send it again as a file, or in another format."),
    "needs_phone": mark("the client hides their number, and this kind of message needs it. Ask them for it."),
    "own_number": mark("that is the number of the channel itself."),
    "test_number": mark(
        "the channel has a test number, which reaches only the numbers on its list: an admin can add this one at Meta."
    ),
    "country": mark("the account may not write to this country. Reach the client another way."),
    "experiment": mark("Meta keeps this client out of marketing messages. Send a template of another kind."),
    "opted_out": mark("the client wants no marketing messages from you. Send them nothing of the kind."),
    "too_many_offers": mark(
        "Meta holds it back: the client has had many marketing messages lately. Try again in a day, not sooner."
    ),
    "marketing_off": mark("marketing templates are switched off for this account: an admin can allow them at Meta."),
    "template_blanks": mark("the template was not filled in as it must be. Choose it again, and fill in every blank."),
    "template_gone": mark("this template can't be sent any more. Choose another."),
    "spam_limit": mark(
        "Meta has slowed the number down, because clients blocked or reported it. Write to nobody first for some hours."
    ),
    "payment": mark("Meta asks for a means of payment first: an admin can add one at business.facebook.com."),
    "display_name": mark("Meta has not approved the number's display name yet: an admin can see to it there."),
    "permission": mark("the channel's token lacks the right to do this: an admin has been told."),
    "unregistered": mark("the channel's number is not registered at Meta: an admin has been told."),
    "account_restricted": mark("Meta has restricted the account: an admin has been told."),
}
CHANGES = {
    "edit": mark("The client still sees the old words: {reason}"),
    "delete": mark("The client still sees the message: {reason}"),
    "react": mark("The reaction did not reach the client: {reason}"),
}
UNCHANGEABLE = {
    "edit": mark("this platform can't change that once it is sent."),
    "delete": mark("this platform can't take back what was sent."),
    "react": mark("this platform has no such reaction."),
}
"""What ``unsupported`` means where the message itself has arrived."""


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
    change = str(notice.params.get("change"))
    words = CHANGES.get(change, mark("That did not reach the client: {reason}"))
    impossible = UNCHANGEABLE.get(change) if notice.params.get("code") == "unsupported" else None
    why = reason(notice) if impossible is None else notice.language.t(impossible)
    return Draft(notice.language.t(words, reason=why))


def continue_elsewhere(notice: Notice) -> Draft:
    words = notice.language.t(
        "«{lost}» does not work now. {client} can be reached on another channel too.",
        lost=str(notice.params.get("lost") or ""),
        client=client_name(notice),
    )
    other = ContinueOn(conversation=int(notice.params.get("conversation_id") or 0))
    button = Button(notice.language.t("Continue on {channel}", channel=channel_name(notice)), other)
    return Draft(words, ((button,),))


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
