"""What every source must hold to: run by the bundled adapters and by third parties alike.

Subclass it in a test module, start a simulated system that can misbehave, and say how your source is made::

    class TestMySource(SourceConformance):
        system_name = "qore"
        mapping = "my_mapping.toml"

        def start(self, folder: Path) -> MySimulator:
            return MySimulator(self.population())

        def make(self, system: MySimulator) -> Source:
            settings = {"url": system.url, "attempts": 1, "idle_seconds": 1.0, "total_seconds": 3.0}
            profile = load_mapping(self.mapping).profile
            return MySource(SourceContext(name="mine", municipality="2303", settings=settings, profile=profile))

``kaa_bridge.testing.simulators.base.SourceSimulator`` brings real sockets, recorded requests and the faults. A system
that is no server (a file drop) overrides ``inflict``: whatever it cannot show is skipped, with the reason.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kaa_bridge.contract import Page, Proof, PullKind, PullRequest, Source
from kaa_bridge.errors import ConfigurationInvalid, KaaError, RecordProblem, Unreachable
from kaa_bridge.mapping import MappingFile, compile_mapping, load_mapping
from kaa_bridge.testing.conformance.source_checks import assert_clean, assert_no_canary_outside_bodies, assert_plain
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.base import Fault, SeenRequest, SourceSimulator

PATIENCE = 15.0
"""Seconds within which a pull must have ended, whatever the system does; set your source's limits to a few."""

UNREACHABLE = (Fault.DOWN, Fault.UNAVAILABLE, Fault.HALF_ANSWER, Fault.LOGIN_PAGE, Fault.HANG)
"""The system does not answer usably: try again later."""
CONFIGURATION = (Fault.WRONG_PASSWORD, Fault.REDIRECT)
"""The administrator must correct something."""
NEVER_WHOLE = (
    *(Fault.TRUNCATED, Fault.COUNT_MISMATCH, Fault.REPEATED_RECORD, Fault.PAGE_LOOP, Fault.MISSING_LIST),
    Fault.HALF_ANSWER,
)
"""The pages together are not the whole: nobody may be judged to have left."""


