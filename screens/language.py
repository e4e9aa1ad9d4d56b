"""Texts in a person's language. English is the source; catalogues lie in ``screens/locale``.

``t``, ``n`` and ``rich`` translate where they stand; ``mark`` only marks a text for the catalogue, for tables whose
texts are translated later. The template ``locale/dibs.pot`` is made by ``python -m screens.make_template``.
"""

import gettext
from datetime import tzinfo
from pathlib import Path
from string import Formatter

from aiogram.utils.formatting import Text

from sales.ids import Moment
from screens import formats

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "dibs"
SOURCE = "en"


def mark(text: str) -> str:
    """Into the catalogue with it; translated later by ``t`` or ``rich``."""
    return text


class Language:
    """Words of one language, and how it writes durations, moments and sizes. No ``zone``: the machine's own."""

    def __init__(self, code: str, zone: tzinfo | None = None) -> None:
        self.code = code
        self.zone = zone
        found = gettext.find(DOMAIN, str(LOCALE), [code])
        self._catalogue = gettext.translation(DOMAIN, str(LOCALE), [code]) if found else gettext.NullTranslations()

    def t(self, text: str, /, **params: object) -> str:
        """``text`` translated, its ``{name}`` filled in. What is filled in is never read as a pattern itself."""
        words = self._catalogue.gettext(text)
        return words.format(**params) if params else words

    def n(self, singular: str, plural: str, count: int, /, **params: object) -> str:
        """The form for ``count``, which is also ``{count}``."""
        return self._catalogue.ngettext(singular, plural, count).format(count=count, **params)

    def rich(self, text: str, /, **nodes: object) -> Text:
        """Like ``t``, but what is filled in may be formatted (``Bold(name)``)."""
        parts: list[object] = []
        for literal, name, _, _ in Formatter().parse(self._catalogue.gettext(text)):
            parts.append(literal)
            if name is not None:
                parts.append(nodes[name])
        return Text(*parts)

    def waiting(self, since: Moment, now: Moment) -> str:
        return formats.waiting(self, formats.seconds_between(since, now))

    def between(self, start: Moment, end: Moment) -> str:
        return formats.duration(self, formats.seconds_between(start, end))

    def duration(self, seconds: int) -> str:
        return formats.duration(self, seconds)

    def clock(self, moment: Moment, now: Moment) -> str:
        return formats.clock(moment, now, self.zone)

    def size(self, count: int) -> str:
        return formats.size(self, count)


class Languages:
    """Every language that was asked for, read once. ``default`` serves whoever picked none."""

    def __init__(self, default: str = SOURCE, zone: tzinfo | None = None) -> None:
        self._default = default
        self._zone = zone
        self._known: dict[str, Language] = {}

    def of(self, code: str | None) -> Language:
        """``code`` is a staff member's ``language``."""
        wanted = code or self._default
        if wanted not in self._known:
            self._known[wanted] = Language(wanted, self._zone)
        return self._known[wanted]
