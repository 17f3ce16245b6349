"""The seeded summer, reported exactly."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from kaa_bridge.testing.world import World
from tests.reconcile.summer import DROPPED, JULY, LATE, SEPTEMBER, Summer, tell_exam
from tests.system.conftest import Cli

ASK = ("reconcile", "--freeze", "2026", "--as-of", str(SEPTEMBER))


def handle_of(cli: Cli, folder: Path, number: str) -> str:
    path = folder / "person.txt"
    path.write_text(number, encoding="ascii")
    return str(cli("explain", "--person-file", str(path), "--as-of", str(SEPTEMBER), "--json").data["ref"])


def planted_rows(cli: Cli, world: World, summer: Summer) -> tuple[Any, dict[str, Any]]:
    report = cli(*ASK, "--json").data
    by_handle = {row["handle"]: row for row in report["rows"]}
    return report, {
        name: by_handle.get(handle_of(cli, world.folder, one.person.number)) for name, one in summer.planted.items()
    }


def test_every_planted_case_is_reported_as_what_it_is(september: World, cli: Cli, summer: Summer) -> None:
    report, rows = planted_rows(cli, september, summer)
    for name, one in summer.planted.items():
        row = rows[name]
        if one.step == "none":
            assert row is None, name
        else:
            assert row is not None, name
            assert (row["category"], row["step"]) == (one.category, one.step), name
    known = {row["handle"] for row in rows.values() if row}
    further = [row for row in report["rows"] if row["handle"] not in known]
    stories = {handle_of(cli, september.folder, one.number): one.story for one in september.population}
    assert {(stories[row["handle"]], row["category"], row["step"]) for row in further} == {
        ("sources_disagree", "conflict", "investigate"),
        ("newcomer", "only_left", "investigate"),
    }


def test_what_the_silence_cost_is_told(september: World, cli: Cli, summer: Summer) -> None:
    report, rows = planted_rows(cli, september, summer)
    dropped, late, new_here = rows["dropped"], rows["dropped_late"], rows["new_here"]
    assert dropped["lost"]["first_day"] == str(DROPPED)
    assert dropped["lost"]["days"] == (SEPTEMBER - DROPPED).days == 60
    assert [(one["action"], one["due"]) for one in dropped["lost"]["passed"]] == [
        ("phone", "2026-07-10"),
        ("letter_1", "2026-07-31"),
        ("letter_2", "2026-08-28"),
    ]
    assert late["lost"]["days"] == (SEPTEMBER - LATE).days == 8
    assert [one["action"] for one in late["lost"]["passed"]] == ["phone"]
    assert new_here["lost"]["first_day"] == "2026-07-20"
    assert dropped["found_on"] == str(JULY), "the night of 9 July found by IST what OEDB could not"
    assert "found_early" in dropped["remarks"]
    assert late["found_on"] is None
    assert "missed" in late["remarks"]
    assert report["counts"]["found_early"] == 1
    assert dropped["left"]["says"] == "attending"
    assert (dropped["right"]["says"], dropped["right"]["free_since"]) == ("ended", str(DROPPED))
    assert rows["exam"]["others"][0]["source"] == "examensfilen"
    assert rows["still_in_gr"]["remarks"] == ["law_silent"]


def test_the_categories_add_up_to_the_union(september: World, cli: Cli, summer: Summer) -> None:
    counts = cli(*ASK, "--json").data["counts"]
    people = [person for person in september.population if "ist" in person.systems or "oedb" in person.systems]
    assert sum(counts["categories"].values()) == counts["union"] == counts["left"] + counts["right"] - counts["both"]
    assert counts["union"] == len(people)
    assert counts["categories"]["protected"] == sum(person.protection.value != "none" for person in people)


def test_every_form_is_the_same_bytes_again_and_names_nobody(september: World, cli: Cli, summer: Summer) -> None:
    canaries = [*september.population.canaries(), *summer.before.canaries()]
    protected = handle_of(cli, september.folder, summer.planted["protected"].person.number)
    for form in ("table", "csv", "json", "html", "xlsx", "pdf"):
        made = []
        for turn in ("a", "b"):
            path = september.folder / f"{turn}.{form}"
            assert cli(*ASK, "--format", form, "--output", str(path)).code == 0
            made.append(path.read_bytes())
        assert made[0] == made[1], form
        text = _text_of(made[0], form)
        assert not [canary for canary in canaries if canary in text], form
        assert protected not in text, form
        for known in ("2026-09-01", "hämtad", "ragunda 1", "2023-07-02", "JMF-"):
            assert known in text or form == "json", (form, known)


def test_the_protected_stand_on_the_restricted_list_only(september: World, cli: Cli, summer: Summer) -> None:
    path = september.folder / "restricted.json"
    assert cli(*ASK, "--json", "--restricted", str(path)).code == 0
    listed = json.loads(path.read_text("utf-8"))
    assert handle_of(cli, september.folder, summer.planted["protected"].person.number) in listed["protected"]
    assert set(listed) == {"format", "reference", "as_of", "protected"}
    assert path.stat().st_mode & 0o777 == 0o600


def _text_of(made: bytes, form: str) -> str:
    if form == "pdf":
        pages = pypdf.PdfReader(io.BytesIO(made)).pages
        return "\n".join(page.extract_text() for page in pages)
    if form != "xlsx":
        return made.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_names_stand_in_a_private_file_only_and_never_of_the_protected(
    september: World, cli: Cli, summer: Summer
) -> None:
    assert cli(*ASK, "--with-names").code == 2
    assert cli(*ASK, "--with-names", "--format", "html", "--output", str(september.folder / "x.html")).code == 2
    path = september.folder / "namn.xlsx"
    assert cli(*ASK, "--with-names", "--format", "xlsx", "--output", str(path)).code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    text = _text_of(path.read_bytes(), "xlsx")
    for name, one in summer.planted.items():
        assert (one.person.number in text) == (name != "protected"), name
        assert (str(one.person.identity.family_name) in text) == (name != "protected"), name
    done = cli("reconcile", "--apply", str(path), "--json")
    assert done.code == 0, done.err
    assert done.data["planned"] == []


def test_when_oedb_has_caught_up_only_what_still_differs_remains(
    september: World, night: Cli, cli: Cli, summer: Summer
) -> None:
    later = SEPTEMBER + timedelta(days=1)
    september.become(replace(summer.august, as_of=later))
    tell_exam(september, summer.exam_number)
    night(later)
    report = cli("reconcile", "--freeze", "2026", "--as-of", str(later), "--json").data
    stories = {handle_of(cli, september.folder, one.number): one.story for one in september.population}
    assert {(stories[row["handle"]], row["category"], row["step"]) for row in report["rows"]} == {
        ("studiebevis", "exam_found", "close"),
        ("after_letter_1", "conflict", "investigate"),
        ("sources_disagree", "conflict", "investigate"),
        ("newcomer", "only_left", "investigate"),
    }


@pytest.mark.parametrize("trusted", ['"qore", "ist", "oedb"', '"oedb", "ist", "qore"'])
def test_any_two_sources_can_be_compared_and_the_frozen_one_is_no_witness(
    september: World, cli: Cli, summer: Summer, trusted: str
) -> None:
    """Qore and IST agree on what happened; what OEDB said in May of school is not heard, however much it is trusted."""
    text = september.configuration.read_text("utf-8")
    assert '"qore", "ist", "oedb"' in text
    september.configuration.write_text(text.replace('"qore", "ist", "oedb"', trusted), "utf-8")
    report = cli(*ASK, "--left", "qore", "--right", "ist", "--json").data
    assert (report["left"]["label"], report["right"]["label"], report["freeze"]["of"]) == ("Qore", "IST", "OEDB")
    stories = {handle_of(cli, september.folder, one.number): one.story for one in september.population}
    assert {(stories[row["handle"]], row["category"], row["step"]) for row in report["rows"]} == {
        ("studiebevis", "exam_found", "close"),
        ("after_letter_1", "conflict", "investigate"),
        ("sources_disagree", "conflict", "investigate"),
        ("newcomer", "only_left", "investigate"),
    }
    assert sum(report["counts"]["categories"].values()) == report["counts"]["union"]
