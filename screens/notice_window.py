"""Lines about the time in which a client may be written to freely, and about another number of theirs."""

from sales.ids import MessageId, Moment
from screens.abilities import knows_templates, window_seconds
from screens.buttons import DropHeld, SendHeld, UseTemplate
from screens.notice import Draft, Notice, client_name, count
from screens.post import Button


def window_shut(notice: Notice) -> Draft:
    """At what was written too late: what can be done instead, and that it is not lost."""
    language, client = notice.language, notice.view.client
    lines = [_why(notice)]
    buttons = []
    if knows_templates(notice.view.channel):
        lines.append(language.t("It is kept: when they write you are asked whether to send it."))
        if client is not None:
            buttons.append(Button(language.t("Use a template"), UseTemplate(client=client.id)))
    else:
        lines.append(
            language.t("Write from the account itself. This is kept: when they write you are asked whether to send it.")
        )
    buttons.append(Button(language.t("Drop"), DropHeld(message=_message_id(notice))))
    return Draft("\n".join(lines), (tuple(buttons),))


def _why(notice: Notice) -> str:
    name, seconds = client_name(notice), window_seconds(notice.view.channel)
    if notice.params.get("never"):
        return notice.language.t("Not sent: {client} has not written to you yet.", client=name)
    if seconds is None:
        return notice.language.t("Not sent: {client} has not written for too long.", client=name)
    time = notice.language.duration(seconds)
    return notice.language.t("Not sent: {client} wrote more than {time} ago.", client=name, time=time)


def window_open(notice: Notice) -> Draft:
    words = notice.language.n(
        "{client} has written. {count} message of yours was kept until now: does it still make sense?",
        "{client} has written. {count} messages of yours were kept until now: do they still make sense?",
        count(notice, "count"),
        client=client_name(notice),
    )
    message_id = _message_id(notice)
    send = Button(notice.language.t("Send now"), SendHeld(message=message_id))
    return Draft(words, ((send, Button(notice.language.t("Drop"), DropHeld(message=message_id))),))


def window_closes(notice: Notice) -> Draft:
    """Once, while there is still time to answer."""
    language = notice.language
    until = Moment(int(notice.params.get("until") or notice.view.now))
    what = (
        language.t("After that only a template reaches them.")
        if knows_templates(notice.view.channel)
        else language.t("After that they can only be written to from the account itself.")
    )
    words = language.t(
        "{client} can be written to until {clock}.",
        client=client_name(notice),
        clock=language.clock(until, notice.view.now),
    )
    return Draft(f"{words} {what}")


def client_moved(notice: Notice) -> Draft:
    return Draft(
        notice.language.t("{client} has another number now. The conversation goes on here.", client=client_name(notice))
    )


def _message_id(notice: Notice) -> MessageId:
    """Raises ``ValueError`` when the row names none: a mistake of ours."""
    value = notice.params.get("message_id")
    if value is None:
        raise ValueError("this notice needs message_id")
    return MessageId(int(value))
