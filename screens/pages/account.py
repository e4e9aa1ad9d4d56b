"""Adding a channel: which kind, what it needs, and what is left to do at its platform."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Code, Text

from channels.kinds import Kind
from channels.registry import KINDS
from sales.channels import Channel, Field
from sales.errors import NotFound
from sales.ids import ChannelId
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_form import ACCOUNT_FORM, asked, channel_of, open_form
from sales.use_cases.team import check_admin
from sales.views.channels import one_channel
from screens.buttons import AskField, GoOnAnyway, LeaveForm, NewChannel, RenameChannel, TryAgain, UseDefault
from screens.errors import sentence
from screens.language import Language
from screens.pages import channel_args
from screens.pages.account_words import FAILURES, FIELDS, LINKS, QUESTIONS, STEPS, UNREACHED, WARNINGS
from screens.pages.channel_args import Args
from screens.pages.channels import home
from screens.pages.page import Reader
from screens.post import Button, Post, lines, post


def load_kinds(work: Work, staff: Staff, args: str) -> None:
    check_admin(work, staff.id)


def render_kinds(view: None, reader: Reader) -> Post:
    language = reader.language
    kinds = tuple((Button(kind.title, NewChannel(kind=name)),) for name, kind in KINDS.items())
    return post(
        lines(Bold(language.t("Add a channel")), language.t("Where do your clients write?")),
        keyboard=(*kinds, (home(language),)),
    )


def _kind(name: str) -> Kind:
    """Raises ``NotFound``."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound("channel")
    return kind


def load_warning(work: Work, staff: Staff, args: str) -> Kind:
    """``args`` is the kind."""
    check_admin(work, staff.id)
    return _kind(args)


def render_warning(view: Kind, reader: Reader) -> Post:
    language = reader.language
    words = [language.t(line) for line in WARNINGS.get(reader.args, ())]
    official = (
        ((Button(language.t("Use the official way"), NewChannel(kind=view.official), style="primary"),),)
        if view.official is not None
        else ()
    )
    go_on = (Button(language.t("I understand, go on"), GoOnAnyway(kind=reader.args)),)
    back = (Button(language.t("‹ Cancel"), LeaveForm(name="new_channel")),)
    return post(lines(Bold(view.title), *words), keyboard=(*official, go_on, back))


# --- one question after the other ---


@dataclass(frozen=True, slots=True)
class Question:
    """``channel`` only where fresh secrets of one are asked for."""

    kind_name: str
    kind: Kind
    field: Field
    channel: Channel | None


def load_question(work: Work, staff: Staff, args: str) -> Question:
    """``<kind>.<channel>.<field>``."""
    check_admin(work, staff.id)
    name, _, rest = args.partition(".")
    channel, _, field = rest.partition(".")
    kind = _kind(name)
    found = next((one for one in asked(kind.fields) if one.name == field), None)
    if found is None:
        raise NotFound("page")
    held = one_channel(work, staff, ChannelId(int(channel))) if channel.isdecimal() else None
    return Question(name, kind, found, held)


def render_question(view: Question, reader: Reader) -> Post:
    language, questions = reader.language, asked(view.kind.fields)
    steps = [language.t(step) for step in QUESTIONS.get((view.kind_name, view.field.name), ())]
    if len(questions) == 1:
        safe = language.t("Your message with the token is deleted from this chat at once. The token is kept encrypted.")
    else:
        safe = language.t("Your answer is deleted from this chat at once, and kept encrypted.")
    return post(
        lines(Bold(_title(view, language)), *steps, safe),
        keyboard=tuple(
            row for row in (_link(view, language), _default(view, language), _cancel(view, language)) if row
        ),
    )


def _title(view: Question, language: Language) -> str:
    questions = asked(view.kind.fields)
    if view.channel is not None and len(questions) == 1:
        return language.t("A fresh token for «{channel}»", channel=view.channel.name)
    place = f" · {questions.index(view.field) + 1}/{len(questions)}" if len(questions) > 1 else ""
    if view.channel is not None:
        return f"{view.channel.name}{place}"
    return f"{language.t('Add a channel · {kind}', kind=view.kind.title)}{place}"


def _link(view: Question, language: Language) -> tuple[Button, ...]:
    words, url = LINKS.get(view.kind_name, (None, None))
    return (Button(language.t(words), url=url),) if words is not None else ()


def _default(view: Question, language: Language) -> tuple[Button, ...]:
    offered = view.field.default
    if offered is None:
        return ()
    return (Button(language.t("Use “{answer}”", answer=offered), UseDefault(field=view.field.name)),)


