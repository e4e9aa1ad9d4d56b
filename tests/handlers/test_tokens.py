"""What is taken for a token, and what is kept of a raw update that has one in it."""

import json
from datetime import UTC, datetime

import pytest
from aiogram.types import Chat, Message

from handlers.redacting import without_tokens, without_words
from handlers.tokens import one_long_word, pasted

TOKEN = "123456789:AAF-a-token-as-BotFather-gives-them-ou"


def message(text: str | None = None, caption: str | None = None) -> Message:
    chat = Chat(id=1, type="private")
    return Message(message_id=1, date=datetime.now(UTC), chat=chat, text=text, caption=caption)


@pytest.mark.parametrize("text", [TOKEN, f" {TOKEN}\n", f"Use this token:\n{TOKEN}\nKeep it safe.", "100:AAA"])
def test_a_token_is_found(text: str) -> None:
    found = pasted(message(text))
    assert isinstance(found, dict)
    assert found["token"] in text


def test_a_token_is_found_under_a_picture() -> None:
    assert pasted(message(caption=f"my bot {TOKEN}")) == {"token": TOKEN}


@pytest.mark.parametrize("text", ["hello", "at 12:30 please", "", "https://t.me/x", "+49 30 123456", "1234:"])
def test_other_words_are_no_token(text: str) -> None:
    assert pasted(message(text)) is False


@pytest.mark.parametrize("text", ["EAAGm0PX4ZCpsBAKZCZA_x-y.z", " 0bb1e4c604b04941d61488ba4ac3564c\n"])
def test_a_key_is_one_long_word(text: str) -> None:
    assert one_long_word(message(text))


@pytest.mark.parametrize("text", ["Thursday", "https://example.com/a-long-address", "two words of some length", ""])
def test_a_sentence_or_a_link_is_no_key(text: str) -> None:
    assert not one_long_word(message(text))


def test_a_raw_update_is_kept_without_its_token() -> None:
    raw = {"update_id": 7, "message": {"text": f"Use {TOKEN} now", "from": {"id": 123456789}}}
    kept = without_tokens(json.dumps(raw).encode())
    assert TOKEN.encode() not in kept
    assert json.loads(kept)["message"] == {"text": "Use <token> now", "from": {"id": 123456789}}


def test_an_answer_to_a_form_about_secrets_is_kept_without_its_words() -> None:
    message = {"message_id": 5, "date": 1, "from": {"id": 7}, "chat": {"id": 7}, "text": "s3cret", "entities": [{}]}
    kept = without_words({"update_id": 7, "message": message})
    assert "s3cret" not in json.dumps(kept)
    assert kept["update_id"] == 7
    assert without_words({"update_id": 8, "callback_query": {}}) == {"update_id": 8, "callback_query": {}}


def test_bytes_that_are_no_text_are_kept_as_they_are() -> None:
    assert without_tokens(b"\xff\xfe{") == b"\xff\xfe{"
