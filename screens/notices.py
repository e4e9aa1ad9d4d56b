"""NOTICE rows: one line to one person, and its buttons. Every name has its words here."""

from collections.abc import Callable

from sales.ids import MessageId, PostId
from sales.outbox import Dropped, Outcome, Row, Sent
from sales.use_cases.row_payload import staff_of
from sales.views.notices import NoticeView, notice_view
from screens import (
    notice_answers,
    notice_merging,
    notice_messages,
    notice_offers,
    notice_team,
    notice_templates,
    notice_window,
)
from screens.desk import Desk, Facts, needs_topic, thread_fact
from screens.notice import Draft, Notice
from screens.post import Post

NOTICES: dict[str, Callable[[Notice], Draft]] = {
    function.__name__: function
    for function in (
        notice_answers.broken,
        notice_answers.closed,
        notice_answers.deleted,
        notice_answers.earlier,
        notice_answers.noted,
        notice_answers.off_duty,
        notice_answers.on_duty,
        notice_answers.refused,
        notice_answers.unknown_command,
        notice_answers.write_note,
        notice_merging.clients_distinct,
        notice_merging.clients_joined,
        notice_merging.clients_parted,
        notice_merging.merge_question,
        notice_merging.merge_undecidable,
        notice_messages.change_failed,
        notice_messages.continue_elsewhere,
        notice_messages.failed,
        notice_messages.held_rest,
        notice_messages.relay_failed,
        notice_messages.stale,
        notice_messages.uncertain_sent,
        notice_messages.wrote_for_you,
        notice_offers.asked_for_client,
        notice_offers.client_blocked,
        notice_offers.client_returned,
        notice_offers.crm_names_another,
        notice_offers.nobody_accepts,
        notice_offers.nobody_eligible,
        notice_offers.not_client_question,
        notice_offers.not_client_settled,
        notice_offers.refused_not_yours,
        notice_offers.remind_offer,
        notice_offers.taken_over,
        notice_offers.transferred_away,
        notice_offers.transferred_to_you,
        notice_team.channel_broken,
        notice_team.channel_well,
        notice_team.clients_given,
        notice_team.crm_refused,
        notice_team.inbox_event,
        notice_team.owner_may_not_write,
        notice_team.reachable_again,
        notice_team.staff_blocked_bot,
        notice_team.token_erased,
        notice_team.went_flat,
        notice_team.withdraw_left,
        notice_templates.first_channel,
        notice_templates.first_text,
        notice_templates.template_blank,
        notice_templates.template_list,
        notice_templates.template_preview,
        notice_templates.write_anothers,
        notice_templates.write_here,
        notice_window.client_moved,
        notice_window.window_closes,
        notice_window.window_open,
        notice_window.window_shut,
    )
}


class UnknownNotice(Exception):
    """A row names a notice that nobody wrote the words for: a mistake of ours."""


async def send_notice(desk: Desk, row: Row) -> Outcome:
    """Raises ``UnknownNotice``."""
    name = str(row.payload.get("name"))
    if name not in NOTICES:
        raise UnknownNotice(name)
    view = await desk.read(lambda work: notice_view(work, staff_of(row), row.payload))
    if view is None:
        return Dropped("no such staff member")
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    post_id = await desk.telegram.send(view.place, render_notice(desk, name, view))
    return Sent((str(post_id),), _about(view) | thread_fact(view.place))


def render_notice(desk: Desk, name: str, view: NoticeView) -> Post:
    draft = NOTICES[name](Notice(desk, desk.language(view.place.staff), view))
    sound = bool(view.params.get("sound"))
    return Post(draft.text, (), draft.keyboard, sound, reply_to=_reply_to(view, draft))


def _reply_to(view: NoticeView, draft: Draft) -> PostId | None:
    """What the row says; else the card, or the post of the message it speaks of."""
    given = view.params.get("reply_to")
    if given is not None:
        return PostId(int(given))
    return view.card_post if draft.answers_card else view.own_post


def _about(view: NoticeView) -> Facts:
    """A reply to it finds the client, unless the line only names somebody whose view this person has not."""
    if view.place.client_id is None:
        return {}
    message = view.message
    return {"client_id": view.place.client_id} | ({"message_id": MessageId(message.id)} if message else {})
