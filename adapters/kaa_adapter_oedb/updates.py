"""Writes into OEDB that a case is closed or opened, by the profile: each once, by the send protocol of the journals.

To the outbox this is a journal of its own: what it writes is a note whose kind says *close* or *open*, whose heading is
the category of the comparison, and whose text says why.
"""

from __future__ import annotations

import json
from dataclasses import replace

from kaa_adapter_oedb.login import login
from kaa_adapter_oedb.profile import Connection, Profile
from kaa_adapter_oedb.raw_json import RawAnswer
from kaa_adapter_oedb.updates_profile import DEFAULT_LATENESS, Change, Updates
from kaa_bridge.contract import (
    CaseNote,
    CheckResult,
    Found,
    Journal,
    JournalContext,
    JournalDescription,
    JournalLevel,
    NoteKind,
    Receipt,
)
from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteRefused, Unreachable
from kaa_bridge.transport.http import HttpClient, HttpResponse, expect_ok
from kaa_bridge.transport.placeholders import fill, person_values
from kaa_bridge.transport.problems import in_doubt
from kaa_bridge.transport.profile import read_table

_LOCAL = frozenset({"step_not_described", "reason_unknown"})
"""Refusals of our own, before anything is sent."""
_LONGEST_ID = 100


class OedbUpdates(Journal):
    """The part of one OEDB that takes changes."""

    def __init__(self, context: JournalContext) -> None:
        """Read settings and profile; nothing is sent.

        Raises:
            ConfigurationInvalid: a key of either is wrong, or the mapping describes no updates.
        """
        profile = read_table(Profile, context.profile, "profile", context)
        connection = read_table(Connection, context.settings, "connection", context)
        self._name = context.name
        self._municipality = context.municipality
        self._updates = _described(profile, context.name)
        self._steps = {NoteKind.ENDED: self._updates.close, NoteKind.REGISTERED: self._updates.open}
        self._headers = {**profile.headers, "Content-Type": "application/json"}
        self._base = connection.url.rstrip("/")
        auth = login(connection, profile, context.name)
        self._http = HttpClient(connection, system=context.name, base_dir=context.base_dir, auth=auth)

    def describe(self) -> JournalDescription:
        """Return what the profile makes possible; only the steps that it describes are taken."""
        given = self._updates
        usual = JournalLevel.LOOKUP_MAY_LAG if given.find else JournalLevel.NOTHING
        return JournalDescription(
            name=self._name,
            system="oedb",
            level=usual if given.level is None else JournalLevel(given.level),
            lateness_seconds=DEFAULT_LATENESS if given.lateness_seconds is None else given.lateness_seconds,
            refusals=_LOCAL | frozenset(given.refusals),
            kinds=frozenset(kind for kind, step in self._steps.items() if step is not None),
        )

    def check(self) -> CheckResult:
        """Make the profile's harmless call."""
        try:
            expect_ok(self._http.get(self._url(self._updates.check_path), headers=self._headers))
        except KaaError as error:
            return CheckResult.failed(error)
        return CheckResult(True, f"OEDB answers; level {int(self.describe().level)}")

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Write one change; see ``Journal.create_note``."""
        step = self._steps.get(note.kind)
        if step is None:
            raise self._refusal("step_not_described")
        answer = self._http.send_once(
            step.method, self._url(step.path), body=self._body(step, note), headers=self._headers, deadline=deadline
        )
        try:
            return self._receipt(answer, note.reference)
        except NoteInDoubt:
            raise
        except Unreachable as error:
            raise in_doubt(error) from None

    def find_note(self, reference: str) -> Found:
        """Look a change up; one with another reference than the one asked for proves that the answer is no answer."""
        find = self._updates.find
        if find is None:
            raise NotImplementedError
        values = {"municipality": self._municipality, "reference": reference}
        body = json.dumps(fill(find.body, values)).encode()
        answer = expect_ok(self._http.read_post(self._url(find.path), body=body, headers=self._headers))
        answer.json()
        rows = RawAnswer(answer).records(find.records)
        if rows is None:
            raise self._strange("no list stands where the profile says")
        receipts = tuple(self._told(RawAnswer(replace(answer, body=row)), find.id, find.reference) for row in rows)
        if any(receipt.reference != reference for receipt in receipts):
            raise self._strange("it holds changes that were not asked for")
        return Found(receipts)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _url(self, path: str) -> str:
        return f"{self._base}/{path.lstrip('/')}" if path else self._base

    def _body(self, step: Change, note: CaseNote) -> bytes:
        reasons = self._updates.reasons
        if reasons and note.heading not in reasons:
            raise self._refusal("reason_unknown")
        values: dict[str, str | None] = {
            **person_values(note.person_number),
            "municipality": self._municipality,
            "reference": note.reference,
            "reason": reasons.get(note.heading, note.heading),
            "text": note.text,
            "on": note.occurred_on.isoformat(),
            "on_basic": note.occurred_on.strftime("%Y%m%d"),
        }
        return json.dumps(fill(step.body, values), ensure_ascii=False).encode()

    def _receipt(self, answer: HttpResponse, reference: str) -> Receipt:
        rules = self._updates.receipt
        told = self._json(answer)
        if answer.status not in (200, 201) or (rules.status and told and told.text(rules.status) not in rules.stored):
            code = (told.text(rules.code) if told and rules.code else None) or f"http_{answer.status}"
            raise self._refusal(code) if code in self._updates.refusals else self._strange("it is no receipt")
        if told is None:
            raise self._strange("it is not JSON")
        receipt = self._told(told, rules.id, rules.reference)
        if receipt.reference != reference:
            raise self._strange("it is about another change")
        return receipt

    def _json(self, answer: HttpResponse) -> RawAnswer | None:
        try:
            answer.json()
            return RawAnswer(answer)
        except Unreachable:
            return None

    def _told(self, told: RawAnswer, at_id: str, at_reference: str) -> Receipt:
        journal_id, reference = (told.text(at_id) or "").strip(), told.text(at_reference)
        if not 0 < len(journal_id) <= _LONGEST_ID or not journal_id.isprintable():
            raise self._strange("the change's id is missing")
        if not reference:
            raise self._strange("the change's reference is missing")
        return Receipt(journal_id, reference)

    def _refusal(self, code: str) -> NoteRefused:
        return NoteRefused(
            code,
            f"'{self._name}' did not take the change ({code}); it was not stored.",
            remedy="Correct the cause in OEDB or in [profile.updates], then run 'kaa-bridge outbox retry'.",
            system=self._name,
        )

    def _strange(self, why: str) -> Unreachable:
        return Unreachable(
            "answer_unexpected",
            f"The answer of '{self._name}' was not used: {why}.",
            remedy="Compare [profile.updates] of the mapping with the installation: docs/reference/adapters/oedb.md.",
            system=self._name,
        )


def _described(profile: Profile, name: str) -> Updates:
    if profile.updates is None:
        raise ConfigurationInvalid(
            "updates_not_described",
            f"The mapping of '{name}' does not describe how OEDB takes changes. Nothing was sent.",
            remedy="Write [profile.updates] into the mapping (docs/reference/adapters/oedb.md), or remove "
            "[municipality.updates].",
            system=name,
        )
    return profile.updates
