"""What a tap says fits into 64 bytes, and no two taps say the same."""

import inspect

from aiogram.filters.callback_data import CallbackData

from screens import buttons

BIGGEST = 2**52
LONGEST = {"role": "quality_control", "value": "inherit", "way": "first_accept", "step": "remind_after"}
"""What these can say at most; names and arguments of pages are held to 24 characters."""

FACTORIES = [
    item
    for item in vars(buttons).values()
    if inspect.isclass(item) and issubclass(item, CallbackData) and item is not CallbackData
]


def test_every_factory_fits_with_the_biggest_ids() -> None:
    for factory in FACTORIES:
        values = {
            name: {str: LONGEST.get(name, "x" * 24), int: BIGGEST, bool: True}[field.annotation]
            for name, field in factory.model_fields.items()
        }
        packed = factory(**values).pack()
        assert len(packed.encode()) <= 64, packed
        assert factory.unpack(packed) == factory(**values)


def test_verbs_are_short_and_unique() -> None:
    verbs = [factory.__prefix__ for factory in FACTORIES]
    assert len(verbs) == len(set(verbs))
    assert all(len(verb) <= 3 for verb in verbs)
