"""A picture of nothing, put where a client's picture stood."""

import struct
import zlib

SIDE = 64


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _grey_png(side: int) -> bytes:
    """One grey, eight bits a pixel."""
    row = b"\x00" + b"\xdd" * side
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(row * side)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


BLANK = _grey_png(SIDE)
