"""``python -m screens.make_template`` collects every text that people see into ``locale/dibs.pot``. Needs Babel."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from screens.language import DOMAIN, LOCALE

ROOMS = ("screens", "handlers", "channels")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "rich": None, "mark": None, "n": (1, 2)}


def collect(root: Path) -> Catalog:
    """Every marked text of the rooms whose words staff, or clients, read."""
    catalog = Catalog(project="Dibs", fuzzy=False)
    for room in ROOMS:
        for name, line, message, comments, context in extract_from_dir(str(root / room), keywords=KEYWORDS):
            catalog.add(message, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def main() -> int:
    catalog = collect(Path(__file__).parent.parent)
    with (LOCALE / f"{DOMAIN}.pot").open("wb") as file:
        write_po(file, catalog, sort_output=True, no_location=True, omit_header=True)
    print(f"{len(catalog)} texts in {LOCALE / f'{DOMAIN}.pot'}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
