"""Reply markup: what Telegram refuses, and finding a button by its label."""

from __future__ import annotations

from typing import Any

from .errors import BadRequest

Json = dict[str, Any]

MAX_BUTTONS = 100
MAX_ROW = 8
MAX_CALLBACK_BYTES = 64
MAX_COPY = 256
STYLES = ("danger", "success", "primary")
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def check_markup(markup: Json | None, private: bool, business: bool) -> Json | None:
    """The markup as it is kept; an empty inline keyboard is none."""
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return _check_inline(markup["inline_keyboard"], private, business)
    if "keyboard" in markup:
        return _check_reply(markup)
    if "force_reply" in markup or "remove_keyboard" in markup:
        return markup
    if markup:
        raise BadRequest("can't parse reply keyboard markup JSON object")
    return None


def _rows(rows: Any, what: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest(f'can\'t parse {what}: Field "{what}" must be of type Array of Arrays')
    return rows


def _check_inline(rows: Any, private: bool, business: bool) -> Json | None:
    kept = [row for row in _rows(rows, "inline_keyboard") if row]
    if sum(map(len, kept)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in kept):
        raise BadRequest("reply markup is too long")
    for row in kept:
        for button in row:
            _check_button(button, private, business)
    return {"inline_keyboard": kept} if kept else None


def _check_button(button: Any, private: bool, business: bool) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise BadRequest("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise BadRequest("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if name in button]
    if len(actions) != 1:
        raise BadRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if button.get("style", "primary") not in STYLES:
        raise BadRequest("can't parse inline keyboard button: invalid button style specified")
    _check_action(actions[0], button[actions[0]], private, business)


def _check_action(action: str, value: Any, private: bool, business: bool) -> None:
    if action == "callback_data" and not (isinstance(value, str) and 1 <= _bytes(value) <= MAX_CALLBACK_BYTES):
        raise BadRequest("BUTTON_DATA_INVALID")
    if action == "url" and not str(value).startswith(("http://", "https://", "tg://", "tonsite://", "mailto:", "tel:")):
        raise BadRequest(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text" and not 1 <= len(value.get("text", "")) <= MAX_COPY:
        raise BadRequest("BUTTON_COPY_TEXT_INVALID")
    if action == "web_app" and (not private or business):
        raise BadRequest("BUTTON_TYPE_INVALID")
    if business and action.startswith("switch_inline"):
        raise BadRequest("BUTTON_TYPE_INVALID")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _check_reply(markup: Json) -> Json:
    rows = [row for row in _rows(markup["keyboard"], "keyboard") if row]
    if not rows:
        raise BadRequest("reply keyboard must have at least one button")
    for row in rows:
        for button in row:
            text = button if isinstance(button, str) else button.get("text") if isinstance(button, dict) else None
            if not isinstance(text, str) or not text:
                raise BadRequest("can't parse keyboard button: Can't find field \"text\"")
    return markup


def find_button(markup: Json | None, label: str) -> Json | None:
    """The inline button with exactly this label, else the first whose label contains it."""
    buttons: list[Json] = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    exact = [button for button in buttons if button["text"] == label]
    return next(iter(exact or [button for button in buttons if label in button["text"]]), None)
