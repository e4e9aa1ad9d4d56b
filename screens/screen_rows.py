"""SCREEN rows: a page, posted or edited into the post that carried the button."""

import inspect
from dataclasses import replace

from sales.errors import NotFound, SalesError
from sales.ids import PostId
from sales.outbox import Dropped, Outcome, Row
from sales.ports import Work
from sales.use_cases.row_payload import number, staff_of
from sales.views.places import Place, place_of
from screens.desk import Desk, show
from screens.errors import explain
from screens.pages.page import Loaded, Reader
from screens.pages.registry import PAGES
from screens.post import Post


class UnknownPage(Exception):
    """A row or a button names a page that is not in the registry."""


async def send_screen(desk: Desk, row: Row) -> Outcome:
    """Raises ``UnknownPage``. Whoever may not see a page, or made its arguments up, is told so in its place."""
    name, args = str(row.payload.get("name")), str(row.payload.get("args") or "")
    if name not in PAGES:
        raise UnknownPage(name)
    page = PAGES[name]

    def load(work: Work) -> tuple[Place, Loaded] | None:
        place = place_of(work, staff_of(row), None)
        if place is None or (place.staff.removed_at is not None and name != "start"):
            return None
        try:
            return place, Loaded(work.now, view=page.load(work, place.staff, args))
        except SalesError as error:
            return place, Loaded(work.now, error=error)
        except (ValueError, OverflowError):
            return place, Loaded(work.now, error=NotFound("page"))

    found = await desk.read(load)
    if found is None:
        return Dropped("no such staff member")
    place, loaded = found
    post = await _rendered(desk, name, args, place, loaded)
    post_id = number(row.payload, "post_id")
    return await show(desk, row, place, post, PostId(post_id) if post_id is not None else None)


async def _rendered(desk: Desk, name: str, args: str, place: Place, loaded: Loaded) -> Post:
    language = desk.language(place.staff)
    if loaded.error is not None:
        return Post(explain(loaded.error, language))
    made = PAGES[name].render(loaded.view, Reader(place.staff, language, args, loaded.now, desk.public_url))
    post = await made if inspect.isawaitable(made) else made
    return replace(post, text=post.text or "…")
