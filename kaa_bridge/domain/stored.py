"""The form in which a state keeps the facts of a record: MessagePack, the fields by their place (see ``Fact``)."""

from __future__ import annotations

import msgspec

from kaa_bridge.domain.record import RecordFacts

packed = msgspec.msgpack.Encoder().encode
"""Return the facts as bytes."""
unpacked = msgspec.msgpack.Decoder(RecordFacts).decode
"""Return the facts that the bytes hold; ``msgspec.MsgspecError`` where they hold none."""
