"""Reads ``{"total": n, "rows": [{…}, …]}`` from one address; what the rows mean is the mapping's matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kaa_bridge.contract import (
    CheckResult,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
    SourceDescription,
)
from kaa_bridge.errors import ConfigurationInvalid, KaaError, RecordProblem, Unreachable
from kaa_bridge.transport.http import HttpClient, HttpSettings, expect_ok


class _Answer(msgspec.Struct):
    total: int
    rows: list[msgspec.Raw]


class LedgerSource(Source):
    """One configured ledger."""

    def __init__(self, context: SourceContext) -> None:
        """Read the settings: those of ``HttpSettings``, and ``token`` for the Authorization header."""
        self._name = context.name
        settings = dict(context.settings)
        token = settings.pop("token", None)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            http = HttpSettings.model_validate(settings)
        except ValueError:
            raise ConfigurationInvalid(
                "settings_invalid",
                f"The connection of '{context.name}' holds a setting that is missing, unknown or wrong.",
                remedy="It takes url, token and the settings of docs/reference/configuration.md.",
                system=context.name,
            ) from None
        self._url = http.url
        self._http = HttpClient(http, system=context.name)

    def describe(self) -> SourceDescription:
        """Everything at once, with a total."""
        kinds = frozenset({PullKind.SNAPSHOT})
        return SourceDescription(self._name, "ledger", kinds, proves_completeness=True)

    def check(self) -> CheckResult:
        """Ask once."""
        try:
            return CheckResult(ok=True, text=f"answers with {self._ask().total} rows")
        except KaaError as error:
            return CheckResult.failed(error)

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield one page; it is the whole when as many rows came as the ledger says it has."""
        answer = self._ask()
        yield Page([bytes(row) for row in answer.rows])
        whole = answer.total == len(answer.rows)
        yield Proof(whole=whole, how="the total agrees" if whole else "the total does not agree", total=answer.total)

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return one row."""
        try:
            row: dict[str, Any] = msgspec.json.decode(record, type=dict[str, Any])
        except msgspec.DecodeError:
            raise RecordProblem(
                "row_unreadable",
                "a row is no JSON object",
                remedy="Correct the row in the ledger; the next night reads it again.",
                system=self._name,
            ) from None
        return row

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _ask(self) -> _Answer:
        response = self._http.get(self._url, headers=self._headers)
        expect_ok(response, self._name)
        try:
            return msgspec.json.decode(response.body, type=_Answer)
        except msgspec.DecodeError:
            raise Unreachable(
                "not_a_ledger",
                f"The address of '{self._name}' answered with something that is no ledger; nothing was used.",
                remedy="Check url with 'kaa-bridge check --connect'.",
                system=self._name,
            ) from None
