"""One call on the API, as those who perform it see it, and how lists are answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from .entities import KINDS, Card, User
from .errors import bad_request, forbidden, not_found
from .reading import Reader, read_batch, read_one
from .world import World

T = TypeVar("T")
Json = dict[str, Any]

PAGE = 50


@dataclass(slots=True)
class Call:
    """`path` are the parts of the address, `query` the nested parameters, `pairs` those as they came.

    `user` is whose token it is; `by` is who counts as the one who acts (`X-Context-User-ID`).
    """

    world: World
    method: str
    url: str
    path: dict[str, str]
    query: Json
    pairs: list[tuple[str, str]]
    body: Any
    user: User
    by: int

    @property
    def wanted(self) -> frozenset[str]:
        """What `with` asks for."""
        return frozenset(str(self.query.get("with", "")).split(","))

    @property
    def filters(self) -> Json:
        """What `filter[…]` asks for."""
        given = self.query.get("filter")
        return given if isinstance(given, dict) else {}

    @property
    def kind(self) -> str:
        """Leads, contacts or companies."""
        return self.path["kind"] if self.path.get("kind") in KINDS else "leads"

    def number(self, name: str = "id") -> int:
        """A number of the address."""
        return int(self.path[name])

    def card(self, kind: str = "") -> Card:
        """The card that the address names; 404 when it isn't there, or is deleted."""
        card = self.world.cards(kind or self.kind).get(self.number())
        if card is None or card.is_deleted:
            raise not_found()
        return card

    def admin(self) -> None:
        """403 unless the token is an administrator's."""
        if not self.user.is_admin:
            raise forbidden()

    def one(self, read: Callable[[Reader], T]) -> T:
        """The body's only object."""
        return read_one(self.body, read, self.world.options.strict_fields)

    def batch(self, read: Callable[[Reader], T], most: int | None = None) -> list[tuple[str, T]]:
        """The body's objects with their request ids."""
        options = self.world.options
        return read_batch(self.body, read, most or options.most_per_write, options.strict_fields)

    def page(self, name: str, items: Sequence[T], view: Callable[[T], Json], total: bool = False) -> Json | None:
        """A page of a list; None, which is 204, when it is empty."""
        limit, number = self._whole("limit", PAGE), self._whole("page", 1)
        if limit > self.world.options.most_per_page:
            raise bad_request(f"limit is {self.world.options.most_per_page} at most")
        found = items[(number - 1) * limit : number * limit]
        if not found:
            return None
        links = {"self": self._href(number)}
        links |= {"next": self._href(number + 1)} if len(items) > number * limit else {}
        counted = {"_total_items": len(items)} if total else {}
        answer: Json = {"_page": number, "_links": links, "_embedded": {name: [view(item) for item in found]}}
        return counted | answer

    def made(self, name: str, items: list[Json]) -> Json:
        """What a batch answers."""
        path = self.url.partition("?")[0]
        return {"_links": {"self": {"href": f"{self.world.url}{path}"}}, "_embedded": {name: items}}

    def _whole(self, name: str, default: int) -> int:
        value = str(self.query.get(name, default))
        if not (value.isascii() and value.isdecimal() and int(value) > 0):
            raise bad_request(f"{name} is a number above zero")
        return int(value)

    def _href(self, number: int) -> Json:
        pairs = [(key, value) for key, value in self.pairs if key != "page"]
        path = self.url.partition("?")[0]
        return {"href": f"{self.world.url}{path}?{urlencode([*pairs, ('page', str(number))])}"}
