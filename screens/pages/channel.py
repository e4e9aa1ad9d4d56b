"""One channel: how it is set, and a button for everything that can be changed."""

from aiogram.utils.formatting import Bold

from channels.registry import KINDS
from sales.channels import Afterwards, Channel, ChannelState, Distribution, Ladder
from sales.leads import StageKind
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.channel_form import asked
from sales.views.channels import ChannelView, PlaceView, channel_view, one_channel, place_view
from screens import buttons
from screens.buttons import SetDelay, SetDistribution, Turn
from screens.language import Language, mark
from screens.notice_team import PROBLEMS
from screens.pages import channel_args
from screens.pages.channel_args import Args
from screens.pages.channels import SIGNS, STATES, home, title_of
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, lines, post, rows

WAYS = {
    Distribution.FIRST_ACCEPT: mark("first to accept"),
    Distribution.IN_TURN: mark("in turn"),
}
WAY_WORDS = {
    Distribution.FIRST_ACCEPT: mark("First to accept: everybody sees a new client, and whoever taps first has them."),
    Distribution.IN_TURN: mark("In turn: each new client goes to the next person in line, without asking."),
}
STEPS = {
    "remind_after": mark("Remind after"),
    "widen_after": mark("Ask the managers after"),
    "assign_after": mark("Give to the next in turn after"),
}
MINUTES = (1, 2, 5, 15, 30, 60)


def load(work: Work, staff: Staff, args: str) -> ChannelView:
    return channel_view(work, staff, channel_args.read(args).channel_id)


def render(view: ChannelView, reader: Reader) -> Post:
    language, channel = reader.language, view.channel
    facts = [
        " · ".join(part for part in (title_of(channel), channel.account) if part),
        f"{SIGNS[channel.state]} {language.t(STATES[channel.state])}",
        _problem(channel, language),
        language.t("New clients: {way}", way=language.t(WAYS[channel.distribution])),
        language.n("{count} person receives new clients", "{count} people receive new clients", view.receivers)
        if view.receivers
        else language.t("⚠️ Nobody receives new clients here: managers are asked instead."),
        language.t("Leads: {place}", place=_place(view, language)),
        language.t("Nobody accepts: {ladder}", ladder=_ladder(channel.ladder, language)),
    ]
    return post(lines(Bold(channel.name), *facts), keyboard=_keyboard(channel, language))


def _problem(channel: Channel, language: Language) -> str | None:
    if channel.problem is None:
        return None
    words = PROBLEMS.get(channel.problem)
    return f"⚠️ {language.t(words) if words else channel.problem.replace('_', ' ')}"


def _place(view: ChannelView, language: Language) -> str:
    crm = view.crm.name if view.crm is not None else language.t("no CRM")
    return " › ".join(part for part in (crm, view.pipeline, view.stage) if part)


def _ladder(ladder: Ladder, language: Language) -> str:
    steps = (
        (language.t("remind"), ladder.remind_after),
        (language.t("managers"), ladder.widen_after),
        (language.t("in turn"), ladder.assign_after),
    )
    taken = [f"{name} {language.duration(after)}" for name, after in steps if after is not None]
    return " → ".join(taken) or language.t("it waits")


def _keyboard(channel: Channel, language: Language) -> Keyboard:
    number, one = str(channel.id), channel.id
    other = Distribution.IN_TURN if channel.distribution is Distribution.FIRST_ACCEPT else Distribution.FIRST_ACCEPT
    way = language.t("New clients: {way} ⇄", way=language.t(WAYS[channel.distribution]))
    return (
        (
            Button(language.t("Test it now"), buttons.TryChannel(channel=one), style="primary"),
            Button(language.t("Link and QR code"), buttons.ShowLink(channel=one)),
        ),
        (Button(way, SetDistribution(channel=one, way=other, setup=False)),),
        (
            Button(language.t("People"), Turn(name="channel_people", args=number)),
            Button(language.t("Leads"), Turn(name="channel_place", args=number)),
            Button(language.t("Delays"), Turn(name="channel_ladder", args=number)),
        ),
        (
            Button(language.t("Rename"), buttons.RenameChannel(channel=one, setup=False)),
            Button(_secrets_words(channel, language), buttons.NewToken(channel=one)),
        ),
        *_at_platform(channel, language),
        (
            _pause(channel, language),
            Button(language.t("Disconnect…"), Turn(name="channel_remove", args=number), style="danger"),
        ),
        (home(language),),
    )


def _secrets_words(channel: Channel, language: Language) -> str:
    kind = KINDS.get(channel.kind)
    several = kind is not None and len(asked(kind.fields)) > 1
    return language.t("Access") if several else language.t("New token")


def _at_platform(channel: Channel, language: Language) -> Keyboard:
    """What an admin did there once, and may have to do again."""
    kind = KINDS.get(channel.kind)
    match kind.afterwards if kind is not None else Afterwards.NOTHING:
        case Afterwards.LINK_PHONE:
            return ((Button(language.t("Link the phone"), buttons.LinkPhone(channel=channel.id, setup=False)),),)
        case Afterwards.AT_PLATFORM:
            return ((Button(language.t("At the platform"), Turn(name="channel_steps", args=str(channel.id))),),)
    return ()


