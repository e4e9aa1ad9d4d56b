"""The test of a channel, live; and where anybody can write to it, as a link and as a QR code."""

import io
from collections.abc import Mapping
from dataclasses import replace

import segno
from aiogram.utils.formatting import Bold

from channels.registry import KINDS
from sales.channels import Channel, ChannelState
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest, ChannelTestState, Hop
from sales.ports.channels import Finding
from sales.staff import Staff
from sales.views.channels import ChannelTestView, channel_test_view, one_channel
from screens.buttons import ClosePost, EndTest, TryChannel
from screens.language import Language, mark
from screens.pages import channel_args
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, lines, post

DONE = {
    Hop.RECEIVED: mark("a made-up client has written"),
    Hop.CARD: mark("your card stands below"),
    Hop.ACCEPT: mark("you have accepted"),
    Hop.LEAD: mark("the lead was read back from the CRM"),
    Hop.REPLY: mark("you have answered"),
    Hop.DELIVERED: mark("the answer went through the loop back"),
}
TO_DO = {
    Hop.RECEIVED: mark("a made-up client writes …"),
    Hop.CARD: mark("your card is on its way …"),
    Hop.ACCEPT: mark("now tap ✅ Accept on the card"),
    Hop.LEAD: mark("the lead is being made …"),
    Hop.REPLY: mark("now write the client an answer: in their topic, or as a reply to their message"),
    Hop.DELIVERED: mark("the answer is on its way …"),
}
"""What is waited for, once everything before it has happened."""
LATER = {
    Hop.RECEIVED: mark("received"),
    Hop.CARD: mark("card"),
    Hop.ACCEPT: mark("accept"),
    Hop.LEAD: mark("lead read back"),
    Hop.REPLY: mark("reply"),
    Hop.DELIVERED: mark("delivered"),
}
ENDS = {
    ChannelTestState.PASSED: mark("✅ Passed. What the test made has been removed."),
    ChannelTestState.CANCELLED: mark("Stopped. What the test made has been removed."),
    ChannelTestState.EXPIRED: mark("Out of time after 30 minutes. What the test made has been removed."),
}
WORKS: Mapping[str, str] = {
    "telegram_bot": mark("token: good (@{username})"),
    "gateway_phone": mark("linked: {phone}"),
    "gateway_webhook": mark("the gateway delivers where it should"),
    "gateway_polled": mark("no PUBLIC_URL: the gateway's chats are read now and then, which is slower"),
    "whatsapp_number": mark("token: good ({phone})"),
    "whatsapp_subscribed": mark("Meta's app is subscribed to the account"),
    "whatsapp_webhook": mark("messages go where they should"),
    "telegram_webhook": mark("updates go where they should"),
    "business_account": mark("{account}: connected"),
}
WRONG: Mapping[str, str] = {
    "gateway_key": mark("the gateway refuses the API key ({reason}): /channels, the channel, Access"),
    "gateway_reached": mark("the gateway can't be reached ({reason}): it is tried again"),
    "gateway_session": mark("the gateway has no session “{session}” yet: it is being made"),
    "gateway_phone": mark("no phone is linked (the session is {state}): /channels, the channel, Link the phone"),
    "gateway_webhook": mark("the gateway delivers elsewhere just now: Dibs sets that right"),
    "whatsapp_token": mark("token: refused ({reason}). Generate another: /channels, the channel, Access"),
    "whatsapp_reached": mark("Meta can't be reached ({reason}): check the network, it is tried again"),
    "whatsapp_subscribed": mark(
        "Meta's app is not subscribed to the account: the token needs whatsapp_business_management"
    ),
    "whatsapp_webhook": mark(
        "messages go elsewhere: enter the address and the verify token at Meta: /channels, At the platform"
    ),
    "telegram_token": mark("token: refused ({reason}). Get a fresh one from @BotFather: /channels, New token"),
    "telegram_reached": mark("Telegram can't be reached ({reason}): check the network, it is tried again"),
    "telegram_webhook": mark("updates go elsewhere just now: Dibs sets that right; no other program may use the token"),
    "telegram_pending": mark("{count} messages wait at Telegram: nobody fetches them fast enough"),
    "business_mode": mark("@{username} can't be connected to accounts: switch on Business Mode in @BotFather"),
    "business_none": mark(
        "no account is connected yet: in the account, open Settings → Telegram Business → Chatbots, "
        "and enter @{username}"
    ),
    "business_account": mark("{account} has disconnected the bot: Settings → Telegram Business → Chatbots"),
    "business_reply": mark("{account} does not let the bot answer: Settings → Telegram Business → Chatbots"),
    "no_answer": mark("the platform does not answer: it is asked again"),
}


