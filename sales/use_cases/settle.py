"""What became of the rows that were sent: the outbox moves on, and the world they describe is brought up to date."""

from collections.abc import Callable, Sequence

from sales import outbox
from sales.ids import later
from sales.outbox import Blocked, Dropped, Outcome, Refused, Retry, Row, RowKind, RowState, Sent, Unknown
from sales.ports import Work
from sales.use_cases.channel_test import page_sent
from sales.use_cases.phone_link import link_page_sent
from sales.use_cases.settle_crm import crm_refused, crm_sent, found
from sales.use_cases.settle_files import file_delayed, file_refused, file_stored
from sales.use_cases.settle_messages import change_refused, channel_refuses, message_refused, message_sent, text_refused
from sales.use_cases.settle_posts import card_sent, header_sent, post_sent, refused_by_staff, relays_sent, topic_sent
from sales.use_cases.settle_withdrawals import withdrawn

AGAIN_SECONDS = 5.0
"""When nobody says how long to wait."""

SentEffect = Callable[[Work, Row, Sent], None]
RefusedEffect = Callable[[Work, Row, Refused], None]

_CRM = (
    RowKind.CRM_INCOMING,
    RowKind.CRM_ACCEPT,
    RowKind.CRM_DECLINE,
    RowKind.CRM_RESPONSIBLE,
    RowKind.CRM_STAGE,
    RowKind.CRM_NOTE,
)


def screen_sent(work: Work, row: Row, sent: Sent) -> None:
    post_sent(work, row, sent)
    page_sent(work, row, sent)
    link_page_sent(work, row, sent)


WHEN_SENT: dict[RowKind, SentEffect] = {
    RowKind.CARD: card_sent,
    RowKind.TOPIC: topic_sent,
    RowKind.HEADER: header_sent,
    RowKind.NOTICE: post_sent,
    RowKind.SCREEN: screen_sent,
    RowKind.RELAY_EDIT: post_sent,
    RowKind.REACTION: post_sent,
    RowKind.WITHDRAW: withdrawn,
    RowKind.MESSAGE: message_sent,
    RowKind.FETCH: file_stored,
    RowKind.CRM_FIND: found,
    **dict.fromkeys(_CRM, crm_sent),
}

WHEN_REFUSED: dict[RowKind, RefusedEffect] = {
    RowKind.MESSAGE: message_refused,
    RowKind.EDIT: change_refused,
    RowKind.DELETE: change_refused,
    RowKind.REACT: change_refused,
    RowKind.TEXT: text_refused,
    RowKind.FETCH: file_refused,
    RowKind.CRM_FIND: found,
    RowKind.CRM_REMOVE: crm_refused,
    **dict.fromkeys(_CRM, crm_refused),
}


def settle_rows(work: Work, results: Sequence[tuple[Row, Outcome]]) -> None:
    """All effects of a batch, in one transaction with the claims that follow it."""
    sent = [(row, outcome) for row, outcome in results if isinstance(outcome, Sent)]
    work.outbox.finish_sent([row.id for row, _ in sent])
    relays_sent(work, [(row, outcome) for row, outcome in sent if row.kind is RowKind.RELAY])
    for row, answer in sent:
        effect = WHEN_SENT.get(row.kind)
        if effect is not None:
            effect(work, row, answer)
    for row, outcome in results:
        if not isinstance(outcome, Sent):
            _settle_other(work, row, outcome)


def _settle_other(work: Work, row: Row, outcome: Outcome) -> None:
    match outcome:
        case Dropped(reason):
            work.outbox.finish(row.id, RowState.DROPPED, reason or None)
        case Refused():
            _refused(work, row, outcome)
        case Retry(reason, after, freeze, problem):
            until = later(work.now, after if after is not None else AGAIN_SECONDS)
            work.outbox.again(row.id, until, reason, row.uncertain)
            if freeze is not None:
                work.outbox.freeze(freeze, until)
            if row.kind is RowKind.FETCH:
                file_delayed(work, row)
            if problem is not None:
                channel_refuses(work, row, problem)
        case Unknown(reason, after):
            until = later(work.now, after if after is not None else AGAIN_SECONDS)
            work.outbox.again(row.id, until, reason, True)
        case Blocked(first):
            work.outbox.again(row.id, work.now, "waits for what goes before it", row.uncertain)
            work.outbox.put([outbox.in_front(first)])


def _refused(work: Work, row: Row, outcome: Refused) -> None:
    work.outbox.finish(row.id, RowState.DEAD, f"{outcome.code} {outcome.reason}".strip())
    effect = WHEN_REFUSED.get(row.kind)
    if effect is not None:
        effect(work, row, outcome)
    elif row.lane == outbox.STAFF_LANE:
        refused_by_staff(work, row, outcome)
