"""What Dibs itself says to clients, by name. Wiring translates it: the catalogues lie in ``screens``."""


def mark(text: str) -> str:
    """Into the catalogue with it (``screens.make_template``)."""
    return text


ENGLISH = {
    "file_too_big": mark("We could not receive this file: it is too big. Please send a smaller one, or a link to it."),
    "test_client": mark("Test client"),
    "test_message": mark(
        "Hello! I am a made-up client: this is a test of the channel, and nobody waits for an answer."
    ),
}


def english(name: str) -> str | None:
    """``None`` for a name without words."""
    return ENGLISH.get(name)
