"""Parameters of a call: which a method knows (Bot API 10.3, as aiogram 3.31 lists them) and how they are read."""

from __future__ import annotations

import json
from typing import Any

from .errors import BadRequest

Json = dict[str, Any]

_REPLY = "reply_parameters allow_sending_without_reply reply_to_message_id"
_SEND = (
    "chat_id business_connection_id message_thread_id direct_messages_topic_id disable_notification protect_content "
    f"allow_paid_broadcast message_effect_id suggested_post_parameters reply_markup {_REPLY}"
)
_EPHEMERAL = "ephemeral_message_parameters receiver_user_id callback_query_id"
_CAPTION = "caption parse_mode caption_entities"
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_SIZE = "duration width height thumbnail"
_ALBUM = (
    "chat_id media business_connection_id message_thread_id direct_messages_topic_id disable_notification "
    f"protect_content allow_paid_broadcast message_effect_id {_REPLY}"
)
_BULK = (
    "chat_id from_chat_id message_ids message_thread_id direct_messages_topic_id disable_notification protect_content"
)
_SCOPE = "scope language_code"
_POLL = (
    "question options question_parse_mode question_entities is_anonymous type allows_multiple_answers allows_revoting "
    "shuffle_options allow_adding_options hide_results_until_closes members_only country_codes correct_option_ids "
    "correct_option_id explanation explanation_parse_mode explanation_entities explanation_media open_period "
    "close_date is_closed description description_parse_mode description_entities media"
)

_TABLE = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_SEND} {_EPHEMERAL} text parse_mode entities link_preview_options disable_web_page_preview",
    "sendPhoto": f"{_SEND} {_EPHEMERAL} {_CAPTION} photo show_caption_above_media has_spoiler",
    "sendVideo": f"{_SEND} {_EPHEMERAL} {_CAPTION} {_SIZE} video cover start_timestamp show_caption_above_media "
    "has_spoiler supports_streaming",
    "sendVideoNote": f"{_SEND} {_EPHEMERAL} video_note duration length thumbnail",
    "sendVoice": f"{_SEND} {_EPHEMERAL} {_CAPTION} voice duration",
    "sendAudio": f"{_SEND} {_EPHEMERAL} {_CAPTION} audio duration performer title thumbnail",
    "sendDocument": f"{_SEND} {_EPHEMERAL} {_CAPTION} document thumbnail disable_content_type_detection",
    "sendSticker": f"{_SEND} {_EPHEMERAL} sticker emoji",
    "sendAnimation": f"{_SEND} {_EPHEMERAL} {_CAPTION} {_SIZE} animation show_caption_above_media has_spoiler",
    "sendLocation": f"{_SEND} {_EPHEMERAL} latitude longitude horizontal_accuracy live_period heading "
    "proximity_alert_radius",
    "sendVenue": f"{_SEND} {_EPHEMERAL} latitude longitude title address foursquare_id foursquare_type "
    "google_place_id google_place_type",
    "sendContact": f"{_SEND} {_EPHEMERAL} phone_number first_name last_name vcard",
    "sendPoll": f"{_SEND} {_POLL}",
    "sendDice": f"{_SEND} emoji",
    "sendMediaGroup": _ALBUM,
    "copyMessage": f"{_SEND.replace('business_connection_id ', '')} {_CAPTION} from_chat_id message_id "
    "video_start_timestamp show_caption_above_media",
    "copyMessages": f"{_BULK} remove_caption",
    "forwardMessage": "chat_id from_chat_id message_id message_thread_id direct_messages_topic_id "
    "video_start_timestamp disable_notification protect_content message_effect_id suggested_post_parameters",
    "forwardMessages": _BULK,
    "editMessageText": f"{_EDIT} text parse_mode entities link_preview_options rich_message disable_web_page_preview",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media",
    "editMessageMedia": f"{_EDIT} media",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id message_id",
    "deleteMessages": "chat_id message_ids",
    "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
    "setMessageReaction": "chat_id message_id reaction is_big",
    "sendChatAction": "chat_id action business_connection_id message_thread_id",
    "sendMessageDraft": "chat_id draft_id message_thread_id text parse_mode entities can_stop keep_on_stop",
    "getFile": "file_id",
    "getChat": "chat_id",
    "getChatMember": "chat_id user_id",
    "leaveChat": "chat_id",
    "setMyCommands": f"commands {_SCOPE}",
    "getMyCommands": _SCOPE,
    "deleteMyCommands": _SCOPE,
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "pinChatMessage": "chat_id message_id business_connection_id disable_notification",
    "unpinChatMessage": "chat_id business_connection_id message_id",
    "unpinAllChatMessages": "chat_id",
    "createForumTopic": "chat_id name icon_color icon_custom_emoji_id",
    "editForumTopic": "chat_id message_thread_id name icon_custom_emoji_id",
    "deleteForumTopic": "chat_id message_thread_id",
    "closeForumTopic": "chat_id message_thread_id",
    "reopenForumTopic": "chat_id message_thread_id",
    "unpinAllForumTopicMessages": "chat_id message_thread_id",
    "getBusinessConnection": "business_connection_id",
    "readBusinessMessage": "business_connection_id chat_id message_id",
    "deleteBusinessMessages": "business_connection_id message_ids",
}

KNOWN: dict[str, frozenset[str]] = {name: frozenset(names.split()) for name, names in _TABLE.items()}
NAMES: dict[str, str] = {name.lower(): name for name in _TABLE}


class Parameters(dict[str, Any]):
    """Raw values, strings or JSON, with readers that accept what the Bot API accepts."""

    def text(self, name: str) -> str:
        """The value as text; missing is empty, as the Bot API has it."""
        value = self.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number, given as a number or as text."""
        value = self.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise BadRequest(f"invalid {name} specified") from None

    def number(self, name: str) -> float:
        """A required decimal number."""
        try:
            return float(self[name])
        except (KeyError, TypeError, ValueError):
            raise BadRequest(f"{name} is empty") from None

    def boolean(self, name: str) -> bool:
        """True for true, yes and 1 (telegram-bot-api `to_bool`)."""
        value = self.get(name)
        return value is True or (value is not None and str(value).lower() in ("true", "yes", "1"))

    def data(self, name: str) -> Any:
        """A JSON value, given as itself or serialised; None when missing."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise BadRequest(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def items_of(self, name: str) -> list[Any]:
        """A JSON array; missing is empty."""
        value = self.data(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadRequest(f"{name} must be an Array")
        return value

    def object_of(self, name: str) -> Json | None:
        """A JSON object, or None when missing."""
        value = self.data(name)
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f"object expected as {name.replace('_', ' ')}")
        return value
