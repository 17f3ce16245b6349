"""The full answer: outcome, every criterion with provision, fact and text, and the dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import STATES, Finding, State
from kaa_bridge.law.provisions import CRITERIA, Provision
from kaa_bridge.law.ruleset import Outcome, RuleSet, ruleset
from kaa_bridge.law.settings import DEFAULT, LawSettings
from kaa_bridge.law.texts import text_of


class Reason(Struct, frozen=True, kw_only=True):
    """Why a criterion has its state.

    Attributes:
        criterion: one of ``CRITERIA``.
        state: met, not met or unknown.
        provision: short citation of the provision in force.
        in_force: first day of that wording.
        act: the act that gave the wording (SFS number); ``bill`` its proposition.
        see: other paragraphs that the criterion rests on.
        code: stable name of the ground.
        fact: JSON pointer to the fact that decided, or to the place where it is missing.
        text: Swedish, for a coordinator.
    """

    criterion: str
    state: State
    provision: str
    in_force: date
    act: str
    bill: str
    see: tuple[str, ...]
    code: str
    fact: str
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the reason as contracts.md section 3 writes it; act, bill, see and code are additions."""
        return {
            "criterion": self.criterion,
            "state": self.state.value,
            "provision": self.provision,
            "in_force": self.in_force.isoformat(),
            "fact": self.fact,
            "text": self.text,
            "code": self.code,
            "act": self.act,
            "bill": self.bill,
            "see": list(self.see),
        }


class Decision(Struct, frozen=True, kw_only=True):
    """Whether the responsibility covers a youth on a day, and why.

    Attributes:
        ref: the youth's opaque ref.
        municipality: kommunkod of the municipality asked about.
        as_of: the day asked about.
        outcome: covered (all met), not covered (any not met) or investigate.
        criteria: state by criterion, in the order of the contract.
        reasons: one per criterion, in the same order.
        remarks: what a reader must know and no criterion says.
        covered_since: first day of the present unbroken coverage as far as the facts tell; ``None`` when not covered.
        next_review: first later day on which a criterion changes although no fact does; ``None`` if there is none.
    """

    ref: str
    municipality: str
    as_of: date
    outcome: Outcome
    criteria: dict[str, State]
    reasons: tuple[Reason, ...]
    remarks: tuple[str, ...]
    covered_since: date | None
    next_review: date | None

    def to_json(self) -> dict[str, Any]:
        """Return the decision as ``kaa-decisions/1`` writes it."""
        return {
            "ref": self.ref,
            "outcome": self.outcome.value,
            "criteria": {name: state.value for name, state in self.criteria.items()},
            "reasons": [reason.to_json() for reason in self.reasons],
            "remarks": list(self.remarks),
            "covered_since": self.covered_since.isoformat() if self.covered_since else None,
            "next_review": self.next_review.isoformat() if self.next_review else None,
        }


def decide(
    youth: Youth,
    *,
    municipality: str,
    as_of: date,
    settings: LawSettings = DEFAULT,
    frozen: bool = False,
    remarked: bool = False,
    pointer: str = "",
) -> Decision:
    """Decide whether the municipality's responsibility covers the youth on a day.

    Args:
        youth: the facts; ``None`` and empty mean unknown, never no.
        municipality: kommunkod.
        as_of: the day asked about; no clock is read.
        settings: the municipality's choices where the law is silent.
        frozen: a source that would know of placements or exams is not being updated (a summer freeze): silence then
            proves nothing, and the remark ``source_frozen`` says why. What a source has told stays told.
        remarked: such a source is not being updated, and others prove what it would: the remark alone.
        pointer: JSON pointer of the youth in the document the facts came from, for the reasons' ``fact``.

    Raises:
        InputRefused: the day lies before the first version of the law data (2015-01-01).
    """
    law = ruleset(municipality, as_of, settings, frozen=frozen, remarked=remarked)
    verdict = law.judge(youth)
    found = dict(zip(CRITERIA, law.findings(youth), strict=True))
    return Decision(
        ref=youth.ref,
        municipality=municipality,
        as_of=as_of,
        outcome=verdict.outcome,
        criteria={name: STATES[finding[0]] for name, finding in found.items()},
        reasons=tuple(_reason(name, finding, youth, law, pointer) for name, finding in found.items()),
        remarks=verdict.remarks,
        covered_since=verdict.covered_since,
        next_review=verdict.next_review,
    )


def _reason(name: str, finding: Finding, youth: Youth, law: RuleSet, pointer: str) -> Reason:
    provision: Provision = law.version.provisions[name]
    return Reason(
        criterion=name,
        state=STATES[finding[0]],
        provision=provision.provision,
        in_force=provision.in_force,
        act=provision.act,
        bill=provision.bill,
        see=provision.see,
        code=finding[3].code,
        fact=pointer + finding[3].fact.format(at=finding[4]),
        text=text_of(name, finding, youth, law.question),
    )
