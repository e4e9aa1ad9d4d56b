"""/channels: every account that clients write to. And the first and last steps of adding one."""

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold

from channels.registry import KINDS
from sales.channels import Channel, ChannelState
from sales.ids import ChannelId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.team import check_admin
from sales.views.channels import channels_view, one_channel
from screens.buttons import KeepName, LeaveForm, NewChannel, TryChannel, Turn
from screens.language import Language, mark
from screens.pages import channel_args
from screens.pages.channel_args import Args
from screens.pages.page import Reader
from screens.post import Button, Post, lines, post

STATES = {
    ChannelState.ACTIVE: mark("active"),
    ChannelState.PAUSED: mark("paused"),
    ChannelState.BROKEN: mark("does not work"),
    ChannelState.REMOVED: mark("disconnected"),
}
SIGNS = {
    ChannelState.ACTIVE: "🟢",
    ChannelState.PAUSED: "⏸",
    ChannelState.BROKEN: "🔴",
    ChannelState.REMOVED: "⚫️",
}

TOKEN_STEPS: Mapping[str, Sequence[str]] = {
    "telegram": (
        mark("1. Open @BotFather and send /newbot."),
        mark("2. Send it a name: that is what clients see. Then a username that ends in “bot”."),
        mark("3. It answers with a token, such as 123456789:AAF…xyz. Copy the token and send it here."),
        mark("A bot that you have already: send @BotFather /mybots, choose the bot, then “API Token”."),
        mark("It must be a bot of its own: not the one you are writing to now, and one that no other program uses."),
    )
}
"""How to come by what a kind needs."""

TOKEN_LINKS = {"telegram": "https://t.me/BotFather"}


def title_of(channel: Channel) -> str:
    kind = KINDS.get(channel.kind)
    return kind.title if kind is not None else channel.kind


def home(language: Language) -> Button:
    return Button(language.t("‹ Channels"), Turn(name="channels"))


def load(work: Work, staff: Staff, args: str) -> Sequence[Channel]:
    return channels_view(work, staff)


def render(view: Sequence[Channel], reader: Reader) -> Post:
    language = reader.language
    title = Bold(language.n("{count} channel", "{count} channels", len(view)))
    hint = (
        language.t("A channel is an account that clients write to.")
        if view
        else language.t("No channel is connected yet. A channel is an account that clients write to.")
    )
    listed = tuple((Button(_line(one, language), Turn(name="channel", args=str(one.id))),) for one in view)
    add = Button(language.t("Add a channel"), Turn(name="new_channel"), style="primary")
    return post(lines(title, hint), keyboard=(*listed, (add,)))


def _line(channel: Channel, language: Language) -> str:
    state = "" if channel.state is ChannelState.ACTIVE else f" · {language.t(STATES[channel.state])}"
    return f"{SIGNS[channel.state]} {channel.name} · {title_of(channel)}{state}"[:100]


# --- adding one ---


def load_kinds(work: Work, staff: Staff, args: str) -> None:
    check_admin(work, staff.id)


def render_kinds(view: None, reader: Reader) -> Post:
    """Those that one pasted secret connects."""
    language = reader.language
    kinds = tuple(
        (Button(kind.title, NewChannel(kind=name)),) for name, kind in KINDS.items() if len(kind.secrets) == 1
    )
    return post(
        lines(Bold(language.t("Add a channel")), language.t("Where do your clients write?")),
        keyboard=(*kinds, (home(language),)),
    )


def load_token(work: Work, staff: Staff, args: str) -> Channel | None:
    """``<kind>.<channel>``: the channel only where a fresh token is asked for."""
    check_admin(work, staff.id)
    channel = args.partition(".")[2]
    return one_channel(work, staff, ChannelId(int(channel))) if channel.isdecimal() else None


def render_token(view: Channel | None, reader: Reader) -> Post:
    language = reader.language
    kind = reader.args.partition(".")[0]
    title = (
        language.t("A fresh token for «{channel}»", channel=view.name)
        if view is not None
        else language.t("Add a channel · {kind}", kind=KINDS[kind].title if kind in KINDS else kind)
    )
    safe = language.t("Your message with the token is deleted from this chat at once. The token is kept encrypted.")
    steps = [language.t(step) for step in TOKEN_STEPS.get(kind, ())]
    link = TOKEN_LINKS.get(kind)
    back = LeaveForm(name="channel", args=str(view.id)) if view is not None else LeaveForm(name="new_channel")
    keyboard = ((Button(language.t("Open @BotFather"), url=link),),) if link is not None else ()
    return post(
        lines(Bold(title), *steps, safe),
        keyboard=(*keyboard, (Button(language.t("‹ Cancel"), back),)),
    )


def load_name(work: Work, staff: Staff, args: str) -> tuple[Channel, Args]:
    given = channel_args.read(args)
    return one_channel(work, staff, given.channel_id), given


def render_name(view: tuple[Channel, Args], reader: Reader) -> Post:
    language, (channel, given) = reader.language, view
    connected = language.t("{account} is connected.", account=channel.account or channel.name) if given.setup else None
    return post(
        lines(
            Bold(connected) if connected else None,
            language.t("What is the channel called? The team sees this name on every new client. Write it now."),
        ),
        keyboard=(
            (Button(language.t("Keep «{name}»", name=channel.name), KeepName(channel=channel.id, setup=given.setup)),),
        ),
    )


def load_done(work: Work, staff: Staff, args: str) -> tuple[Channel, bool]:
    """``<channel>.1``: it is the very first, and its test has started by itself."""
    given = channel_args.read(args)
    return one_channel(work, staff, given.channel_id), given.number == 1


def render_done(view: tuple[Channel, bool], reader: Reader) -> Post:
    language, (channel, first) = reader.language, view
    title = Bold(language.t("✅ «{channel}» is ready: clients can write to it.", channel=channel.name))
    if first:
        words = language.t("It is your first channel, so its test starts by itself: see below.")
        more = Button(language.t("To the channel"), Turn(name="channel", args=str(channel.id)))
        return post(lines(title, words), keyboard=((more,),))
    words = language.t("A test takes a minute: a made-up client writes, and you answer.")
    test = Button(language.t("Test it now"), TryChannel(channel=channel.id), style="primary")
    later = Button(language.t("Later"), Turn(name="channel", args=str(channel.id)))
    return post(lines(title, words), keyboard=((test, later),))
