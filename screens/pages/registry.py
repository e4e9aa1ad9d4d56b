"""Every page by the name that ``outbox.screen`` and ``buttons.Turn`` use: one line each."""

from typing import Any

from screens.pages import (
    channel,
    channel_people,
    channel_test,
    channels,
    chat,
    chats,
    invite,
    lead,
    pipeline,
    stage,
    start,
    team,
    transfer,
    which_client,
    why,
    writers,
)
from screens.pages import help as help_page
from screens.pages.page import Page

PAGES: dict[str, Page[Any]] = {
    "channel": Page(channel.load, channel.render),
    "channel_delay": Page(channel.load_channel, channel.render_delay),
    "channel_done": Page(channels.load_done, channels.render_done),
    "channel_ladder": Page(channel.load_channel, channel.render_ladder),
    "channel_link": Page(channel_test.load_link, channel_test.render_link),
    "channel_member": Page(channel_people.load_member, channel_people.render_member),
    "channel_name": Page(channels.load_name, channels.render_name),
    "channel_people": Page(channel_people.load, channel_people.render),
    "channel_place": Page(channel.load_place, channel.render_place),
    "channel_remove": Page(channel.load_channel, channel.render_remove),
    "channel_test": Page(channel_test.load, channel_test.render),
    "channel_way": Page(channel.load_channel, channel.render_way),
    "channels": Page(channels.load, channels.render),
    "new_channel": Page(channels.load_kinds, channels.render_kinds),
    "new_channel_token": Page(channels.load_token, channels.render_token),
    "help": Page(help_page.load, help_page.render),
    "lead": Page(lead.load, lead.render),
    "pipeline": Page(pipeline.load, pipeline.render),
    "stage": Page(stage.load, stage.render),
    "start": Page(start.load, start.render),
    "chat": Page(chat.load, chat.render),
    "chats": Page(chats.load, chats.render),
    "find": Page(chats.load_found, chats.render),
    "invite": Page(invite.load, invite.render),
    "person": Page(team.load_person, team.render_person),
    "remove": Page(team.load_person, team.render_remove),
    "team": Page(team.load, team.render),
    "transfer": Page(transfer.load, transfer.render),
    "which_client": Page(which_client.load, which_client.render),
    "writers": Page(writers.load, writers.render),
    "why": Page(why.load, why.render),
}
