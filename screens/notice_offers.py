"""Lines about offers and about whose a client is."""

from screens.buttons import AskOwner, OpenClient, SettleNotClient, ShowTransfer, UndoNotClient, WhoMayWrite
from screens.notice import Draft, Notice, channel_name, client_name, person
from screens.post import Button, Keyboard


def remind_offer(notice: Notice) -> Draft:
    words = notice.language.t("{client} still waits: {time}.", client=client_name(notice), time=_waits(notice))
    return Draft(words, answers_card=True)


def _waits(notice: Notice) -> str:
    client, offer = notice.view.client, notice.view.offer
    since = client.waiting_since if client is not None else None
    start = since or (offer.created_at if offer is not None else notice.view.now)
    return notice.language.waiting(start, notice.view.now)


def nobody_accepts(notice: Notice) -> Draft:
    words = notice.language.t(
        "Nobody has accepted {client} on {channel}: they wait {time}. Any manager may accept now.",
        client=client_name(notice),
        channel=channel_name(notice),
        time=_waits(notice),
    )
    return Draft(words, answers_card=True)


def nobody_eligible(notice: Notice) -> Draft:
    words = notice.language.t(
        "A new client waits on {channel}, and nobody can take new clients there. "
        "Accept them yourself, ask someone to press /on, or give the switch to someone in /team.",
        channel=channel_name(notice),
    )
    return Draft(words)


def not_client_question(notice: Notice) -> Draft:
    offer = notice.view.offer
    words = notice.language.t(
        "{by} says {client} on {channel} is not a client.",
        by=person(notice, "by"),
        client=client_name(notice),
        channel=channel_name(notice),
    )
    if offer is None:
        return Draft(words)
    buttons = (
        Button(notice.language.t("Not a client"), SettleNotClient(offer=offer.id, client=False)),
        Button(notice.language.t("It is a client"), SettleNotClient(offer=offer.id, client=True)),
    )
    return Draft(words, (buttons,))


def not_client_settled(notice: Notice) -> Draft:
    words = notice.language.t(
        "{client} counts as no client: nobody is asked when they write again.", client=client_name(notice)
    )
    client = notice.view.client
    if client is None:
        return Draft(words)
    return Draft(words, ((Button(notice.language.t("Undo"), UndoNotClient(client=client.id)),),))


def refused_not_yours(notice: Notice) -> Draft:
    client, owner = notice.view.client, notice.view.owner
    if owner is None:
        return Draft(notice.language.t("Not sent: {client} is nobody's client yet.", client=client_name(notice)))
    words = notice.language.t("Not sent: {client} belongs to {owner} now.", client=client_name(notice), owner=owner)
    if client is None:
        return Draft(words)
    ask = Button(notice.language.t("Ask {owner}", owner=owner), AskOwner(client=client.id))
    return Draft(words, ((ask, Button(notice.language.t("See who may write"), WhoMayWrite(client=client.id))),))


def asked_for_client(notice: Notice) -> Draft:
    client = notice.view.client
    words = notice.language.t(
        "{by} has something for {client} and may not write to them: talk to {by}, or hand the client over.",
        by=person(notice, "by"),
        client=client_name(notice),
    )
    if client is None:
        return Draft(words)
    return Draft(words, ((Button(notice.language.t("Transfer"), ShowTransfer(client=client.id)),),))


def taken_over(notice: Notice) -> Draft:
    return Draft(notice.language.t("{by} took over {client}.", by=person(notice, "by"), client=client_name(notice)))


def transferred_to_you(notice: Notice) -> Draft:
    words = notice.language.t("{by} gives {client} to you.", by=person(notice, "by"), client=client_name(notice))
    return Draft(words, _open(notice))


def _open(notice: Notice) -> Keyboard:
    client = notice.view.client
    return ((Button(notice.language.t("Open"), OpenClient(client=client.id)),),) if client is not None else ()


def transferred_away(notice: Notice) -> Draft:
    words = notice.language.t(
        "{client} belongs to {to} now: {by} saw to it.",
        client=client_name(notice),
        to=person(notice, "to"),
        by=person(notice, "by"),
    )
    return Draft(words)


def crm_names_another(notice: Notice) -> Draft:
    words = notice.language.t(
        "The CRM names {about} as responsible for {client}, but somebody else has accepted them meanwhile. "
        "Nothing was changed: transfer the client if the CRM is right.",
        about=person(notice, "about"),
        client=client_name(notice),
    )
    return Draft(words)


def client_blocked(notice: Notice) -> Draft:
    words = notice.language.t(
        "{client} has stopped the bot: messages don't reach them now.", client=client_name(notice)
    )
    return Draft(words)


def client_returned(notice: Notice) -> Draft:
    return Draft(notice.language.t("{client} can be written to again.", client=client_name(notice)))
