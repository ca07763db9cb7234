"""Packing: a JSON header and uint8 planes as one message, the same live, in replay and scrubbing.

A uint32 (little-endian) with the header's length, the header padded with spaces so that 4 + length
is a multiple of 8, the still planes, then the planes of frame after frame.
"""

import json
import math
import struct
from collections.abc import Sequence

import numpy as np


def pack(
    header: dict, frames: Sequence[Sequence[np.ndarray]], still: Sequence[np.ndarray] = ()
) -> bytes:
    """One packed picture book: `header`, the still planes, and the uint8 planes of each frame.

    Sets "frame_bytes" and "still_bytes" in the header. Raises ValueError if the frames differ in
    length.
    """
    lengths = {sum(plane.size for plane in planes) for planes in frames} or {0}
    if len(lengths) > 1:
        raise ValueError(f"frames of different lengths: {sorted(lengths)} bytes")
    told = header | {"frame_bytes": lengths.pop(), "still_bytes": sum(p.size for p in still)}
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % 8)
    planes = [plane.tobytes() for planes in (still, *frames) for plane in planes]
    return b"".join([struct.pack("<I", len(text)), text, *planes])


def unpack(packed: bytes) -> tuple[dict, bytes]:
    """The header, and all bytes after it: the still planes, then frame after frame.

    Raises ValueError if bytes are missing.
    """
    length = struct.unpack_from("<I", packed)[0] if len(packed) >= 4 else 0
    if length == 0 or len(packed) < 4 + length:
        raise ValueError("a packed picture that ends before its header does")
    header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
    expected = header["still_bytes"] + header["frame_bytes"] * len(header.get("frames", ()))
    if len(body) != expected:
        raise ValueError(f"a packed picture with {len(body)} bytes of planes, not {expected}")
    return header, body


def plane_of(packed: bytes, plane_id: str, frame: int = 0) -> np.ndarray:
    """The bytes of one plane in one frame, (probes, tiles, height, width), or KeyError."""
    header, body = unpack(packed)
    for card in header.get("cards", []) + header.get("layer_cards", []):
        for plane in card["planes"]:
            if plane["id"] == plane_id:
                start = header["still_bytes"] + frame * header["frame_bytes"]
                start = plane["offset"] + (0 if plane["still"] else start)
                shape = [plane[side] for side in ("probes", "tiles", "height", "width")]
                return np.frombuffer(body, np.uint8, math.prod(shape), start).reshape(shape)
    raise KeyError(plane_id)
