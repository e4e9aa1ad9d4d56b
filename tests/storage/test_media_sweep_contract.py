"""Which files nothing refers to any more, on either database."""

from sales.ids import MediaId, MessageId
from sales.messages import MediaState, RemoteFile
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, add_channel, add_conversation, incoming, world_on

LATER = START + 1


def kept(work: Work, name: str, sha256: str) -> MediaId:
    media_id = work.media.add(RemoteFile("channel:1", name))
    work.media.settle(media_id, MediaState.STORED, sha256, 9, None)
    return media_id


async def test_files_of_messages_and_of_their_versions_stay(database: Database, vault: Vault) -> None:
    world = world_on(database, vault)

    def fill(work: Work) -> list[MediaId]:
        shown, former, unused, twice = (kept(work, name, name * 64) for name in "abca")
        conversation = add_conversation(work, add_channel(work))
        (message,) = work.messages.add([incoming(conversation, "1")])
        work.messages.set_media(MessageId(message), former)
        work.messages.change(message, incoming(conversation, "1").content, work.now)
        work.messages.set_media(message, shown)
        return [shown, former, unused, twice]

    shown, former, unused, twice = await world.write(fill)
    young = await world.write(lambda work: work.media.sweep(MediaId(0), START))
    assert (young.last, list(young.contents)) == (None, [])
    swept = await world.write(lambda work: work.media.sweep(MediaId(0), LATER))
    assert (swept.last, list(swept.contents)) == (None, ["c" * 64]), "the content of 'a' is still shown"
    left = await world.read(lambda work: [work.media.get(one) is not None for one in (shown, former, unused, twice)])
    assert left == [True, True, False, False]


async def test_what_is_no_longer_stored_says_so(database: Database, vault: Vault) -> None:
    world = world_on(database, vault)
    one, other = await world.write(lambda work: (kept(work, "a", "a" * 64), kept(work, "b", "b" * 64)))
    await world.write(lambda work: work.media.expire(["a" * 64]))
    found = await world.read(lambda work: [work.media.get(one), work.media.get(other)])
    assert [media.state for media in found if media is not None] == [MediaState.EXPIRED, MediaState.STORED]
