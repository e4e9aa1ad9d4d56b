"""/channels: every account that clients write to, how it is set, and trying it. For admins."""

from collections.abc import Callable
from dataclasses import replace

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.act import Act, post_of
from sales import outbox
from sales.channels import Distribution
from sales.errors import NotFound
from sales.ids import ChannelId, PostId, StaffId
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.channel_form import SETUP, close_form
from sales.use_cases.channel_setup import after_name, ask_for_name, finish_setup
from sales.use_cases.channel_test import begin_test, end_test
from sales.use_cases.channels import SetChannel, channel_or_fail, remove_channel, set_channel
from sales.use_cases.team import KEEP, SetChannelRole, check_admin, person, set_channel_role
from sales.views.channels import place_view
from screens import buttons
from screens.language import Languages

STEPS = ("remind_after", "widen_after", "assign_after")


async def on_channels(message: Message, act: Act) -> None:
    await act.do(lambda work, staff: _leave(work, staff, "channels", "", None))


def _leave(work: Work, staff: Staff, name: str, args: str, page: PostId | None) -> None:
    check_admin(work, staff.id)
    page = close_form(work, staff, page)
    work.outbox.put([outbox.screen(staff.id, name, args, page)])


async def on_leave(query: CallbackQuery, callback_data: buttons.LeaveForm, act: Act) -> None:
    await act.do(lambda work, staff: _leave(work, staff, callback_data.name, callback_data.args, post_of(query)))


# --- the name, and the end of the set-up ---


async def on_rename(query: CallbackQuery, callback_data: buttons.RenameChannel, act: Act) -> None:
    channel_id = ChannelId(callback_data.channel)
    setup = callback_data.setup
    await act.do(lambda work, staff: ask_for_name(work, staff, channel_id, post_of(query), setup=setup))


async def on_keep_name(query: CallbackQuery, callback_data: buttons.KeepName, act: Act) -> None:
    channel_id = ChannelId(callback_data.channel)
    await act.do(lambda work, staff: after_name(work, staff, channel_id, post_of(query), setup=callback_data.setup))


async def on_finish(query: CallbackQuery, callback_data: buttons.FinishSetup, act: Act) -> None:
    await act.do(lambda work, staff: finish_setup(work, staff, ChannelId(callback_data.channel), post_of(query)))


# --- how it is set ---


async def _change(
    act: Act, query: CallbackQuery, page: tuple[str, str], command: Callable[[Work, StaffId], SetChannel]
) -> None:
    """Set something, and show ``page`` (its name and arguments) in place of the one with the button."""
    name, args = page

    def change(work: Work, staff: Staff) -> None:
        set_channel(work, command(work, staff.id))
        work.outbox.put([outbox.screen(staff.id, name, args, post_of(query))])

    await act.do(change)


def _args(channel: int, setup: bool) -> str:
    return f"{channel}{SETUP if setup else ''}"


async def on_distribution(query: CallbackQuery, callback_data: buttons.SetDistribution, act: Act) -> None:
    way = next((one for one in Distribution if one == callback_data.way), None)
    if way is None:
        raise NotFound("distribution")
    page = ("channel_people" if callback_data.setup else "channel", _args(callback_data.channel, callback_data.setup))
    channel_id = ChannelId(callback_data.channel)
    await _change(act, query, page, lambda _, by: SetChannel(channel_id, distribution=way, by_id=by))


async def on_place(query: CallbackQuery, callback_data: buttons.SetPlace, act: Act) -> None:
    channel_id = ChannelId(callback_data.channel)

    def command(work: Work, by: StaffId) -> SetChannel:
        check_admin(work, by)
        staff = person(work, by)
        pipelines = place_view(work, staff, channel_id).pipelines
        if not 0 <= callback_data.pipeline < len(pipelines):
            raise NotFound("pipeline")
        pipeline = pipelines[callback_data.pipeline]
        if not 0 <= callback_data.stage < len(pipeline.stages):
            raise NotFound("stage")
        return SetChannel(
            channel_id, pipeline_id=pipeline.id, stage_id=pipeline.stages[callback_data.stage].id, by_id=by
        )

    await _change(act, query, ("channel_place", _args(callback_data.channel, callback_data.setup)), command)


