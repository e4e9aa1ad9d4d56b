"""/template: one of the approved texts is chosen, filled in blank by blank, looked at, and sent.

What was chosen and filled in so far lies in the person's dialog, so it survives a restart. ``mark`` names the form in
its buttons: one of an older form does nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sales import outbox
from sales.channels import Channel
from sales.clients import Client, Conversation
from sales.errors import Invalid, NotFound, Unsupported
from sales.ids import ChannelId, ClientId, ConversationId, MessageId, later
from sales.ports import Work
from sales.ports.channels import Template
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.templates import clean_value, content_of, from_text, next_blank, to_text
from sales.use_cases.first_contact import Newcomer, first_client
from sales.use_cases.saying import Saying, say
from sales.use_cases.talk import TEMPLATE, StaffPost
from sales.use_cases.team_lookup import check_writes, client_or_fail

FORM_SECONDS = 3600
PAGE = 8
"""Templates on a page of buttons."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """For whom a template is: a client in a conversation, or somebody who is none yet."""

    channel_id: ChannelId
    client_id: ClientId | None = None
    conversation_id: ConversationId | None = None
    newcomer: Newcomer | None = None


def template_receiver(work: Work, staff: Staff, client_id: ClientId, able: Callable[[Channel], bool]) -> Receiver:
    """Where the client wrote last on a channel with templates. Raises ``Unsupported``, ``NotFound``, and what
    ``check_writes`` raises.
    """
    client = client_or_fail(work, client_id)
    conversations = work.conversations.of_client(client_id)
    if not conversations:
        raise NotFound("conversation")
    for conversation in conversations:
        channel = work.channels.get(conversation.channel_id)
        if channel is not None and able(channel):
            check_writes(work, staff, client, channel.id)
            return Receiver(channel.id, client_id, conversation.id)
    check_writes(work, staff, client, conversations[0].channel_id)
    raise Unsupported("templates")


def offer_templates(work: Work, staff: Staff, receiver: Receiver, templates: Sequence[Template]) -> None:
    """The list to choose from. Raises ``Invalid``, and what ``check_writes`` raises."""
    if not templates:
        raise Invalid("no_templates")
    if receiver.client_id is not None:
        check_writes(work, staff, client_or_fail(work, receiver.client_id), receiver.channel_id)
    data = {
        "mark": str(work.now),
        "client": str(receiver.client_id or ""),
        "conversation": str(receiver.conversation_id or ""),
        "channel": str(receiver.channel_id),
        "choices": json.dumps([[one.name, one.language] for one in templates], ensure_ascii=False),
        "page": "0",
        "taps": "1",
        **(receiver.newcomer.to_data() if receiver.newcomer is not None else {}),
    }
    _go_on(work, staff, data, "template_list")


def _go_on(work: Work, staff: Staff, data: Mapping[str, str], step: str) -> None:
    """The next step of the form; about a client it stands in their topic."""
    work.dialogs.set(Dialog(staff.id, TEMPLATE, data, later(work.now, FORM_SECONDS)))
    client_id = ClientId(int(data["client"])) if data["client"] else None
    match step:
        case "template_list":
            row = outbox.notice(staff.id, "template_list", client_id, form=int(data["mark"]), sound=False)
        case "template_blank":
            row = outbox.notice(staff.id, "template_blank", client_id, form=int(data["mark"]), sound=False)
        case _:
            row = outbox.notice(staff.id, "template_preview", client_id, form=int(data["mark"]), sound=False)
    work.outbox.put([row])


def template_form(work: Work, staff: Staff, mark: int) -> Dialog:
    """Raises ``NotFound`` when it is over, or another."""
    dialog = work.dialogs.get(staff.id)
    if dialog is None or dialog.kind != TEMPLATE or dialog.data["mark"] != str(mark):
        raise NotFound("dialog")
    if dialog.expires_at is not None and dialog.expires_at <= work.now:
        raise NotFound("dialog")
    return dialog


def turn_page(work: Work, staff: Staff, mark: int, page: int) -> None:
    data = template_form(work, staff, mark).data
    _go_on(work, staff, {**data, "page": str(page)}, "template_list")


def chosen(work: Work, staff: Staff, mark: int, number: int) -> tuple[ChannelId, str, str]:
    """The channel, and the template's name and language. Raises ``NotFound``."""
    data = template_form(work, staff, mark).data
    choices = json.loads(data["choices"])
    if not 0 <= number < len(choices):
        raise NotFound("template")
    name, language = choices[number]
    return ChannelId(int(data["channel"])), name, language


def choose_template(work: Work, staff: Staff, mark: int, template: Template) -> None:
    data = template_form(work, staff, mark).data
    _fill(work, staff, {**data, "template": to_text(template), "values": "{}"})


def _fill(work: Work, staff: Staff, data: Mapping[str, str]) -> None:
    """Ask for the next blank; when none is left, show the whole."""
    blank = next_blank(from_text(data["template"]), json.loads(data["values"]))
    step = "template_preview" if blank is None else "template_blank"
    _go_on(work, staff, {**data, "taps": "1" if blank is None else ""}, step)


def take_value(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """What stands in the blank that was asked for. Raises ``Invalid``; then it is still asked for."""
    template, values = from_text(dialog.data["template"]), json.loads(dialog.data["values"])
    blank = next_blank(template, values)
    if blank is not None:
        values[blank.place] = clean_value(post.content.text)
    _fill(work, staff, {**dialog.data, "values": json.dumps(values, ensure_ascii=False)})


def send_template(work: Work, staff: Staff, mark: int) -> Client:
    """[Send]. Raises ``NotFound``, and what ``check_writes`` or ``first_client`` raise."""
    data = template_form(work, staff, mark).data
    if not data.get("template"):
        raise NotFound("template")
    content = content_of(from_text(data["template"]), json.loads(data["values"]))
    client, conversation = _receiver(work, staff, data)
    work.dialogs.clear(staff.id)
    message_id = say(work, staff, client, conversation, Saying(content))
    _audit(work, staff, client, message_id)
    return client


def _receiver(work: Work, staff: Staff, data: Mapping[str, str]) -> tuple[Client, Conversation]:
    if not data["client"]:
        return first_client(work, staff, Newcomer.from_data(data))
    client = client_or_fail(work, ClientId(int(data["client"])))
    check_writes(work, staff, client, ChannelId(int(data["channel"])))
    conversation = work.conversations.get(ConversationId(int(data["conversation"])))
    if conversation is None or conversation.client_id != client.id:
        raise NotFound("conversation")
    return client, conversation


def _audit(work: Work, staff: Staff, client: Client, message_id: MessageId) -> None:
    work.audit.add("template", f"client:{client.id}", f"message:{message_id}", staff_id=staff.id)


def cancel_form(work: Work, staff: Staff, mark: int) -> None:
    """[Cancel], of a form of templates or of a first message. One that is over already is no matter."""
    dialog = work.dialogs.get(staff.id)
    if dialog is not None and dialog.data.get("mark") == str(mark):
        work.dialogs.clear(staff.id)
