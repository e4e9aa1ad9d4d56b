"""What staff wrote, as the API wants it. (That it is accepted, ``test_sending`` shows.)"""

from typing import Any

from channels.whatsapp_cloud.bodies import say, to_mark_read, to_react, to_send
from channels.whatsapp_cloud.media import LONGEST_NAME, file_name
from sales.ids import OutboxId
from sales.messages import Content, MessageKind, RemoteFile, TemplateUse

TEXT = say(Content(MessageKind.TEXT, "text-message-content"), None)


def test_a_text() -> None:
    assert to_send("15551234567", OutboxId(7), None, TEXT) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "15551234567",
        "type": "text",
        "text": {"body": "text-message-content", "preview_url": False},
        "biz_opaque_callback_data": "dibs:7",
    }


def test_an_answer_to_a_part_names_the_whole() -> None:
    body = to_send("15551234567", OutboxId(7), "wamid.one#2", TEXT)
    assert body["context"] == {"message_id": "wamid.one"}


def test_a_user_id_has_a_field_of_its_own() -> None:
    body = to_send("US.13491208655302741918", OutboxId(7), None, TEXT)
    assert body["recipient"] == "US.13491208655302741918"
    assert "to" not in body


def test_a_link_is_shown_with_its_picture() -> None:
    body: Any = say(Content(MessageKind.TEXT, "see https://shop.example"), None)
    assert body["text"]["preview_url"] is True


def test_reactions() -> None:
    for emoji, told in (("😀", "😀"), (None, "")):
        body = to_react("15551234567", "wamid.one", emoji)
        assert body["reaction"] == {"message_id": "wamid.one", "emoji": told}
        assert "biz_opaque_callback_data" not in body


def test_reading() -> None:
    assert to_mark_read("wamid.one#3") == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.one",
        "typing_indicator": {"type": "text"},
    }


def test_a_template_has_its_values_where_they_belong() -> None:
    parameters = (
        ("header.1", "4711"),
        ("body.1", "Ann"),
        ("body.2", "blue"),
        ("button.0.1", "track-4711"),
        ("button.2.coupon_code", "SPRING"),
    )
    body: Any = say(Content(MessageKind.TEXT, "…", template=TemplateUse("order", "en_US", parameters)), None)
    assert body["template"] == {
        "name": "order",
        "language": {"code": "en_US"},
        "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "4711"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "blue"}]},
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": "track-4711"}],
            },
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "2",
                "parameters": [{"type": "coupon_code", "coupon_code": "SPRING"}],
            },
        ],
    }


def test_named_values_and_none() -> None:
    named: Any = say(Content(MessageKind.TEXT, template=TemplateUse("hi", "de", (("body.name", "Ann"),))), None)
    parameter = {"type": "text", "parameter_name": "name", "text": "Ann"}
    assert named["template"]["components"] == [{"type": "body", "parameters": [parameter]}]
    plain: Any = say(Content(MessageKind.TEXT, template=TemplateUse("hi", "de")), None)
    assert plain["template"] == {"name": "hi", "language": {"code": "de"}}


def test_a_long_file_name_keeps_its_end() -> None:
    name = file_name(Content(MessageKind.DOCUMENT, file=RemoteFile("staff", "x", file_name="a" * 300 + ".pdf")))
    assert len(name) == LONGEST_NAME
    assert name.endswith(".pdf")
