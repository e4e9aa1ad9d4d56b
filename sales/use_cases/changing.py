"""What a message says is replaced: its words, and the file where that is another one now."""

from sales import outbox
from sales.ids import MediaId, Moment
from sales.messages import Content, Message, same_file
from sales.ports import Work


def change_content(work: Work, message: Message, content: Content, at: Moment) -> MediaId | None:
    """The former words and file stay as a version. Returns the new file, if there is one: it is still to be fetched."""
    work.messages.change(message.id, content, at)
    if same_file(message.content.file, content.file):
        return None
    media_id = None
    if content.file is not None:
        media_id = work.media.add(content.file)
        work.outbox.put([outbox.fetch(content.file.held_by, media_id)])
    work.messages.set_media(message.id, media_id)
    return media_id
