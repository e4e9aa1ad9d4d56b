"""What Dibs itself says to clients, by name. Wiring may give ``Surroundings`` a translated table instead."""

ENGLISH = {
    "file_too_big": "We could not receive this file: it is too big. Please send a smaller one, or a link to it.",
    "test_client": "Test client",
    "test_message": "Hello! I am a made-up client: this is a test of the channel, and nobody waits for an answer.",
}


def english(name: str) -> str | None:
    """``None`` for a name without words."""
    return ENGLISH.get(name)
