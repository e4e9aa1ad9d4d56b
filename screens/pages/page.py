"""What a page is: a view to load in a read transaction, and how it is shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sales.errors import SalesError
from sales.ids import Moment
from sales.ports import Work
from sales.staff import Staff
from screens.language import Language
from screens.post import Post

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is shown, and when. ``args`` is what the row or the button carried; ``public_url`` where the
    internet reaches us.
    """

    staff: Staff
    language: Language
    args: str
    now: Moment
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[V]):
    """``load`` raises ``SalesError`` when this person may not see it; ``render`` turns what it returned into a post."""

    load: Callable[[Work, Staff, str], V]
    render: Callable[[V, Reader], Post | Awaitable[Post]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a page's view came to: itself, or why this person may not see it."""

    now: Moment
    view: object = None
    error: SalesError | None = None
