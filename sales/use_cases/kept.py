"""What someone wrote without saying for whom: kept, each with a question of its own, until they choose."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales import outbox
from sales.freeze import from_text, to_text
from sales.ids import PostId, StaffId, later
from sales.messages import Content
from sales.ports import Work
from sales.ports.people import Dialog

WHICH_CLIENT = "which_client"
KEPT_SECONDS = 3600
"""After this long without an answer the next text starts afresh: what was kept before is asked for again."""


@dataclass(frozen=True, slots=True)
class Kept:
    post_id: PostId
    content: Content
    album: str | None = None


def keep(work: Work, staff_id: StaffId, new: Kept) -> None:
    """With what is kept already. The parts of an album share one question."""
    before = [] if _over(work, staff_id) else kept_posts(work, staff_id)
    _set(work, staff_id, [*before, new])
    if new.album is None or all(one.album != new.album for one in before):
        work.outbox.put([outbox.screen(staff_id, WHICH_CLIENT, str(new.post_id))])


def kept_posts(work: Work, staff_id: StaffId) -> list[Kept]:
    """The oldest first."""
    dialog = work.dialogs.get(staff_id)
    if dialog is None or dialog.kind != WHICH_CLIENT:
        return []
    numbers = sorted(int(key) for key in dialog.data if key.isdecimal())
    return [
        Kept(PostId(number), from_text(dialog.data[str(number)]), dialog.data[f"{number}.album"] or None)
        for number in numbers
    ]


def kept_under(work: Work, staff_id: StaffId, post_id: PostId) -> list[Kept]:
    """What one question is about: a post, or all parts of its album."""
    posts = kept_posts(work, staff_id)
    asked = next((one for one in posts if one.post_id == post_id), None)
    if asked is None or asked.album is None:
        return [asked] if asked is not None else []
    return [one for one in posts if one.album == asked.album]


def take_kept(work: Work, staff_id: StaffId, post_id: PostId) -> list[Kept]:
    """The same, and they are kept no longer."""
    taken = kept_under(work, staff_id, post_id)
    if taken:
        _set(work, staff_id, [one for one in kept_posts(work, staff_id) if one not in taken])
    return taken


def edit_kept(work: Work, staff_id: StaffId, post_id: PostId, content: Content) -> None:
    """They mended it before they chose."""
    posts = kept_posts(work, staff_id)
    if any(one.post_id == post_id for one in posts):
        mended = [Kept(post_id, content, one.album) if one.post_id == post_id else one for one in posts]
        _set(work, staff_id, mended)


def _over(work: Work, staff_id: StaffId) -> bool:
    dialog = work.dialogs.get(staff_id)
    return dialog is not None and dialog.expires_at is not None and dialog.expires_at <= work.now


def _set(work: Work, staff_id: StaffId, posts: Sequence[Kept]) -> None:
    if not posts:
        work.dialogs.clear(staff_id)
        return
    data = {str(one.post_id): to_text(one.content) for one in posts}
    albums = {f"{one.post_id}.album": one.album or "" for one in posts}
    work.dialogs.set(Dialog(staff_id, WHICH_CLIENT, data | albums, later(work.now, KEPT_SECONDS)))
