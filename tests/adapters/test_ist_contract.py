"""Every exchange of our client and our simulated server, validated against the official SS 12000 documents.

The documents are SIS TK 450's and are read where they lie; they are never copied into the project. Known faults of the
documents are tolerated by name in ``_Official._object``, nothing else is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import yaml

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import PullRequest, SourceContext
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.ist import ErrorShape, Exchange, IstSimulator
from tests.formats import official_formats

SPECS = Path(__file__).parents[3] / "shared" / "reference" / "specs" / "ss12000"
VERSIONS: tuple[Literal["2.0", "2.1"], ...] = ("2.0", "2.1")
AS_OF = date(2026, 3, 2)
_PATHS = {"persons", "organisations", "programmes", "groups", "duties", "deletedEntities"}


class _Official:
    """One official document, made into JSON Schemas that refuse what the document does not name."""

    def __init__(self, version: str) -> None:
        path = SPECS / f"openapi_ss12000_{version}.0.yaml"
        if not path.exists():
            pytest.skip(f"the official SS 12000 document is not here ({path.name}): nothing was validated against it")
        self.document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        assert self.document["info"]["version"] == f"{version}.0"
        self._checker = official_formats()

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        paths = self.document["paths"]
        fitting = (one for one in paths if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", one), path))
        template = path if path in paths else next(fitting, None)
        assert template in paths, f"the document has no {path}"
        assert method.lower() in paths[template], f"the document has no {method} {path}"
        found: Mapping[str, Any] = paths[template][method.lower()]
        return found

    def follow(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            place = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            node = place
        return node

    def schema(self, node: Any) -> dict[str, Any]:
        """Return the schema with references followed, ``allOf`` merged and unknown properties refused."""
        node = self.follow(node)
        merged: dict[str, Any] = {key: value for key, value in node.items() if key != "allOf"}
        for part in node.get("allOf", []):
            told = self.schema(part)
            merged["properties"] = {**told.get("properties", {}), **merged.get("properties", {})}
            merged["required"] = [*told.get("required", []), *merged.get("required", [])]
            merged = {**{key: value for key, value in told.items() if key not in merged}, **merged}
        if "properties" in merged:
            merged = self._object(merged)
        if "items" in merged:
            merged["items"] = self.schema(merged["items"])
        if merged.get("nullable"):
            merged["type"] = [merged["type"], "null"]
        return {key: merged[key] for key in merged if key not in ("example", "description", "title")}

    def _object(self, merged: dict[str, Any]) -> dict[str, Any]:
        named = {name: self.schema(value) for name, value in merged["properties"].items()}
        # Fault of 2.0: Phonenumber requires "number", but its property is "value". A required name must be named.
        required = [name for name in merged.get("required", []) if name in named]
        return {**merged, "properties": named, "required": required, "additionalProperties": False}

    def check(self, value: Any, node: Any, what: str) -> None:
        validator = jsonschema.Draft202012Validator(self.schema(node), format_checker=self._checker)
        problems = [f"{what} at {error.json_path}: {error.validator}" for error in validator.iter_errors(value)]
        assert not problems, problems[:5]

    def check_exchange(self, exchange: Exchange, base: str) -> None:
        parts = urlsplit(exchange.path)
        assert parts.path.startswith(base), parts.path
        path = parts.path.removeprefix(base)
        what = f"{exchange.method} {path}"
        operation = self.operation(exchange.method, path)
        assert exchange.headers["Authorization"].startswith("Bearer ")
        self._check_query(
            parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)), operation, what
        )
        if exchange.method == "POST":
            assert exchange.headers["Content-Type"] == "application/json"
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            self.check(json.loads(exchange.body), body, f"the question of {what}")
        else:
            assert not exchange.body
        self._check_answer(exchange, operation, what)

    def _check_query(self, asked: Mapping[str, list[str]], operation: Mapping[str, Any], what: str) -> None:
        known = {item["name"]: item for item in map(self.follow, operation.get("parameters", []))}
        for name, values in asked.items():
            assert name in known, f"{what} knows no parameter {name}"
            schema = self.schema(known[name]["schema"])
            assert known[name]["in"] == "query"
            read: Any = values if schema["type"] == "array" else _read(values[0], schema["type"])
            if schema["type"] == "array" or len(values) == 1:
                self.check(read, schema, f"{what} {name}")
            else:
                raise AssertionError(f"{what} has {name} several times")
        assert "pageToken" not in asked or set(asked) <= {"pageToken", "limit"}, f"{what}: a token with other filters"

    def _check_answer(self, exchange: Exchange, operation: Mapping[str, Any], what: str) -> None:
        answer = exchange.answer
        told = operation["responses"].get(str(answer.status), operation["responses"]["default"])
        content = self.follow(told).get("content")
        if content is None:
            assert not answer.body, f"{what} {answer.status} has a body that the document does not describe"
            return
        assert answer.content_type.split(";")[0] in content
        self.check(
            json.loads(answer.body), content[answer.content_type.split(";")[0]]["schema"], f"the answer of {what}"
        )


def _read(text: str, kind: str) -> Any:
    return json.loads(text) if kind in ("integer", "boolean") else text


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> Literal["2.0", "2.1"]:
    found: Literal["2.0", "2.1"] = request.param
    return found


@pytest.fixture
def official(version: str) -> _Official:
    return _Official(version)


@pytest.fixture(scope="module")
def population() -> Population:
    return build(5, as_of=AS_OF, size=120, poisoned=False)


def _source(sim: IstSimulator, **more: object) -> IstSource:
    return IstSource(SourceContext(name="ist", municipality="2303", settings={**sim.connection(), **more}))


def _validated(sim: IstSimulator, official: _Official) -> Iterator[Exchange]:
    for exchange in sim.exchanges:
        if sim.root + urlsplit(exchange.path).path != sim.token_url:
            official.check_exchange(exchange, sim.url.removeprefix(sim.root))
            yield exchange


def _asked(exchanges: list[Exchange]) -> set[tuple[str, str]]:
    return {(one.method, urlsplit(one.path).path.removeprefix("/v2.0/")) for one in exchanges}


def test_every_exchange_of_whole_and_delta_pulls_follows_the_document(
    version: Literal["2.0", "2.1"], official: _Official, population: Population
) -> None:
    with IstSimulator(population, version=version, page_limit=25) as sim:
        source = _source(sim, delta=True, page_size=25)
        assert source.check().ok
        proof = list(source.pull(PullRequest(as_of=AS_OF)))[-1]
        gone = sim.persons()[2]["id"]
        sim.register.remove(gone, datetime.now(UTC))
        changed = sim.persons()[5]["id"]
        sim.register.change(
            changed, lambda one: one.update(givenName="Ändrad"), datetime.now(UTC) + timedelta(seconds=1)
        )
        delta = list(source.pull(PullRequest(as_of=AS_OF, cursor=getattr(proof, "cursor", None))))[-1]
        assert getattr(delta, "removed", ()) == (gone,)
        source.fetch_person(population.known_to("ist")[7].number)
        fresh = _source(sim)
        fresh.fetch_person(population.by_story("national_attending").number)
        source.close()
        fresh.close()
        exchanges = list(_validated(sim, official))
    asked = _asked(exchanges)
    assert {("GET", name) for name in ("organisations", "programmes", "persons", "deletedEntities")} <= asked
    assert {("POST", f"{name}/lookup") for name in ("organisations", "programmes", "persons")} <= asked
    assert sum("pageToken" in one.path for one in exchanges) > 3


@pytest.mark.parametrize(
    "target",
    [
        "persons?relationship.entity.type=duty&sortkey=ModifiedDesc",
        "persons?relationship.entity.type=responsibleFor.enrolment&limit=3",
        "persons?civicNo=209001010009",
        "persons?nameContains=Ebba&meta.created.before=2030-01-01T00:00:00Z&expand=duties&expand=placements",
        "persons?relationship.startDate.onOrBefore=2026-01-01&relationship.endDate.onOrAfter=2026-01-01",
        "persons?expand=responsibleFor&expand=groupMemberships&expandReferenceNames=true",
        "duties?expand=person&expandReferenceNames=true",
        "organisations?expandReferenceNames=true",
        "organisations?type=Skolenhet&municipalityCode=2303",
        "organisations?schoolTypes=GY&schoolTypes=GR",
        "programmes?code=IMA",
        "groups?limit=2",
        "duties?limit=2",
        "deletedEntities?after=2026-01-01T00:00:00%2B01:00&entities=Person&entities=Group",
    ],
)
def test_the_simulated_server_answers_other_questions_by_the_document(
    version: Literal["2.0", "2.1"], official: _Official, population: Population, target: str
) -> None:
    with IstSimulator(population, version=version) as sim:
        assert _ask(sim, target) == 200
        assert list(_validated(sim, official))


@pytest.mark.parametrize("name", sorted(_PATHS - {"deletedEntities"}))
def test_single_objects_follow_the_document(
    version: Literal["2.0", "2.1"], official: _Official, population: Population, name: str
) -> None:
    with IstSimulator(population, version=version) as sim:
        assert _ask(sim, f"{name}/{sim.register.collections[name][0]['id']}") == 200
        assert _ask(sim, f"{name}/00000000-0000-4000-8000-000000000000") == 404
        assert len(list(_validated(sim, official))) == 2


def test_errors_follow_the_document(
    version: Literal["2.0", "2.1"], official: _Official, population: Population
) -> None:
    with IstSimulator(population, version=version, page_limit=10) as sim:
        assert sim.knobs.error_shape is ErrorShape.STANDARD
        assert _ask(sim, "persons?pageToken=nonsense") == 400
        sim.knobs.too_many_requests = 1
        assert _ask(sim, "persons") == 429
        sim.knobs.forbidden = True
        assert _ask(sim, "persons") == 403
        sim.knobs.forbidden = False
        sim.knobs.lookup_limit = 0
        assert _ask(sim, "persons/lookup", body=b'{"ids":["00000000-0000-4000-8000-000000000000"]}') == 503
        assert _ask(sim, "persons", token="wrong") == 401
        assert len(list(_validated(sim, official))) == 5


def test_a_token_with_other_filters_is_refused(population: Population) -> None:
    with IstSimulator(population, page_limit=10) as sim:
        token = json.loads(_raw(sim, "persons?limit=10")[1])["pageToken"]
        assert _ask(sim, f"persons?pageToken={token}&limit=10") == 200
        assert _ask(sim, f"persons?pageToken={token}&relationship.entity.type=enrolment") == 400
        assert _ask(sim, "persons?unheard=of") == 400


def test_the_validator_can_fail(official: _Official, version: str, population: Population) -> None:
    with IstSimulator(population, version="2.1" if version == "2.1" else "2.0") as sim:
        sim.register.collections["persons"][0]["enrolments"][0]["enrolledAt"] = "misspelt"
        _ask(sim, "persons")
        with pytest.raises(AssertionError, match="additionalProperties"):
            list(_validated(sim, official))


def _ask(sim: IstSimulator, target: str, token: str | None = None, body: bytes | None = None) -> int:
    return _raw(sim, target, token, body)[0]


def _raw(sim: IstSimulator, target: str, token: str | None = None, body: bytes | None = None) -> tuple[int, bytes]:
    form = f"grant_type=client_credentials&client_id={sim.client_id}&client_secret={sim.client_secret}"
    address = urlsplit(sim.root)
    connection = HTTPConnection(address.hostname or "", address.port or 0, timeout=10)
    try:
        connection.request("POST", urlsplit(sim.token_url).path, form)
        token = token or json.loads(connection.getresponse().read())["access_token"]
        connection.close()
        base = urlsplit(sim.url).path
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
        connection.request("POST" if body else "GET", f"{base}/{target}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