def load(work: Work, staff: Staff, args: str) -> ChannelTestView:
    """``args`` is the test's mark."""
    return channel_test_view(work, staff, args)


def render(view: ChannelTestView, reader: Reader) -> Post:
    language, channel = reader.language, view.channel
    address = link_of(channel)
    made = post(
        lines(
            Bold(language.t("Test of «{channel}» – inside only", channel=channel.name)),
            *_hops(view.test, language),
            *_findings(view.test, language),
            _paused(channel, language),
            _real(view, language),
            address,
            language.t(ENDS[view.test.state]) if view.test.state in ENDS else None,
        ),
        keyboard=_keyboard(view, address, language),
    )
    return replace(made, picture=qr_code(address)) if address is not None else made


def _hops(test: ChannelTest, language: Language) -> list[str]:
    waits = next((hop for hop in Hop if hop not in test.hops), None)
    running = test.state is ChannelTestState.RUNNING
    return [_hop(hop, hop in test.hops, running and hop is waits, language) for hop in Hop]


def _hop(hop: Hop, done: bool, waits: bool, language: Language) -> str:
    if done:
        return f"✅ {language.t(DONE[hop])}"
    return f"⏳ {language.t(TO_DO[hop])}" if waits else f"▫️ {language.t(LATER[hop])}"


def _findings(test: ChannelTest, language: Language) -> list[str]:
    if test.findings is None:
        return [language.t("⏳ token and webhook are being checked …")]
    return [line for finding in test.findings if (line := _finding(finding, language)) is not None]


def _finding(finding: Finding, language: Language) -> str | None:
    """What is all right and needs no words has none."""
    words = (WORKS if finding.ok else WRONG).get(finding.code)
    if words is None:
        return None if finding.ok else f"❌ {finding.code.replace('_', ' ')}"
    return f"{'✅' if finding.ok else '❌'} {language.t(words, **finding.facts)}"


def _paused(channel: Channel, language: Language) -> str | None:
    if channel.state is ChannelState.ACTIVE:
        return None
    return language.t("⚠️ The channel does not receive now: it is paused or broken.")


def _real(view: ChannelTestView, language: Language) -> str:
    kind = KINDS.get(view.channel.kind)
    platform = kind.title.split()[0] if kind is not None else view.channel.kind
    if view.test.real_at is not None:
        return language.t("🟢 received from {platform}", platform=platform)
    if not view.live:
        return language.t("▫️ nothing was received from {platform} meanwhile", platform=platform)
    words = language.t(
        "received from {platform}: write from your own phone, by the link or the code", platform=platform
    )
    return f"⚪️ {words}"


def _keyboard(view: ChannelTestView, address: str | None, language: Language) -> Keyboard:
    open_it = (Button(language.t("Write from my phone"), url=address),) if address is not None else ()
    if view.test.state is ChannelTestState.RUNNING:
        ends: tuple[Button, ...] = (Button(language.t("Stop the test"), EndTest()),)
    elif view.live:
        ends = (Button(language.t("Close"), ClosePost()),)
    else:
        again = Button(language.t("Test again"), TryChannel(channel=view.channel.id))
        ends = (again, Button(language.t("Close"), ClosePost()))
    return tuple(row for row in (open_it, ends) if row)


# --- the link ---


def link_of(channel: Channel) -> str | None:
    kind = KINDS.get(channel.kind)
    return kind.link(channel.account) if kind is not None and channel.account is not None else None


def qr_code(address: str) -> bytes:
    """A PNG, large enough to be read from a screen."""
    picture = io.BytesIO()
    segno.make(address, micro=False, error="m").save(picture, kind="png", scale=10, border=4)
    return picture.getvalue()


def load_link(work: Work, staff: Staff, args: str) -> Channel:
    return one_channel(work, staff, channel_args.read(args).channel_id)


def render_link(view: Channel, reader: Reader) -> Post:
    language, address = reader.language, link_of(view)
    close = (Button(language.t("Close"), ClosePost()),)
    if address is None:
        words = language.t(
            "«{channel}» has no link: clients write to {account}.", channel=view.name, account=view.account
        )
        return post(words, keyboard=(close,))
    title = Bold(language.t("Write to «{channel}»", channel=view.name))
    hint = language.t("Open the link, or hold a phone's camera over the code.")
    open_it = (Button(language.t("Open"), url=address),)
    return replace(post(lines(title, address, hint), keyboard=(open_it, close)), picture=qr_code(address))
