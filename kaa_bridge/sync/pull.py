"""Pulls one source into the open transaction: digests first, mapping only for what is new or changed.

Nothing is judged here. The caller has opened a savepoint, looks at the counts through the guards, and rolls back to the
savepoint when a guard holds: a source's night is all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from msgspec import Struct, field
from xxhash import xxh3_128_digest

from kaa_bridge.contract import Page, Proof
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed, unpacked
from kaa_bridge.host.errors import contract_broken
from kaa_bridge.law.settings import DEFAULT, LawSettings
from kaa_bridge.mapping import Finding, Mapper
from kaa_bridge.store import records as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.digests import NEIGHBOURS, KnownDigests
from kaa_bridge.store.query import chunks
from kaa_bridge.sync.absences import Absences
from kaa_bridge.sync.asked import Asked, refuse_others
from kaa_bridge.sync.decide import Rules
from kaa_bridge.sync.identity import Identities
from kaa_bridge.sync.marks import Marks
from kaa_bridge.sync.misfits import Misfits
from kaa_bridge.sync.newcomers import MappedRecord, Settled, ShortWay
from kaa_bridge.sync.reading import RecordReader, Unread
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.sync.set_aside import SetAside

_TOGETHER = 500
"""New or changed records that are mapped and stored at once: few enough to stay in the processor's cache."""


class Pulled(Struct):
    """What one pull gave, as counts and marks; no record and no person in it."""

    source: str
    proof: Proof | None = None
    read: int = 0
    unchanged: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    known_before: int = 0
    repeated: int = 0
    quarantined: dict[tuple[str, str], int] = field(default_factory=dict)
    findings: dict[tuple[str, str], int] = field(default_factory=dict)
    misfits: dict[tuple[str, str], int] = field(default_factory=dict)
    youths: Marks = field(default_factory=Marks)
    settled: Settled = field(default_factory=Settled)

    @property
    def whole(self) -> bool:
        """Whether the pull is a proven whole: the proof says so and no record came twice."""
        return self.proof is not None and self.proof.whole and not self.repeated

    @property
    def quarantine_count(self) -> int:
        """How many records could not be used."""
        return sum(self.quarantined.values())


class Puller(Struct, frozen=True):
    """Everything that does not change while one source is pulled.

    ``rules`` decide newcomers while they are pulled; without them everybody is left to be decided afterwards. The
    limits are the longest wait for the reading of one block of records, and of all of them. ``asked`` is given where
    one person was asked for: every record is then read, an unchanged one too, and must be about that person.
    """

    connection: Connection
    source_id: int
    source: str
    mapper: Mapper
    parse: Callable[[bytes], Mapping[str, Any]]
    pseudonyms: Pseudonyms
    as_of: date
    snapshot: bool = True
    asked: Asked | None = None
    law: LawSettings = DEFAULT
    rules: Rules | None = None
    limit_seconds: float = 120.0
    total_seconds: float = 3600.0

    def pull(self, pages: Iterator[Page | Proof]) -> Pulled:
        """Read all pages and the proof.

        Raises:
            PluginFailed: the pages do not end with exactly one proof, or the parser hangs.
            ConfigurationInvalid: one person was asked for, and a record is about somebody else.
            KaaError: as the adapter raised it.
        """
        reader = RecordReader(
            self.source, self.mapper, self.parse, seconds=self.limit_seconds, total_seconds=self.total_seconds
        )
        try:
            return self._read(pages, _Reading(self, reader))
        finally:
            reader.close()

    def _read(self, pages: Iterator[Page | Proof], reading: _Reading) -> Pulled:
        for item in pages:
            if reading.pulled.proof is not None:
                raise contract_broken(self.source, "yields something after its proof")
            if isinstance(item, Proof):
                reading.pulled.proof = item
            else:
                reading.take(item)
        if reading.pulled.proof is None:
            raise contract_broken(self.source, "ends without a proof")
        reading.finish(reading.pulled.proof)
        return reading.pulled


