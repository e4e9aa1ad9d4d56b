"""What may be typed at the demo's prompt."""

import pytest

from bot.demo.lines import Line, Show, Tap, Unclear, Word, Write, read_line


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("customer> Hello", Write("customer", "Hello")),
        ("customer2>Hi", Write("customer2", "Hi")),
        ("anna: /chats", Write("anna", "/chats")),
        ("Anna : what: is > this", Write("anna", "what: is > this")),
        ("boris @inbox: Hello", Write("boris", "Hello", topic="inbox")),
        ("boris #18: Gladly", Write("boris", "Gladly", reply_to=18)),
        ("boris tap Accept", Tap("boris", "Accept")),
        ("boris taps ✅ Accept #13", Tap("boris", "✅ Accept", 13)),
        ("show Maria", Show("maria")),
        ("  HELP ", Word("help")),
        ("exit", Word("quit")),
        ("", None),
    ],
)
def test_a_line_is_read(typed: str, means: Line | None) -> None:
    assert read_line(typed) == means


@pytest.mark.parametrize("typed", ["hello", "anna", "anna:", "12: hi", "tap Accept", "boris tap"])
def test_anything_else_is_unclear(typed: str) -> None:
    with pytest.raises(Unclear):
        read_line(typed)