async def on_delay(query: CallbackQuery, callback_data: buttons.SetDelay, act: Act) -> None:
    channel_id = ChannelId(callback_data.channel)
    if callback_data.step not in STEPS:
        raise NotFound("step")

    def command(work: Work, by: StaffId) -> SetChannel:
        ladder = channel_or_fail(work, channel_id).ladder
        changed = replace(ladder, **{callback_data.step: callback_data.seconds or None})
        return SetChannel(channel_id, ladder=changed, by_id=by)

    await _change(act, query, ("channel_ladder", str(channel_id)), command)


async def on_pause(query: CallbackQuery, callback_data: buttons.PauseChannel, act: Act) -> None:
    channel_id, paused = ChannelId(callback_data.channel), callback_data.paused
    page = ("channel", str(channel_id))
    await _change(act, query, page, lambda _, by: SetChannel(channel_id, paused=paused, by_id=by))


async def on_remove(query: CallbackQuery, callback_data: buttons.RemoveChannel, act: Act, languages: Languages) -> None:
    def remove(work: Work, staff: Staff) -> tuple[str, Staff]:
        name = channel_or_fail(work, ChannelId(callback_data.channel)).name
        remove_channel(work, ChannelId(callback_data.channel), staff.id)
        work.outbox.put([outbox.screen(staff.id, "channels", "", post_of(query))])
        return name, staff

    name, staff = await act.do(remove)
    act.say(languages.of(staff.language).t("«{channel}» is disconnected.", channel=name))


# --- who is on it ---


async def on_member_role(query: CallbackQuery, callback_data: buttons.SetMemberRole, act: Act) -> None:
    role = next((one for one in Role if one == callback_data.role), None)
    if role is None and callback_data.role not in ("inherit", "no_access"):
        raise NotFound("role")

    def change(work: Work, staff: Staff) -> None:
        member, channel_id = StaffId(callback_data.staff), ChannelId(callback_data.channel)
        no_access = callback_data.role == "no_access"
        set_channel_role(work, SetChannelRole(member, channel_id, role, no_access, KEEP, by_id=staff.id))
        args = f"{channel_id}.{member}{SETUP if callback_data.setup else ''}"
        work.outbox.put([outbox.screen(staff.id, "channel_member", args, post_of(query))])

    await act.do(change)


async def on_member_switch(query: CallbackQuery, callback_data: buttons.SetMemberSwitch, act: Act) -> None:
    def change(work: Work, staff: Staff) -> None:
        member, channel_id = StaffId(callback_data.staff), ChannelId(callback_data.channel)
        wanted = {"on": True, "off": False}.get(callback_data.value)
        set_channel_role(work, SetChannelRole(member, channel_id, receives_new_clients=wanted, by_id=staff.id))
        end = SETUP if callback_data.setup else ""
        name, args = (
            ("channel_people", f"{channel_id}{end}")
            if callback_data.back
            else ("channel_member", f"{channel_id}.{member}{end}")
        )
        work.outbox.put([outbox.screen(staff.id, name, args, post_of(query))])

    await act.do(change)


# --- trying it ---


async def on_test(query: CallbackQuery, callback_data: buttons.TryChannel, act: Act) -> None:
    await act.do(lambda work, staff: begin_test(work, staff, ChannelId(callback_data.channel)))


async def on_end_test(query: CallbackQuery, act: Act) -> None:
    await act.do(lambda work, staff: end_test(work, staff))


async def on_link(query: CallbackQuery, callback_data: buttons.ShowLink, act: Act) -> None:
    args = str(callback_data.channel)
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "channel_link", args)]))


async def on_close_post(query: CallbackQuery, act: Act) -> None:
    def close(work: Work, staff: Staff) -> None:
        post_id = post_of(query)
        if post_id is not None:
            work.outbox.put([outbox.erase(staff.id, post_id)])

    await act.do(close)


def setup() -> Router:
    router = Router(name="channels")
    router.message.register(on_channels, Command("channels"))
    for handler, data in (
        (on_leave, buttons.LeaveForm),
        (on_rename, buttons.RenameChannel),
        (on_keep_name, buttons.KeepName),
        (on_finish, buttons.FinishSetup),
        (on_distribution, buttons.SetDistribution),
        (on_place, buttons.SetPlace),
        (on_delay, buttons.SetDelay),
        (on_pause, buttons.PauseChannel),
        (on_remove, buttons.RemoveChannel),
        (on_member_role, buttons.SetMemberRole),
        (on_member_switch, buttons.SetMemberSwitch),
        (on_test, buttons.TryChannel),
        (on_end_test, buttons.EndTest),
        (on_link, buttons.ShowLink),
        (on_close_post, buttons.ClosePost),
    ):
        router.callback_query.register(handler, data.filter())
    return router
