"""Taking a view away: the topic goes; in the flat chat every post, or its content, as far as Telegram lets a bot."""

from sales.ids import ClientId, later
from sales.outbox import Dropped, Outcome, Retry, Row, Sent
from sales.topics import CopyKind, MessageCopy
from sales.use_cases.row_payload import client_of, staff_of
from sales.views.withdrawals import PAGE, WithdrawalView, withdrawal_view
from screens.blank import BLANK
from screens.desk import Cursor, Desk
from screens.failures import NotEditable, PostGone, Refusal, ThreadLost
from screens.post import Post
from screens.topics import forget_thread

DELETABLE_SECONDS = 48 * 3600 - 600
"""How long a bot may delete what stands in a private chat (PLATFORMS.md A6), less ten minutes for clocks and queues."""

BATCH = 10
"""Posts edited in one go. A chat takes about one edit a second: the row comes back for the rest."""


async def send_withdrawal(desk: Desk, row: Row) -> Outcome:
    """What can't be withdrawn is counted: facts ``left``."""
    client_id = client_of(row)
    if client_id is None:
        raise ValueError("a withdrawal needs client_id")
    cursor = desk.progress.cursors.setdefault(row.id, Cursor())
    view = await desk.read(lambda work: withdrawal_view(work, staff_of(row), client_id, cursor.after))
    if view is None:
        desk.progress.cursors.pop(row.id, None)
        return Dropped("they have the view again, or never had it")
    if not cursor.topic_done:
        cursor.thread_id = await _delete_topic(desk, view, client_id)
        cursor.topic_done = True
    more = await _withdraw_posts(desk, view, cursor)
    if more:
        return Retry("more posts to withdraw", float(BATCH))
    del desk.progress.cursors[row.id]
    return Sent((), {"left": cursor.left})


async def _delete_topic(desk: Desk, view: WithdrawalView, client_id: ClientId) -> int | None:
    """With all that stands in it, also where the chat has become flat since. Returns which thread went."""
    topic = view.place.topic
    made = desk.progress.threads.get((view.place.staff.id, client_id))
    thread_id = topic.thread_id if topic is not None and topic.thread_id is not None else made
    if thread_id is None:
        return None
    gone: int | None = thread_id
    try:
        await desk.telegram.delete_topic(view.place.staff.telegram_id, thread_id)
    except ThreadLost:
        pass
    except Refusal as problem:
        if problem.code != "bad_request":
            raise
        gone = None
    forget_thread(desk, view.place.staff.id, client_id)
    return gone


async def _withdraw_posts(desk: Desk, view: WithdrawalView, cursor: Cursor) -> bool:
    """Whatever did not go with the topic: posts of a time when the chat was flat. Returns whether there is more."""
    since = later(view.now, -DELETABLE_SECONDS)
    left = [copy for copy in view.copies if cursor.thread_id is None or copy.thread_id != cursor.thread_id]
    young = [copy for copy in left if copy.posted_at is not None and copy.posted_at > since]
    old = [copy for copy in left if copy not in young]
    if young and cursor.after < young[-1].post_id:
        await _delete(desk, view, young)
    for copy in old[:BATCH]:
        cursor.left += not await _blank(desk, view, copy)
        cursor.after = copy.post_id
    if len(old) > BATCH:
        return True
    cursor.after = max((copy.post_id for copy in view.copies), default=cursor.after)
    return len(view.copies) == PAGE


async def _delete(desk: Desk, view: WithdrawalView, copies: list[MessageCopy]) -> None:
    """Those gone already are skipped; where one can't be deleted, each is tried by itself."""
    chat_id = view.place.staff.telegram_id
    await desk.telegram.delete(chat_id, [copy.post_id for copy in copies])


async def _blank(desk: Desk, view: WithdrawalView, copy: MessageCopy) -> bool:
    """True when nothing of the content is left in the chat."""
    if copy.kind is CopyKind.OWN:
        return False
    language = desk.language(view.place.staff)
    line = (
        language.t("Conversation moved to {name}", name=view.owner)
        if view.owner
        else language.t("Conversation is no longer yours")
    )
    post = Post(line, picture=BLANK if copy.media else None)
    try:
        await desk.telegram.edit(view.place.staff.telegram_id, copy.post_id, post)
    except PostGone:
        return True
    except (NotEditable, Refusal):
        await _remove_caption(desk, view, copy)
        return False
    return True


async def _remove_caption(desk: Desk, view: WithdrawalView, copy: MessageCopy) -> None:
    """The words at least, where the file stays."""
    try:
        await desk.telegram.edit_caption(view.place.staff.telegram_id, copy.post_id, Post(""))
    except (NotEditable, PostGone, Refusal):
        return
