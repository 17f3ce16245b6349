"""A simulated OEDB: a regional register in which case officers also record contacts, over REST.

OEDB's interface is not public: both shapes are our documented examples. From 1 June to 31 August the register is not
updated: in that time the simulator goes on to answer with what it held on 31 May.
"""

from __future__ import annotations

from datetime import date

from kaa_bridge.testing.population import Population
from kaa_bridge.testing.simulators.base import Answer, Fault, SeenRequest, SourceSimulator
from kaa_bridge.testing.simulators.oedb_example import Ask, ExampleShape, Listing
from kaa_bridge.testing.simulators.oedb_other import OtherShape

FROZEN = ((6, 1), (8, 31))
"""First and last day, month and day, of the time without updates."""


class OedbSimulator(SourceSimulator):
    """The register of one population.

    Attributes:
        renamed: what ``Fault.RENAMED_FIELD`` renames: the old and the new text.
    """

    def __init__(self, population: Population, *, other_shape: bool = False, with_events: bool | None = None) -> None:
        """Render everybody that OEDB knows.

        Args:
            population: whom the register holds; replace them with ``load``.
            other_shape: write in the second, differently built shape.
            with_events: whether case officers record contacts here; default as the population says.
        """
        super().__init__()
        self.shape: ExampleShape | OtherShape = OtherShape() if other_shape else ExampleShape()
        self.renamed = self.shape.renamed
        self._with_events = with_events
        self._fill(population)

    @property
    def base_url(self) -> str:
        """The address that the connection setting ``url`` names."""
        return self.url + self.shape.root

    def load(self, population: Population) -> bool:
        """Hold another population from now on; return whether it did: not from 1 June to 31 August."""
        if is_frozen(population.as_of):
            return False
        self._fill(population)
        return True

    def answer(self, request: SeenRequest) -> Answer:
        """Answer one request."""
        if refusal := self.shape.refusal(request):
            return refusal
        ask = self.shape.read(request)
        if ask is None:
            return Answer(404, b'{"fel": "finns inte"}', "application/json")
        text = self._write(ask)
        if self.fault(Fault.RENAMED_FIELD):
            text = text.replace(*self.renamed)
        return Answer(200, text.encode(), "application/json")

    def _fill(self, population: Population) -> None:
        with_events = self._with_events if self._with_events is not None else population.case_events_in == "oedb"
        poisoned = population.poison_in("oedb")
        shape = self.shape
        everybody = [(person, shape.record(person, with_events=with_events)) for person in population.known_to("oedb")]
        self.population = population
        self._everybody = everybody + [(poison.person, shape.poisoned(poison)) for poison in poisoned]

    def _write(self, ask: Ask) -> str:
        found = self._found(ask)
        first = 0 if self.fault(Fault.PAGE_LOOP) else ask.skip
        taken = found[first : first + ask.take] if ask.take else found
        if self.fault(Fault.TRUNCATED) and ask.skip:
            taken = []
        if self.fault(Fault.REPEATED_RECORD) and ask.skip:
            taken = [found[first - 1], *taken]
        if self.fault(Fault.NEW_CODE):
            taken = [self.shape.new_code(record) for record in taken]
        total = len(found) + (1 if self.fault(Fault.COUNT_MISMATCH) else 0)
        name = self.shape.list_names[1 if self.fault(Fault.MISSING_LIST) else 0]
        return self.shape.write(Listing(ask=ask, records=taken, total=total, list_name=name))

    def _found(self, ask: Ask) -> list[str]:
        if ask.operation == "person":
            return [record for person, record in self._everybody if ask.number in (person.number, *person.replaces)]
        if self.fault(Fault.EMPTIED) or ask.municipality != self.population.municipality:
            return []
        return [record for _person, record in self._everybody]


def is_frozen(day: date) -> bool:
    """Tell whether the register is not updated on the day."""
    return FROZEN[0] <= (day.month, day.day) <= FROZEN[1]