class SourceConformance(ABC):
    """Subclass it; see the module.

    Attributes:
        as_of: the night that is played.
        system_name: which part of ``Population`` the simulated system holds (``qore``, ``oedb``, ``ist``).
        mapping: the mapping that reads the records, a bundled name or a path; ``None`` leaves those tests out.
    """

    as_of: ClassVar[date] = date(2026, 2, 1)
    system_name: ClassVar[str] = "qore"
    mapping: ClassVar[str | None] = None

    @abstractmethod
    def start(self, folder: Path) -> Any:
        """Return the simulated system as a context manager; ``folder`` is an empty one for whatever it needs."""

    @abstractmethod
    def make(self, system: Any) -> Source:
        """Return the source against that system, with limits of a few seconds and small pages."""

    def population(self) -> Population:
        """Return the people that the simulated system holds."""
        return build(1, as_of=self.as_of)

    def inflict(self, system: Any, fault: Fault) -> bool:
        """Make the system misbehave; return whether it can."""
        if not isinstance(system, SourceSimulator):
            return False
        system.faults.add(fault)
        return True

    def seen(self, system: Any) -> Sequence[SeenRequest]:
        """Return the requests that the system has seen."""
        return system.requests if isinstance(system, SourceSimulator) else ()

    def known_numbers(self) -> tuple[str, ...]:
        """Return canonical numbers of people whom the system holds with a sound record."""
        return tuple(person.number for person in self.population().known_to(self.system_name))

    @pytest.fixture
    def system(self, tmp_path: Path) -> Iterator[Any]:
        """Run the simulated system for one test."""
        with self.start(tmp_path) as system:
            yield system

    @pytest.fixture
    def source(self, system: Any) -> Iterator[Source]:
        """Make the source for one test; afterwards no request may hold a person outside its body."""
        with closing(self.make(system)) as source:
            yield source
        assert_no_canary_outside_bodies(self.seen(system), self.population().canaries())

    def pull(self, source: Source, cursor: str | None = None) -> tuple[list[bytes], Proof]:
        """Pull everything, checking the order of pages and proof; fails when it outlasts ``PATIENCE``."""
        begun = time.monotonic()
        records: list[bytes] = []
        proofs: list[Proof] = []
        try:
            for item in source.pull(PullRequest(self.as_of, cursor)):
                assert not proofs, "something comes after the proof"
                if isinstance(item, Proof):
                    proofs.append(item)
                else:
                    assert isinstance(item, Page)
                    records.extend(item.records)
        finally:
            assert time.monotonic() - begun < PATIENCE, "the pull took too long"
        assert len(proofs) == 1, "the pull ends without a proof"
        return records, proofs[0]

    def must_inflict(self, system: Any, fault: Fault) -> None:
        """Inflict the fault or skip the test, visibly."""
        if not self.inflict(system, fault):
            pytest.skip(f"the simulated system cannot show '{fault}'")

    def test_describe_needs_no_network(self, system: Any, source: Source) -> None:
        """The capabilities are stated at once, always the same, without a request."""
        described = source.describe()
        assert described == source.describe()
        assert described.name
        assert described.system
        assert described.kinds
        assert not self.seen(system)

    def test_check_says_ok(self, source: Source) -> None:
        """A system that works is reported as working."""
        assert source.check().ok

    @pytest.mark.parametrize("fault", [Fault.DOWN, Fault.WRONG_PASSWORD])
    def test_check_says_what_to_do(self, system: Any, source: Source, fault: Fault) -> None:
        """A system that does not work is a FAIL line with a remedy, never an exception."""
        self.must_inflict(system, fault)
        result = source.check()
        assert not result.ok
        assert result.text
        assert result.remedy

    def test_pull_gives_records_and_one_proof(self, source: Source) -> None:
        """Records are bytes, none empty, none twice; the proof is the last item and says how."""
        records, proof = self.pull(source)
        assert len(records) >= len(self.known_numbers()) > 0
        assert all(isinstance(record, bytes) and record for record in records)
        assert len(set(records)) == len(records)
        assert proof.how

    def test_two_pulls_give_the_same_bytes(self, source: Source) -> None:
        """Nothing has changed, so nothing differs: otherwise every night would read everything anew."""
        assert self.pull(source)[0] == self.pull(source)[0]

    def test_completeness_is_proven_where_it_is_declared(self, source: Source) -> None:
        """A sound pull is a whole where the source says it can prove that, and never where it cannot."""
        records, proof = self.pull(source)
        assert proof.whole == source.describe().proves_completeness, proof.how
        assert proof.total in (None, len(records))

    def test_parse_is_pure(self, system: Any, source: Source) -> None:
        """Parsing asks nobody, gives plain values, and the same twice."""
        records, _proof = self.pull(source)
        asked = len(self.seen(system))
        for record in records:
            parsed = source.parse(record)
            assert_plain(parsed)
            assert parsed == source.parse(record)
        assert len(self.seen(system)) == asked

    def test_plain_json_says_what_parse_does(self, source: Source) -> None:
        """Where the source declares plain JSON, decoding and completing gives what ``parse`` gives."""
        completes = source.plain_json()
        if completes is None:
            pytest.skip("the source does not declare plain JSON")
        for record in self.pull(source)[0]:
            decoded = json.loads(record)
            for name, complete in completes.items():
                entries = decoded.get(name)
                for entry in entries if isinstance(entries, list) else ():
                    if isinstance(entry, dict):
                        complete(entry)
            assert decoded == source.parse(record)

    @pytest.mark.parametrize("record", [b"", b"\x00\xff\xfe", b"[1, 2", b"<a><b></a>", b"{}}"])
    def test_what_is_no_record_is_set_aside(self, source: Source, record: bytes) -> None:
        """Rubbish is a problem of one record, without its content in the error."""
        with pytest.raises(RecordProblem) as caught:
            source.parse(record)
        assert_clean(caught.value, frozenset())

    @pytest.mark.parametrize("fault", UNREACHABLE)
    def test_silence_is_unreachable(self, system: Any, source: Source, fault: Fault) -> None:
        """A system that does not answer usably raises ``Unreachable``: silence is never an empty register."""
        self.must_inflict(system, fault)
        with pytest.raises(Unreachable) as caught:
            self.pull(source)
        self.assert_clean_error(source, caught.value)

    @pytest.mark.parametrize("fault", CONFIGURATION)
    def test_what_an_administrator_must_correct(self, system: Any, source: Source, fault: Fault) -> None:
        """Refused credentials and redirects raise ``ConfigurationInvalid``; a redirect is not followed."""
        self.must_inflict(system, fault)
        with pytest.raises(ConfigurationInvalid) as caught:
            self.pull(source)
        self.assert_clean_error(source, caught.value)
        assert not any("annanstans" in request.target for request in self.seen(system))

    @pytest.mark.parametrize("fault", NEVER_WHOLE)
    def test_what_is_not_whole_is_never_called_whole(self, system: Any, source: Source, fault: Fault) -> None:
        """Missing pages, repeated records, other totals, loops: an error, or a proof that says so; and an end."""
        self.must_inflict(system, fault)
        try:
            _records, proof = self.pull(source)
        except (Unreachable, ConfigurationInvalid) as error:
            self.assert_clean_error(source, error)
        else:
            assert not proof.whole, proof.how

    def test_a_break_in_the_middle_is_no_end(self, system: Any, source: Source) -> None:
        """What breaks after some pages raises; the pages before it are then nobody's whole."""
        self.must_inflict(system, Fault.DOWN)
        if not isinstance(system, SourceSimulator):
            pytest.skip("the simulated system has no pages")
        system.faults.clear()
        self.pull(source)
        if len(system.requests) < 2:
            pytest.skip("the pull is one request")
        seen = len(system.requests)
        system.fault_from = seen + seen // 2 + 1
        system.faults.add(Fault.DOWN)
        with pytest.raises(Unreachable):
            self.pull(source)

    def test_fetch_person_agrees_with_the_pull(self, source: Source) -> None:
        """One person's records are the pull's, byte for byte; somebody unknown has none."""
        if not source.describe().fetches_person:
            with pytest.raises(NotImplementedError):
                source.fetch_person(self.known_numbers()[0])
            pytest.skip("the source does not declare fetches_person")
        pulled = set(self.pull(source)[0])
        for number in self.known_numbers()[:5]:
            found = source.fetch_person(number)
            assert found
            assert set(found) <= pulled
        assert list(source.fetch_person("209001010009")) == []

    def test_fetch_person_says_that_the_system_is_silent(self, system: Any, source: Source) -> None:
        """A look-up that fails raises; the number is not in the error."""
        if not source.describe().fetches_person:
            pytest.skip("the source does not declare fetches_person")
        self.must_inflict(system, Fault.DOWN)
        with pytest.raises(Unreachable) as caught:
            source.fetch_person(self.known_numbers()[0])
        self.assert_clean_error(source, caught.value)

    def test_delta_goes_on_from_its_cursor(self, source: Source) -> None:
        """A source of changes gives a cursor, and with it no more than the whole."""
        if PullKind.DELTA not in source.describe().kinds:
            pytest.skip("the source does not declare deltas")
        records, proof = self.pull(source)
        assert proof.cursor
        later, after = self.pull(source, proof.cursor)
        assert after.cursor
        assert len(later) <= len(records)

    def test_close_may_be_repeated(self, source: Source) -> None:
        """Closing twice does no harm."""
        source.close()
        source.close()

    def test_mapping_reads_every_record(self, source: Source) -> None:
        """Everybody but the planted records becomes facts about the right person; every field has a rule."""
        if self.mapping is None:
            pytest.skip("no mapping is named")
        mapper = compile_mapping(self.mapping_file(), as_of=self.as_of)
        numbers: set[str | None] = set()
        refused = 0
        for record in self.pull(source)[0]:
            try:
                numbers.add(mapper.map(source.parse(record)).facts.number)
            except RecordProblem as problem:
                refused += 1
                assert_clean(problem, self.population().canaries())
        assert numbers >= set(self.known_numbers())
        assert refused == len(self.population().poison_in(self.system_name))
        assert not mapper.unnamed()

    def mapping_file(self) -> MappingFile:
        """Return the mapping that ``mapping`` names."""
        assert self.mapping is not None
        return load_mapping(self.mapping)

    def assert_clean_error(self, source: Source, error: KaaError) -> None:
        """Fail when an error holds a person, has no remedy, or does not name the source."""
        assert_clean(error, self.population().canaries())
        assert error.system == source.describe().name, "the error does not name its source"
