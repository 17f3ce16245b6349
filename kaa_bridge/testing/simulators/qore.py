"""A simulated Qore: a register of school placements over SOAP, with a negative list.

Qore's interface is not public: both shapes are our documented examples.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from kaa_bridge.testing.population import Person, Population
from kaa_bridge.testing.simulators.base import Answer, Fault, SeenRequest, SourceSimulator
from kaa_bridge.testing.simulators.credentials import basic_refusal
from kaa_bridge.testing.simulators.qore_example import SOAP, ExampleShape, Question, Reply
from kaa_bridge.testing.simulators.qore_other import OtherShape

_GYMNASIAL = frozenset({"GY", "GYS", "GYAN"})


class QoreSimulator(SourceSimulator):
    """The register of one population.

    Attributes:
        renamed: what ``Fault.RENAMED_FIELD`` renames: the old and the new name.
    """

    def __init__(self, population: Population, *, other_shape: bool = False) -> None:
        """Render everybody that Qore knows.

        Args:
            population: whom the register holds; replace them with ``load``.
            other_shape: write in the second, differently built shape.
        """
        super().__init__()
        self.shape: ExampleShape | OtherShape = OtherShape() if other_shape else ExampleShape()
        self.renamed = self.shape.renamed
        self.load(population)

    @property
    def endpoint(self) -> str:
        """The address that the connection setting ``url`` names."""
        return self.url + self.shape.path

    def load(self, population: Population) -> None:
        """Hold another population from now on."""
        poisoned = population.poison_in("qore")
        everybody = [(person, self.shape.record(person)) for person in population.known_to("qore")]
        everybody += [(poison.person, self.shape.poisoned(poison)) for poison in poisoned]
        self.population = population
        self._everybody = everybody
        self._unlisted = [pair for pair in everybody if self._is_unlisted(pair[0])]

    def answer(self, request: SeenRequest) -> Answer:
        """Answer one SOAP request."""
        if refusal := basic_refusal(request):
            return refusal
        if request.method != "POST" or request.path != self.shape.path:
            return Answer(404)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        body = etree.fromstring(request.body, parser).find("{*}Body")
        if body is None or not len(body):
            return self._fault("Client", "no body")
        question = self.shape.read(body[0])
        if not question.operation:
            return self._fault("Client", "unknown operation")
        return self._envelope(self._write(question))

    def _write(self, question: Question) -> str:
        found = self._found(question)
        first = 0 if self.fault(Fault.PAGE_LOOP) else question.skip
        taken = found[first : first + question.take] if question.take else found
        if self.fault(Fault.TRUNCATED) and question.skip:
            taken = []
        if self.fault(Fault.REPEATED_RECORD) and question.skip:
            taken = [found[first - 1], *taken]
        if self.fault(Fault.NEW_CODE):
            taken = [self.shape.new_code(record) for record in taken]
        total = len(found) + (1 if self.fault(Fault.COUNT_MISMATCH) else 0)
        shown = replace(question, skip=0) if self.fault(Fault.PAGE_LOOP) else question
        renamed = self.shape.list_renamed[1] if self.fault(Fault.MISSING_LIST) else ""
        text = self.shape.write(Reply(question=shown, records=taken, total=total, list_name=renamed))
        return text.replace(*self.renamed) if self.fault(Fault.RENAMED_FIELD) else text

    def _found(self, question: Question) -> list[str]:
        if question.operation == "person":
            return [
                record for person, record in self._everybody if question.number in (person.number, *person.replaces)
            ]
        if self.fault(Fault.EMPTIED) or question.municipality != self.population.municipality:
            return []
        return [record for _person, record in (self._unlisted if question.only_unlisted else self._everybody)]

    def _is_unlisted(self, person: Person) -> bool:
        here = person.home_on(self.population.as_of) == self.population.municipality
        place = person.place_on(self.population.as_of, "qore")
        return here and (place is None or place.school_form not in _GYMNASIAL)

    def _envelope(self, body: str, status: int = 200) -> Answer:
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
        )
        return Answer(status, text.encode(), "text/xml; charset=utf-8")

    def _fault(self, code: str, text: str) -> Answer:
        return self._envelope(
            f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{text}</faultstring></s:Fault>", 500
        )
