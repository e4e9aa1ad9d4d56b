"""What connecting an account needs, asked for one thing after the other.

Answers lie in the person's dialog, encrypted, and only until the account is known: then they are the channel's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_urlsafe

from sales import outbox
from sales.channels import Field
from sales.errors import NotFound
from sales.ids import ChannelId, PostId, StaffId, later
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channels import channel_or_fail
from sales.use_cases.team import check_admin

ACCOUNT_FORM = "channel_account"
NAME_FORM = "channel_name"
LINK_FORM = "channel_link"
FORMS = (ACCOUNT_FORM, NAME_FORM, LINK_FORM)
FORM_SECONDS = 3600
SETUP = ".setup"
"""Ends the arguments of a page that is a step of the set-up."""
MADE_BYTES = 24
"""192 random bits for a secret that we make up."""


@dataclass(frozen=True, slots=True)
class AskForAccount:
    """Of a new channel of this kind; or fresh secrets of one that is there."""

    kind: str
    fields: Sequence[Field]
    channel_id: ChannelId | None = None


def asked(fields: Sequence[Field]) -> list[Field]:
    return [field for field in fields if not field.made]


def missing(form: Dialog, fields: Sequence[Field]) -> Field | None:
    """What is to be asked for next; ``None`` when all is there."""
    return next((field for field in asked(fields) if field.name not in form.secrets), None)


def open_form(work: Work, staff_id: StaffId, form: str) -> Dialog | None:
    """What this person is asked for, if it is this and still open."""
    dialog = work.dialogs.get(staff_id)
    if dialog is None or dialog.kind != form:
        return None
    return dialog if dialog.expires_at is None or dialog.expires_at > work.now else None


def set_form(
    work: Work, staff: Staff, form: str, page: PostId | None, secrets: Mapping[str, str] | None = None, **data: str
) -> None:
    """``page`` is the post that shows the form, and goes on as the next step."""
    found = {"page": str(page or ""), **data}
    work.dialogs.set(Dialog(staff.id, form, found, later(work.now, FORM_SECONDS), secrets or {}))


def page_of(form: Dialog) -> PostId | None:
    return PostId(int(form.data["page"])) if form.data.get("page") else None


def channel_of(form: Dialog) -> ChannelId | None:
    return ChannelId(int(form.data["channel"])) if form.data.get("channel") else None


def close_form(work: Work, staff: Staff, page: PostId | None) -> PostId | None:
    """Another page was opened: what is written now is no answer to a form about channels any more.

    Returns the post that may become that page: a picture can't, so it goes.
    """
    dialog = work.dialogs.get(staff.id)
    if dialog is None or dialog.kind not in FORMS:
        return page
    work.dialogs.clear(staff.id)
    if dialog.kind != LINK_FORM or page is None:
        return page
    work.outbox.put([outbox.erase(staff.id, page)])
    return None


# --- the account ---


def ask_for_account(work: Work, staff: Staff, command: AskForAccount, page: PostId | None) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    secrets = {field.name: token_urlsafe(MADE_BYTES) for field in command.fields if field.made}
    if command.channel_id is not None:
        channel_or_fail(work, command.channel_id)
        secrets |= work.channels.secrets(command.channel_id)
    data = {"kind": command.kind, "channel": str(command.channel_id or ""), "problem": ""}
    questions = asked(command.fields)
    alone = questions[0].name if len(questions) == 1 else ""
    secrets.pop(alone, None)
    form = Dialog(staff.id, ACCOUNT_FORM, {**data, "page": str(page or "")}, later(work.now, FORM_SECONDS), secrets)
    _show_next(work, form, command.fields)


def ask_again(work: Work, staff: Staff, fields: Sequence[Field], name: str, page: PostId | None) -> None:
    """One of the answers is to be another. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    form = _account_form(work, staff)
    if all(field.name != name for field in asked(fields)):
        raise NotFound("dialog")
    _ask(work, replace(form, data={**form.data, "page": str(page or "")}), name)


def take_answer(work: Work, staff: Staff, fields: Sequence[Field], post_id: PostId, text: str) -> None:
    """What was written goes from the chat at once, whatever it is. Raises ``NotFound`` when the form is over."""
    form = _account_form(work, staff)
    work.outbox.put([outbox.in_front(outbox.erase(staff.id, post_id))])
    field = next((one for one in asked(fields) if one.name == form.data.get("asked")), None)
    answer = text.strip()
    if field is None or not re.fullmatch(field.pattern, answer):
        detail = field.refusal if field is not None else "not_this"
        facts = {"code": "Invalid", "detail": detail}
        work.outbox.put([outbox.notice(staff.id, "refused", sound=True, **facts)])
        return
    set_answer(work, staff, fields, field, answer)


def set_answer(work: Work, staff: Staff, fields: Sequence[Field], field: Field, answer: str) -> None:
    """Raises ``NotFound``. After the last one the page stays: whoever asks the platform shows what comes of it."""
    form = _account_form(work, staff)
    answered = replace(form, secrets={**form.secrets, field.name: answer}, expires_at=later(work.now, FORM_SECONDS))
    if missing(answered, fields) is None:
        work.dialogs.set(answered)
    else:
        _show_next(work, answered, fields)


def note_failure(work: Work, staff: Staff, fields: Sequence[Field], problem: str) -> bool:
    """The account can't be connected with these answers. Whether its page says why: where only one thing was asked,
    it is just asked for again.
    """
    form = _account_form(work, staff)
    questions = asked(fields)
    if len(questions) == 1:
        kept = {name: value for name, value in form.secrets.items() if name != questions[0].name}
        work.dialogs.set(replace(form, secrets=kept, data={**form.data, "asked": questions[0].name}))
        return False
    failed = replace(form, data={**form.data, "asked": "", "problem": problem})
    work.dialogs.set(failed)
    work.outbox.put([outbox.screen(staff.id, "channel_answers", post_id=page_of(failed))])
    return True


def _account_form(work: Work, staff: Staff) -> Dialog:
    form = open_form(work, staff.id, ACCOUNT_FORM)
    if form is None:
        raise NotFound("dialog")
    return form


def _show_next(work: Work, form: Dialog, fields: Sequence[Field]) -> None:
    """The next question; when nothing is left to ask for, what there is, to choose from."""
    field = missing(form, fields)
    if field is not None:
        _ask(work, form, field.name)
        return
    work.dialogs.set(replace(form, data={**form.data, "asked": ""}))
    work.outbox.put([outbox.screen(form.staff_id, "channel_answers", post_id=page_of(form))])


def _ask(work: Work, form: Dialog, name: str) -> None:
    asking = replace(form, data={**form.data, "asked": name, "problem": ""})
    work.dialogs.set(asking)
    args = f"{form.data['kind']}.{form.data['channel']}.{name}"
    work.outbox.put([outbox.screen(form.staff_id, "channel_question", args, page_of(form))])
