"""Reads the official API description of Lifecare EC when it is present, and validates exchanges against it strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft4Validator

from kaa_bridge.testing.simulators.journal_server import SeenRequest
from tests.formats import official_formats

DOCUMENT = Path(__file__).parents[3] / "shared" / "reference" / "specs" / "lifecare" / "lifecare-ec-api.json"


def document() -> dict[str, Any]:
    """Return the description; the test is skipped, and says so, where it is not at hand."""
    if not DOCUMENT.exists():
        pytest.skip(f"the official Lifecare document is not at {DOCUMENT}")
    found: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for definition in found["definitions"].values():
        definition.setdefault("additionalProperties", False)
    return found


def operation_of(found: dict[str, Any], request: SeenRequest) -> dict[str, Any]:
    """Return the operation that a request is, by its path below the base path and its method."""
    path = request.path.removeprefix(found["basePath"])
    operation: dict[str, Any] = found["paths"][path][request.method.lower()]
    return operation


def errors_of(found: dict[str, Any], schema: dict[str, Any], document_part: Any) -> list[str]:
    """Return where a JSON value breaks a schema of the description; unknown properties count."""
    whole = {"definitions": found["definitions"], "allOf": [schema]}
    checker = Draft4Validator(whole, format_checker=official_formats())
    return [f"{list(error.absolute_path)}: {error.validator}" for error in checker.iter_errors(document_part)]


def query_errors(operation: dict[str, Any], request: SeenRequest) -> list[str]:
    """Return the query parameters that are required and missing, or sent and unknown."""
    known = {part["name"]: part["required"] for part in operation["parameters"] if part["in"] == "query"}
    sent = set(parse_qs(urlsplit(request.target).query))
    missing = [f"missing {name}" for name, required in known.items() if required and name not in sent]
    return missing + [f"unknown {name}" for name in sorted(sent - set(known))]
