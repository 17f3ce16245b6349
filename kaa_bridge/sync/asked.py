"""A question about one person: the pages that it gives, and the proof that the answer is about that person alone.

An answer with somebody else in it is no answer: the system has not read the question (an argument has another name than
it expects), so nothing that it sent was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kaa_bridge.contract import Page, Proof, PullRequest, Source
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping import Mapped
from kaa_bridge.sync.reading import Unread

Asked = Callable[[RecordFacts], bool]
"""Whether facts are about the person that was asked for."""


def pages_of_person(source: Source, number: str) -> Callable[[PullRequest], Iterator[Page | Proof]]:
    """Return what asks a source for one person, by canonical number, in the form of a pull."""

    def pages(_: PullRequest) -> Iterator[Page | Proof]:
        context = source.context()
        yield Page(source.fetch_person(number), context)
        yield Proof(whole=False, how="one person was asked for")

    return pages


def is_about(number: str) -> Asked:
    """Return what tells whether facts come with the canonical number, or name it as one that theirs replaces.

    A function and not the number, so that nothing which holds it shows a person.
    """
    return lambda facts: facts.number == number or number in (facts.replaces or ())


def refuse_others(records: Iterable[Mapped | Unread], asked: Asked, source: str) -> None:
    """Refuse an answer in which a record is about somebody else, or does not say whom it is about.

    Raises:
        ConfigurationInvalid: ``person_not_asked_for``; nothing of the source may be kept.
    """
    if all(asked(one.about if isinstance(one, Unread) else one.facts) for one in records):
        return
    raise ConfigurationInvalid(
        "person_not_asked_for",
        f"'{source}' was asked for one person and answered with a record that is about somebody else, or that does "
        "not say whom it is about: it does not read the question as it is put. Nothing of its answer was used.",
        remedy="Correct the look-up of one person ([profile.person] in the mapping file); until then: "
        f"kaa-bridge resync --source {source}",
        system=source,
    )