def _cancel(view: Question, language: Language) -> tuple[Button, ...]:
    channel = view.channel
    back = LeaveForm(name="channel", args=str(channel.id)) if channel is not None else LeaveForm(name="new_channel")
    return (Button(language.t("‹ Cancel"), back),)


# --- what was answered so far ---


def load_answers(work: Work, staff: Staff, args: str) -> Dialog:
    """Raises ``NotFound`` when the form is over."""
    check_admin(work, staff.id)
    form = open_form(work, staff.id, ACCOUNT_FORM)
    if form is None:
        raise NotFound("dialog")
    return form


def render_answers(view: Dialog, reader: Reader) -> Post:
    """All is there, and it did not work; or one of a channel's secrets is to be another."""
    language, name = reader.language, view.data["kind"]
    kind, problem = _kind(name), view.data.get("problem")
    questions = asked(kind.fields)
    shown = [f"{language.t(FIELDS[one.name])}: {_shown(view, one)}" for one in questions]
    words = language.t("Which one is to be another?") if not problem else f"❌ {_failure(name, problem, language)}"
    fields = tuple((Button(language.t(FIELDS[one.name]), AskField(field=one.name)),) for one in questions)
    again = ((Button(language.t("Try again"), TryAgain(), style="primary"),),) if problem else ()
    channel = channel_of(view)
    back = LeaveForm(name="channel", args=str(channel)) if channel is not None else LeaveForm(name="new_channel")
    cancel = (Button(language.t("‹ Cancel"), back),)
    return post(lines(Bold(kind.title), *shown, words), keyboard=(*again, *fields, cancel))


def _shown(form: Dialog, field: Field) -> str:
    """What is secret is never shown again."""
    return "••••" if field.hidden else form.secrets.get(field.name, "?")


def _failure(kind: str, problem: str, language: Language) -> str:
    special = FAILURES.get((kind, problem))
    return language.t(special) if special is not None else sentence({"code": "Invalid", "detail": problem}, language)


# --- what is left to do at the platform ---


@dataclass(frozen=True, slots=True)
class Steps:
    """``shown`` are secrets that the platform is to be told."""

    channel: Channel
    given: Args
    shown: Mapping[str, str]


def load_steps(work: Work, staff: Staff, args: str) -> Steps:
    given = channel_args.read(args)
    channel = one_channel(work, staff, given.channel_id)
    secrets = work.channels.secrets(channel.id)
    told = [field.name for field in _kind(channel.kind).fields if field.made and not field.hidden]
    return Steps(channel, given, {name: secrets.get(name, "?") for name in told})


def render_steps(view: Steps, reader: Reader) -> Post:
    language, channel = reader.language, view.channel
    callback = callback_of(channel, reader.public_url)
    unreached = UNREACHED.get(channel.kind) if callback is None else None
    facts = {"account": channel.account or channel.name, "callback": callback or "?", **view.shown}
    words = [_line(language.t(step), facts) for step in unreached or STEPS.get(channel.kind, ())]
    copies = () if callback is None or not view.shown else (_copies({"url": callback, **view.shown}, language),)
    title = Bold(language.t("{account} is connected.", account=facts["account"]))
    return post(lines(title, *words), keyboard=(*copies, _next(view, language)))


def _line(words: str, facts: Mapping[str, str]) -> Text:
    """Facts stand in code, so that a tap copies them."""
    parts: list[object] = []
    for at, piece in enumerate(words.replace("}", "{").split("{")):
        parts.append(Code(facts.get(piece, "?")) if at % 2 else piece)
    return Text(*parts)


def _copies(values: Mapping[str, str], language: Language) -> tuple[Button, ...]:
    return tuple(
        Button(language.t("Copy: {what}", what=language.t(FIELDS[name])), copy=value) for name, value in values.items()
    )


def _next(view: Steps, language: Language) -> tuple[Button, ...]:
    if view.given.setup:
        return (Button(language.t("Next ›"), RenameChannel(channel=view.channel.id, setup=True), style="primary"),)
    return (Button(f"‹ {view.channel.name}", LeaveForm(name="channel", args=str(view.channel.id))),)


def callback_of(channel: Channel, public_url: str | None) -> str | None:
    """Where the platform delivers to this channel."""
    return f"{public_url}/webhooks/{_kind(channel.kind).family}/{channel.id}" if public_url is not None else None