class _Reading:
    """The moving parts of one pull."""

    def __init__(self, puller: Puller, reader: RecordReader) -> None:
        self.at, self.reader = puller, reader
        self.pulled = Pulled(puller.source)
        self.of_key = puller.pseudonyms.keys_of(puller.source)
        self.known = KnownDigests(puller.connection, puller.source_id)
        self.pulled.known_before = len(self.known)
        self.record_id, youth_id = store.next_ids(puller.connection)
        self.first_new = self.record_id
        self.identities = Identities(puller.connection, puller.pseudonyms, youth_id, puller.as_of)
        self.seen = bytearray(self.record_id + 4096)
        self.came_twice: set[int] = set()  # known records that came as they were although they had come before
        self.today = puller.as_of.isoformat()
        self.aside = SetAside(puller.connection, puller.source_id, puller.mapper, self.of_key, self.today)
        self.pulled.quarantined = self.aside.counts
        self.digesters: dict[bytes, Callable[[bytes], bytes]] = {}
        self.absences = Absences(puller.connection, puller.source_id, puller.as_of, puller.law)
        self.misfits = Misfits(puller.connection, puller.source_id)
        self.short_way = self._short_way() if not len(self.known) else None

    def take(self, page: Page) -> None:
        """Take one page: skip what is unchanged, store the rest."""
        digests = list(map(self._digester(page.context), page.records))
        fresh = self._unknown(page.records, digests)
        self.pulled.read += len(digests)
        self.pulled.unchanged += len(digests) - len(fresh)
        for part in chunks(fresh, _TOGETHER):
            self._store(self._mapped(part))

    def _unknown(self, records: Sequence[bytes], digests: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the records that are new or changed, with their digests; mark the others as seen.

        Records that come as they came last night are compared in one go, up to one that differs.
        """
        if not len(self.known) or self.at.asked is not None:
            return list(zip(records, digests, strict=True))
        unknown: list[tuple[bytes, bytes]] = []
        joined, at, end = b"".join(digests), 0, len(digests)
        while at < end:
            ids = self.known.expected(joined, at)
            self._mark_all(ids)
            at += len(ids)
            if at < end:
                if record_id := self.known.find(digests[at], digests[at + 1 : at + 1 + NEIGHBOURS]):
                    self._find_again(record_id)
                else:
                    unknown.append((records[at], digests[at]))
                at += 1
        return unknown

    def finish(self, proof: Proof) -> None:
        """Judge who has gone, now that the proof is known, and count what no rule names."""
        at = self.at
        contradicted = filter(self.known.is_changed, sorted(self.came_twice))
        for record_id, key in store.keys_of(at.connection, list(contradicted)).items():
            self.aside.repeat(key, self.known.of(record_id), RecordFacts())
        self._mark_set_aside()
        self._believe_none()
        judged = at.snapshot and self.pulled.whole
        gone = self._missing() if judged else []
        taken_back = [*map(self.of_key, proof.removed), *self.absences.forgotten]
        if taken_back:
            removed = store.known_keys(at.connection, at.source_id, taken_back).values()
            gone = sorted({*gone, *(one.record_id for one in removed if not one.gone)})
        self.absences.erase(self.known)
        self.pulled.youths.update(store.mark_gone(at.connection, gone, self.today))
        self.known.forget(gone)
        self.known.write()
        self.pulled.gone = len(gone)
        unheard = self.aside.settle(self.identities, was_seen=self._was_seen, done=taken_back, whole=judged)
        self.pulled.youths.update([*unheard, *self.identities.touched])
        self.pulled.misfits = self.misfits.settle(gone=bool(gone))
        if self.absences.forgotten:
            self.pulled.findings["absence_forgotten", "absences"] = len(self.absences.forgotten)
        for place, count in at.mapper.unnamed().items():
            self.pulled.findings["field_unnamed", place] = count
        if self.pulled.whole:
            store.forget_old_quarantine(at.connection, at.source_id, self.today)

    def _believe_none(self) -> None:
        """Keep of a record that came once more and said otherwise only whom it is about, where tonight told it.

        Which of the two is stored hangs on their order. What was told before tonight stands if none took its place.
        """
        at = self.at
        for one in store.known_keys(at.connection, at.source_id, sorted(self.aside.repeated)).values():
            if one.record_id >= self.first_new or self.known.is_changed(one.record_id):
                told = unpacked(store.facts_told(at.connection, one.record_id))
                about = RecordFacts(number=told.number, protection=told.protection)
                store.tell_otherwise(at.connection, self.known, one.record_id, packed(about), self.today)
                self.pulled.youths.add(one.youth_id)

    def _missing(self) -> list[int]:
        """Return who is missing, but for those whom a record that cannot be used may be about.

        A renamed column or a new code in the key makes a known record one that nobody knows: it has not gone.
        """
        missing = list(self.known.unseen(self.seen))
        if not missing or not self.pulled.quarantined:
            return missing
        at = self.at
        kept = store.keep_missing(
            at.connection, at.source_id, self.known, missing, self.today, strangers=self.aside.strangers
        )
        if kept:
            self.aside.keep(kept.values())
            self.pulled.findings["missing_kept", "a record that was set aside may be it"] = len(kept)
        return [one for one in missing if one not in kept]

    def _digester(self, context: bytes) -> Callable[[bytes], bytes]:
        """Return what makes the digest of a record that is read by this mapping in this context.

        The hash is quick, 128 bits, and not cryptographic: a collision could only hide a change from the municipality
        that the source itself contrived, and the source writes what it likes. The seed is secret all the same.
        """
        digester = self.digesters.get(context)
        if digester is None:
            seed = int.from_bytes(self.of_key((self.at.mapper.fingerprint + context).hex())[:8], "big")
            digester = self.digesters[context] = partial(xxh3_128_digest, seed=seed)
        return digester

    def _short_way(self) -> ShortWay:
        at = self.at
        return ShortWay(
            at.connection, at.source_id, at.source, at.pseudonyms, self.identities, self.today, at.rules,
            self.pulled.settled,
        )  # fmt: skip

    def _store(self, mapped: Sequence[MappedRecord]) -> None:
        if not (mapped and self._stored_as_new(mapped)):
            self._store_any(mapped)

    def _stored_as_new(self, mapped: Sequence[MappedRecord]) -> bool:
        """Store a block of newcomers by the short way, if they are."""
        new = self.short_way.take(mapped, self.record_id) if self.short_way else None
        if new is None:
            return False
        self.pulled.youths.update([row[0] for row in new.undecided])
        self._mark_new([digest for _, digest, _ in mapped])
        return True

    def _store_any(self, mapped: Sequence[MappedRecord]) -> None:
        at = self.at
        known = store.known_keys(at.connection, at.source_id, [key for key, _, _ in mapped])
        fresh = self._new_or_changed(mapped, known)
        before = [known.get(key) for key, _, _ in fresh]
        youths = self.identities.resolve([facts for _, _, facts in fresh], before)
        added: list[store.RecordRow] = []
        digests: list[bytes] = []
        changed: list[tuple[str, bytes, int]] = []
        given: list[tuple[int, int]] = []
        for (key, digest, facts), earlier, youth_id in zip(fresh, before, youths, strict=True):
            self.pulled.youths.add(youth_id)
            if earlier is None:
                record_id = self.record_id + len(added)
                added.append((record_id, key, youth_id, packed(facts)))
                digests.append(digest)
            else:
                changed.append((self.today, packed(facts), earlier.record_id))
                self.known.keep(earlier.record_id, (digest,))
                if youth_id != earlier.youth_id:
                    self.pulled.youths.add(earlier.youth_id)
                    given.append((youth_id, earlier.record_id))
        self.identities.write_new()
        self.pulled.youths.update(self.identities.touched)
        store.add_records(at.connection, at.source_id, added, self.today)
        store.change_records(at.connection, changed, given)
        self._mark_new(digests)
        self.pulled.changed += len(changed)

    def _new_or_changed(
        self, mapped: Sequence[MappedRecord], known: Mapping[bytes, store.KnownRecord]
    ) -> list[MappedRecord]:
        """Leave out what is as it was and what came before in this pull: neither says whose a number is."""
        fresh: dict[bytes, MappedRecord] = {}
        for one in mapped:
            key, digest, _ = one
            earlier, other = known.get(key), fresh.get(key)
            if earlier is not None and self.known.of(earlier.record_id) == digest:
                if other is not None:
                    self.aside.repeat(*fresh.pop(key))
                self._find_again(earlier.record_id)
                self.pulled.unchanged += 1
            elif other is not None and other[1] == digest:
                self.pulled.repeated += 1
            elif other is not None or (earlier is not None and self._was_seen(earlier.record_id)):
                self.pulled.repeated += 1
                self.aside.repeat(*one)
            else:
                if earlier is not None:
                    self._mark(earlier.record_id)
                fresh[key] = one
        return list(fresh.values())

    def _mapped(self, fresh: Sequence[tuple[bytes, bytes]]) -> list[MappedRecord]:
        of_key = self.of_key
        result: list[MappedRecord] = []
        read = self.reader.read([record for record, _ in fresh])
        if self.at.asked is not None:
            refuse_others(read, self.at.asked, self.at.source)
        for (_, digest), mapped in zip(fresh, read, strict=True):
            if isinstance(mapped, Unread):
                self.aside.refuse(mapped, digest)
                continue
            key = of_key(mapped.key)
            facts = mapped.facts if mapped.absences is None else self.absences.kept(key, mapped)
            if mapped.findings:
                self._count(key, mapped.findings, kept=facts is not None)
            if facts is not None:
                result.append((key, digest, facts))
        self._mark_set_aside()
        self.misfits.read += len(result)
        if self.misfits.before:
            self.misfits.let_go({key for key, _, _ in result})
        return result

    def _mark_set_aside(self) -> None:
        """Mark as seen what was readable before and was set aside now: it stays as it was and has not gone."""
        for record_id in self.aside.write(self._was_seen):
            self._mark(record_id)

    def _count(self, key: bytes, findings: Sequence[Finding], *, kept: bool) -> None:
        self.misfits.meet(key, findings, kept=kept)
        for one in findings:
            spot = (one.code, one.place)
            self.pulled.findings[spot] = self.pulled.findings.get(spot, 0) + 1

    def _was_seen(self, record_id: int) -> bool:
        return record_id < len(self.seen) and bool(self.seen[record_id])

    def _mark_all(self, ids: Sequence[int]) -> None:
        """Mark unchanged records as seen: in one go where their ids follow each other and none was seen before."""
        seen = self.seen
        if ids and ids[-1] - ids[0] == len(ids) - 1 and seen.find(1, ids[0], ids[-1] + 1) < 0:
            seen[ids[0] : ids[-1] + 1] = b"\1" * len(ids)
        else:
            for record_id in ids:
                self._find_again(record_id)

    def _find_again(self, record_id: int) -> None:
        """Mark an unchanged record as seen; it stands elsewhere than last night, or came twice."""
        if self.seen[record_id]:
            self.pulled.repeated += 1
            self.came_twice.add(record_id)
        self.seen[record_id] = 1

    def _mark_new(self, digests: Sequence[bytes]) -> None:
        """Mark new records, which have the next ids, as seen, and keep their digests."""
        count = len(digests)
        self.pulled.new += count
        first, beyond = self.record_id, self.record_id + count
        if count:
            self._mark(beyond - 1)
        self.seen[first:beyond] = b"\1" * count
        self.known.keep(first, digests)
        self.record_id = beyond

    def _mark(self, record_id: int) -> None:
        if record_id >= len(self.seen):
            self.seen.extend(bytes(record_id + 65536 - len(self.seen)))
        self.seen[record_id] = 1
