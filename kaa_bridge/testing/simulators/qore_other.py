"""The simulated Qore's second shape: as different from the first as two suppliers are. Invented by us as well.

Other operations and namespaces, English names, attributes, deeper nesting, an offset instead of page numbers, digits as
codes, dates without hyphens, a municipality as a whole number. Only the mapping file ``qore_other.toml`` knows it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from xml.sax.saxutils import quoteattr

from lxml import etree

from kaa_bridge.domain.facts import Placement, Residence
from kaa_bridge.testing.population import Person, Poison
from kaa_bridge.testing.simulators.poison import damaged
from kaa_bridge.testing.simulators.qore_example import Question, Reply, tag


class OtherShape:
    """Offset and window, attributes, digits as codes."""

    path: ClassVar[str] = "/register/v7/pupils.svc"
    namespace: ClassVar[str] = "urn:kaa-bridge:example:pupil-register:7"
    renamed: ClassVar[tuple[str, str]] = ("pin=", "civic=")
    list_renamed: ClassVar[tuple[str, str]] = ("Hits", "Matches")
    operations: ClassVar[dict[str, str]] = {"FindPupils": "search", "GetPupil": "person"}
    protection: ClassVar[dict[str, str]] = {
        "none": "0",
        "sekretessmarkering": "1",
        "skyddad_folkbokforing": "2",
        "fingerade_personuppgifter": "3",
    }
    life: ClassVar[dict[str, str]] = {"alive": "A", "deceased": "D", "emigrated": "E"}
    schooling: ClassVar[dict[str, str]] = {"ended": "9", "ongoing": "1", "never": "0"}
    form: ClassVar[dict[str, str]] = {"GY": "21", "GYAN": "22", "GR": "11", "VUXGY": "31", "FHS": "41"}
    ended: ClassVar[dict[str, str]] = {
        "completed": "10",
        "withdrawn": "20",
        "no_show": "30",
        "absent_over_month": "40",
        "moved_school": "50",
        "unknown": "99",
    }
    document: ClassVar[dict[str, str]] = {
        "gymnasieexamen": "EX",
        "gymnasiebevis_anpassad": "GA",
        "studiebevis": "SB",
        "gymnasieintyg": "GI",
        "ib_diploma": "IB",
    }

    def number(self, canonical: str) -> str:
        """Write a person number."""
        return canonical

    def day(self, day: date) -> str:
        """Write a date."""
        return day.strftime("%Y%m%d")

    def new_code(self, record: str) -> str:
        """Return the record with a protection code that nobody has agreed on."""
        return record.replace('secrecy="0"', 'secrecy="9"')

    def record(self, person: Person) -> str:
        """Write one person."""
        known = person.identity
        secrecy = self.protection.get(person.protection.value)
        marked = f' secrecy="{secrecy}"' if secrecy else ""
        state = self.life[person.life_status.value]
        name = f"<Name first={quoteattr(known.given_name or '')} last={quoteattr(known.family_name or '')}/>"
        address = tag("Line1", known.street) + tag("Zip", known.postal_code) + tag("City", known.locality)
        reach = tag("Mobile", known.phone) + tag("Mail", known.email)
        studies = "".join(map(self._period, person.placements_for("qore")))
        first = self.day(person.first_registered) if person.first_registered else None
        return "".join(
            (
                f'<Hit><Pupil pin="{self.number(person.number)}"{marked} state="{state}">',
                *(f'<FormerId pin="{self.number(number)}"/>' for number in person.replaces),
                name,
                f"<Contact>{f'<Home>{address}</Home>' if address else ''}{reach}</Contact>",
                f"<Civil>{tag('Since', first)}{''.join(map(self._home, person.residence))}</Civil></Pupil>",
                f"<Studies>{self._duty(person)}<Periods>{studies}</Periods>{self._papers(person)}</Studies>",
                tag("Unplaced", self.day(person.registered_on) if person.registered_on else None),
                "</Hit>",
            )
        )

    def poisoned(self, poison: Poison) -> str:
        """Write a planted record."""
        code = f'"{self.ended["withdrawn"]}"'
        text = damaged(self.record(poison.person), poison, number=self.number, day=self.day, code=code)
        return text.replace("ZZ9", '"ZZ9"')

    def read(self, message: etree._Element) -> Question:
        """Read a request's first body element."""
        text = {etree.QName(item).localname: (item.text or "").strip() for item in message.iter("{*}*")}
        return Question(
            operation=self.operations.get(etree.QName(message).localname, ""),
            municipality=text.get("Municipality", "").zfill(4),
            only_unlisted=text.get("Unplaced") == "true",
            skip=int(text.get("Skip") or 0),
            take=int(text.get("Take") or 0),
            number=text.get("Pin", ""),
        )

    def write(self, reply: Reply) -> str:
        """Write the body element of an answer."""
        listed = reply.list_name or self.list_renamed[0]
        asked = reply.question
        at_end = str(asked.skip + len(reply.records) >= reply.total).lower()
        info = f'<Summary matches="{reply.total}" last="{at_end}"/>'
        result = f"<Result>{info}<{listed}>{''.join(reply.records)}</{listed}></Result>"
        return f'<FindPupilsResponse xmlns="{self.namespace}">{result}</FindPupilsResponse>'

    def _home(self, home: Residence) -> str:
        basis = "R" if home.basis.value == "registered" else "S"
        dates = "".join(
            f' {key}="{self.day(day)}"' for key, day in (("since", home.start), ("until", home.end)) if day is not None
        )
        return f'<Home basis="{basis}" municipality="{int(home.municipality)}"{dates}/>'

    def _duty(self, person: Person) -> str:
        duty = person.compulsory_schooling
        if duty is None:
            return ""
        day = duty.on or duty.expected_end
        name = "ended" if duty.on else "expected"
        return f'<Duty state="{self.schooling[duty.status.value]}"{f""" {name}="{self.day(day)}" """ if day else ""}/>'

    def _period(self, place: Placement) -> str:
        ended = f' end="{self.ended[place.ended_as.value]}"' if place.ended_as else ""
        path = f' path="{place.study_path}"' if place.study_path else ""
        first = tag("First", self.day(place.start) if place.start else None)
        last = self.day(place.end) if place.end else "99991231"
        what = f'form="{self.form[place.school_form]}"{path} unit="{place.school_unit}"{ended}'
        return f"<Period {what}>{first}{tag('Last', last)}</Period>"

    def _papers(self, person: Person) -> str:
        papers = "".join(
            f'<Paper kind="{self.document[paper.kind.value]}" given="{self.day(paper.on)}"/>'
            for paper in person.qualifications
            if paper.on
        )
        return f"<Papers>{papers}</Papers>"
