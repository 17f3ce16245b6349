"""The conformance of sources has teeth: each way to break the contract is caught by the test that is there for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaa_adapter_oedb import OedbSource
from kaa_bridge.contract import CheckResult, Page, Proof, PullRequest, Source, SourceContext, SourceDescription
from kaa_bridge.errors import KaaError, Unreachable
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.conformance import SourceConformance
from kaa_bridge.testing.conformance.source_checks import assert_no_canary_outside_bodies
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.credentials import PASSWORD, USER
from kaa_bridge.testing.simulators.oedb import OedbSimulator


class Honest(Source):
    """Hands everything on to a sound source; each subclass breaks one rule."""

    def __init__(self, inner: OedbSource) -> None:
        self.inner = inner

    def describe(self) -> SourceDescription:
        return self.inner.describe()

    def check(self) -> CheckResult:
        return self.inner.check()

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        return self.inner.pull(request)

    def parse(self, record: bytes) -> Mapping[str, Any]:
        return self.inner.parse(record)

    def fetch_person(self, number: str) -> Sequence[bytes]:
        return self.inner.fetch_person(number)

    def close(self) -> None:
        self.inner.close()


class NoProof(Honest):
    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        return (item for item in self.inner.pull(request) if isinstance(item, Page))


class ProofFirst(Honest):
    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        *pages, proof = self.inner.pull(request)
        return iter([proof, *pages])


class AlwaysWhole(Honest):
    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        for item in self.inner.pull(request):
            yield replace(item, whole=True) if isinstance(item, Proof) else item


class Modest(Honest):
    """Proves a whole although it declares that it cannot."""

    def describe(self) -> SourceDescription:
        return replace(self.inner.describe(), proves_completeness=False)


class SilenceIsEmpty(Honest):
    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        try:
            yield from self.inner.pull(request)
        except KaaError:
            yield Proof(whole=True, how="nobody there")


class Leaky(Honest):
    """Tells in its error whom it was reading."""

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        try:
            yield from self.inner.pull(request)
        except Unreachable as error:
            number = Checked().known_numbers()[0]
            raise Unreachable("lost", f"lost at {number}", remedy="again", system="oedb") from error


class Restless(Honest):
    """Stamps each record with the time, so that everything is new every night."""

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        for item in self.inner.pull(request):
            if isinstance(item, Page):
                yield Page([record.replace(b"{", b'{"read": %d, ' % time.monotonic_ns(), 1) for record in item.records])
            else:
                yield item


class Curious(Honest):
    """Asks the system again while it parses."""

    def parse(self, record: bytes) -> Mapping[str, Any]:
        self.inner.check()
        return self.inner.parse(record)


class Patient(Honest):
    """Takes rubbish for a record."""

    def parse(self, record: bytes) -> Mapping[str, Any]:
        try:
            return self.inner.parse(record)
        except KaaError:
            return {}


class Forgetful(Honest):
    """Knows nobody when it is asked for one."""

    def fetch_person(self, number: str) -> Sequence[bytes]:
        return []


class Inventive(Honest):
    """Writes one person's record in another way than the pull does."""

    def fetch_person(self, number: str) -> Sequence[bytes]:
        return [record + b" " for record in self.inner.fetch_person(number)]


class Checked(SourceConformance):
    """The conformance over a source that a test chooses."""

    system_name = "oedb"
    kind: type[Honest] = Honest

    def start(self, folder: Path) -> OedbSimulator:
        return OedbSimulator(self.population())

    def make(self, system: Any) -> Source:
        profile = load_mapping("oedb").profile
        paging = {**profile["search"]["paging"], "size": 10}
        profile = {**profile, "search": {**profile["search"], "paging": paging}}
        settings = {"url": system.base_url, "username": USER, "password": PASSWORD, "attempts": 1, "idle_seconds": 1.0}
        context = SourceContext(name="oedb", municipality="2303", settings=settings, profile=profile)
        return self.kind(OedbSource(context))


Check = Callable[[Checked, OedbSimulator, Source], None]
BREAKS: list[tuple[type[Honest], Check]] = [
    (NoProof, lambda kit, _system, source: kit.test_pull_gives_records_and_one_proof(source)),
    (ProofFirst, lambda kit, _system, source: kit.test_pull_gives_records_and_one_proof(source)),
    (
        AlwaysWhole,
        lambda kit, system, source: kit.test_what_is_not_whole_is_never_called_whole(
            system, source, Fault.COUNT_MISMATCH
        ),
    ),
    (Modest, lambda kit, _system, source: kit.test_completeness_is_proven_where_it_is_declared(source)),
    (SilenceIsEmpty, lambda kit, system, source: kit.test_silence_is_unreachable(system, source, Fault.DOWN)),
    (
        SilenceIsEmpty,
        lambda kit, system, source: kit.test_what_an_administrator_must_correct(system, source, Fault.WRONG_PASSWORD),
    ),
    (SilenceIsEmpty, lambda kit, system, source: kit.test_a_break_in_the_middle_is_no_end(system, source)),
    (Leaky, lambda kit, system, source: kit.test_silence_is_unreachable(system, source, Fault.DOWN)),
    (Restless, lambda kit, _system, source: kit.test_two_pulls_give_the_same_bytes(source)),
    (Curious, lambda kit, system, source: kit.test_parse_is_pure(system, source)),
    (Patient, lambda kit, _system, source: kit.test_what_is_no_record_is_set_aside(source, b"[1, 2")),
    (Forgetful, lambda kit, _system, source: kit.test_fetch_person_agrees_with_the_pull(source)),
    (Inventive, lambda kit, _system, source: kit.test_fetch_person_agrees_with_the_pull(source)),
]


def run(kind: type[Honest], check: Check) -> None:
    """Run one test of the conformance over a source of that kind."""
    kit = Checked()
    kit.kind = kind
    with kit.start(Path()) as system, closing(kit.make(system)) as source:
        check(kit, system, source)


@pytest.mark.parametrize(
    ("kind", "check"), BREAKS, ids=[f"{index} {kind.__name__}" for index, (kind, _) in enumerate(BREAKS)]
)
def test_a_broken_source_is_caught_and_the_sound_one_is_not(kind: type[Honest], check: Check) -> None:
    run(Honest, check)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(kind, check)


def test_a_number_in_an_address_is_caught() -> None:
    kit = Checked()
    number = kit.known_numbers()[0]
    with kit.start(Path()) as system, closing(kit.make(system)) as source:
        assert isinstance(source, Honest)
        source.inner._http.get(f"{system.base_url}/ungdomar", params={"personnummer": number})
        with pytest.raises(AssertionError, match="outside its body"):
            assert_no_canary_outside_bodies(kit.seen(system), kit.population().canaries())
