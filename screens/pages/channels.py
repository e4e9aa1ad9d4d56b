"""/channels: every account that clients write to. And the last steps of adding one."""

from collections.abc import Sequence

from aiogram.utils.formatting import Bold

from channels.registry import KINDS
from sales.channels import Channel, ChannelState
from sales.ports import Work
from sales.staff import Staff
from sales.views.channels import channels_view, one_channel
from screens.buttons import KeepName, TryChannel, Turn
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


# --- the name, and the end of the set-up ---


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
