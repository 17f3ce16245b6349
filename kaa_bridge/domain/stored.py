"""The form in which a state keeps the facts of a record: MessagePack, the fields by their place (see ``Fact``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.errors import StateUnusable

packed = msgspec.msgpack.Encoder().encode
"""Return the facts as bytes."""


@cache
def _decode() -> Callable[[bytes], RecordFacts]:
    """Return what reads facts, made when the first are read: a night without change reads none."""
    return msgspec.msgpack.Decoder(RecordFacts).decode


def unpacked(facts: bytes) -> RecordFacts:
    """Return the facts that the bytes hold.

    Raises:
        StateUnusable: ``state_facts_unreadable``.
    """
    try:
        return _decode()(facts)
    except msgspec.MsgspecError:
        raise StateUnusable(
            "state_facts_unreadable",
            "The state holds facts of a record that cannot be read: it was written by another version, or is damaged. "
            "What was under way was rolled back.",
            remedy="Run 'kaa-bridge state verify'; where it finds problems, 'kaa-bridge state restore' from a backup.",
        ) from None
