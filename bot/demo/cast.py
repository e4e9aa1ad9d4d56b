"""Who plays."""

from dataclasses import dataclass

from sales.staff import Role


@dataclass(frozen=True, slots=True)
class Player:
    """``colour`` is a name that click knows; customers have no role."""

    name: str
    telegram_id: int
    colour: str
    role: Role | None = None
    takes_clients: bool = False
    admin: bool = False

    @property
    def key(self) -> str:
        """How the prompt calls them."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """What they are, for the line above what they see."""
        if self.role is None:
            return "customer"
        return {Role.REP: "sales rep", Role.MANAGER: "manager", Role.QUALITY_CONTROL: "quality control"}[self.role]


ANNA = Player("Anna", 11, "green", Role.REP, takes_clients=True)
BORIS = Player("Boris", 12, "cyan", Role.REP, takes_clients=True)
MARIA = Player("Maria", 13, "magenta", Role.MANAGER, admin=True)
QUENTIN = Player("Quentin", 14, "blue", Role.QUALITY_CONTROL)
TEAM = (ANNA, BORIS, MARIA, QUENTIN)

ZOE = Player("Zoe", 501, "yellow")
MORE = ("Yusuf", "Xenia", "Wanda", "Viktor")
"""Customers who come when the prompt calls them: customer2, customer3 …"""


def customer(number: int) -> Player:
    """The first is Zoe."""
    return ZOE if number == 1 else Player(MORE[number - 2], ZOE.telegram_id + number - 1, ZOE.colour)
