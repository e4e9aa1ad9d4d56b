"""Files come from the gateway and from nowhere else. Against the stand-in, over HTTP."""

import json

import pytest

from channels.whatsapp_linked.adapter import LinkedAdapter
from playground.whatsapp_gateway.control import Control, Talk
from sales.incoming import ClientWrote, Incoming
from sales.messages import RemoteFile
from sales.ports.files import FileGone, FileTooBig, FileUnavailable
from tests.channels.books import remote


async def fetched(adapter: LinkedAdapter, file: RemoteFile) -> bytes:
    return b"".join([chunk async for chunk in adapter.fetch(file)])


async def newest(adapter: LinkedAdapter, waha: Control, ann: Talk) -> RemoteFile:
    """The file of the chat's newest message, as its webhook would tell of it."""
    chat = await ann.chat_id()
    (message,) = (await waha.api("GET", f"/api/default/chats/{chat}/messages?limit=1")).json()
    envelope = {"id": "evt_1", "event": "message.any", "session": "default", "payload": message}
    (read,) = adapter.parse(json.dumps(envelope).encode())
    assert isinstance(read, Incoming)
    assert isinstance(read.event, ClientWrote)
    assert read.event.content.file is not None
    return read.event.content.file


async def test_a_file_is_fetched_with_the_key(adapter: LinkedAdapter, waha: Control, ann: Talk) -> None:
    sent = await ann.send("image", data=b"jpeg" * 50_000)
    assert await fetched(adapter, await newest(adapter, waha, ann)) == await ann.download(sent)


async def test_a_gateway_that_calls_itself_by_another_name(adapter: LinkedAdapter, waha: Control, ann: Talk) -> None:
    await waha.options(media_base_url="https://waha.example.com")
    sent = await ann.send("document", name="price.pdf", data=b"pdf")
    file = await newest(adapter, waha, ann)
    assert file.source.startswith("https://waha.example.com/")
    assert await fetched(adapter, file) == await ann.download(sent)


async def test_a_file_that_has_run_out_is_asked_for_again(adapter: LinkedAdapter, waha: Control, ann: Talk) -> None:
    sent = await ann.send("voice", data=b"OggS")
    file = await newest(adapter, waha, ann)
    await waha.advance(181)
    assert await fetched(adapter, file) == await ann.download(sent)


async def test_a_file_whose_message_is_gone_is_gone(adapter: LinkedAdapter, waha: Control, ann: Talk) -> None:
    source = f"{waha.url}/api/files/nothing.jpg#false_79161112233@c.us_3AFFFFFFFFFFFFFFFFFF"
    with pytest.raises(FileGone):
        await fetched(adapter, remote(source))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.jpg",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://evil.example/api/files/../sessions",
        "http://evil.example/api/files/%2e%2e/sessions",
        "http://[",
        "",
    ],
)
async def test_other_places_are_never_asked(adapter: LinkedAdapter, waha: Control, url: str) -> None:
    with pytest.raises(FileGone):
        await fetched(adapter, remote(f"{url}#x"))
    assert await waha.calls() == []


async def test_what_is_too_big_is_not_begun(adapter: LinkedAdapter) -> None:
    with pytest.raises(FileTooBig):
        await fetched(adapter, remote("http://x/api/files/a", size=101 * 1024 * 1024))


async def test_a_gateway_that_does_not_work_now(adapter: LinkedAdapter, waha: Control, ann: Talk) -> None:
    await ann.send("image", data=b"jpeg")
    file = await newest(adapter, waha, ann)
    await waha.advance(181)
    await waha.fault("get_message", "fail")
    with pytest.raises(FileUnavailable):
        await fetched(adapter, file)
