"""What every book is given."""

from sales.ids import Moment
from storage.crypto import Vault
from storage.errors import CannotDecrypt
from storage.statements import Link


class Book:
    """On one transaction, which has one time."""

    __slots__ = ("link", "now", "vault")

    def __init__(self, link: Link, now: Moment, vault: Vault | None) -> None:
        self.link = link
        self.now = now
        self.vault = vault

    def keys(self) -> Vault:
        """Raises CannotDecrypt where the program runs without SECRET_KEY."""
        if self.vault is None:
            raise CannotDecrypt("SECRET_KEY is needed to read secrets.")
        return self.vault