def _pause(channel: Channel, language: Language) -> Button:
    if channel.state is ChannelState.ACTIVE:
        return Button(language.t("Pause"), buttons.PauseChannel(channel=channel.id, paused=True))
    return Button(language.t("Resume"), buttons.PauseChannel(channel=channel.id, paused=False))


def back_to(channel: Channel, language: Language) -> Button:
    return Button(language.t("‹ {channel}", channel=channel.name), Turn(name="channel", args=str(channel.id)))


def load_channel(work: Work, staff: Staff, args: str) -> tuple[Channel, Args]:
    given = channel_args.read(args)
    return one_channel(work, staff, given.channel_id), given


def render_remove(view: tuple[Channel, Args], reader: Reader) -> Post:
    language, (channel, _) = reader.language, view
    words = language.t(
        "Disconnect «{channel}»? Nobody can write to it any more, and its open offers are withdrawn. "
        "Clients and everything that was said stay.",
        channel=channel.name,
    )
    remove = Button(language.t("Disconnect"), buttons.RemoveChannel(channel=channel.id), style="danger")
    return post(words, keyboard=((remove,), (back_to(channel, language),)))


def render_way(view: tuple[Channel, Args], reader: Reader) -> Post:
    """A step of the set-up; later it is one tap on the channel's page."""
    language, (channel, given) = reader.language, view
    ways = tuple(
        (
            Button(
                language.t(WAYS[way]).capitalize(),
                SetDistribution(channel=channel.id, way=way, setup=given.setup),
            ),
        )
        for way in Distribution
    )
    title = Bold(language.t("«{channel}»: how are new clients handed out?", channel=channel.name))
    return post(lines(title, *(language.t(words) for words in WAY_WORDS.values())), keyboard=ways)


# --- where leads begin ---


def load_place(work: Work, staff: Staff, args: str) -> tuple[PlaceView, Args]:
    given = channel_args.read(args)
    return place_view(work, staff, given.channel_id), given


def render_place(view: tuple[PlaceView, Args], reader: Reader) -> Post:
    language, (place, given) = reader.language, view
    channel = place.channel
    title = Bold(language.t("«{channel}»: where do its leads begin?", channel=channel.name))
    if not place.pipelines:
        hint = language.t("This channel's CRM is outside: its pipeline and stage are set by dibs channel set.")
        return post(lines(title, hint), keyboard=(_onward(channel, given, language),))
    held = next((at for at, one in enumerate(place.pipelines) if one.id == channel.pipeline_id), 0)
    chosen = given.number if given.number is not None and given.number < len(place.pipelines) else held
    stages = [
        Button(
            f"{'✓ ' if stage.id == channel.stage_id else ''}{stage.name}"[:60],
            buttons.SetPlace(channel=channel.id, pipeline=chosen, stage=at, setup=given.setup),
        )
        for at, stage in enumerate(place.pipelines[chosen].stages)
        if stage.kind is StageKind.OPEN
    ]
    pipelines = [
        Button(
            f"{'✓ ' if at == held else ''}{one.name} ›"[:60],
            Turn(name="channel_place", args=f"{channel.id}.{at}{given.end}"),
        )
        for at, one in enumerate(place.pipelines)
        if at != chosen
    ]
    where = language.t("Pipeline: {pipeline}. Choose the first stage.", pipeline=place.pipelines[chosen].name)
    return post(
        lines(title, where),
        keyboard=(*rows(*stages), *rows(*pipelines, width=1), _onward(channel, given, language)),
    )


def _onward(channel: Channel, given: Args, language: Language) -> tuple[Button, ...]:
    if given.setup:
        return (Button(language.t("Finish ›"), buttons.FinishSetup(channel=channel.id), style="primary"),)
    return (back_to(channel, language),)


# --- when nobody accepts ---


def render_ladder(view: tuple[Channel, Args], reader: Reader) -> Post:
    language, (channel, _) = reader.language, view
    steps = tuple(
        (
            Button(
                f"{language.t(words)}: {_after(getattr(channel.ladder, step), language)}",
                Turn(name="channel_delay", args=f"{channel.id}.{place}"),
            ),
        )
        for place, (step, words) in enumerate(STEPS.items())
    )
    title = Bold(language.t("«{channel}»: when nobody accepts", channel=channel.name))
    hint = language.t("Counted from the moment a new client is offered.")
    return post(lines(title, hint), keyboard=(*steps, (back_to(channel, language),)))


def _after(seconds: int | None, language: Language) -> str:
    return language.duration(seconds) if seconds is not None else language.t("off")


def render_delay(view: tuple[Channel, Args], reader: Reader) -> Post:
    """``<channel>.<position of the step>``."""
    language, (channel, given) = reader.language, view
    step = list(STEPS)[min(given.number or 0, len(STEPS) - 1)]
    held = getattr(channel.ladder, step) or 0
    choices = [
        Button(
            f"{'✓ ' if held == seconds else ''}{_after(seconds or None, language)}",
            SetDelay(channel=channel.id, step=step, seconds=seconds),
        )
        for seconds in (0, *(minutes * 60 for minutes in MINUTES))
    ]
    back = Button(language.t("‹ Back"), Turn(name="channel_ladder", args=str(channel.id)))
    return post(Bold(f"{language.t(STEPS[step])} …"), keyboard=(*rows(*choices, width=4), (back,)))
