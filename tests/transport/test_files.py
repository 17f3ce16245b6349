"""The drop folder: which file is meant, that it is whole, and that nothing but a regular file in it is opened."""

from __future__ import annotations

import os
import socket
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kaa_bridge.errors import ConfigurationInvalid, InputRefused, KaaError, Unreachable
from kaa_bridge.transport.files import (
    FileDrop,
    check_name,
    find_file,
    read_drop,
    read_json_lines,
    read_table,
    read_xml,
)
from tests.transport.guarded import touched

CONTENT = b"a;b\n1;2\n"


def _drop(folder: Path, **more: Any) -> FileDrop:
    return FileDrop.model_validate({"folder": str(folder), "pattern": "in-*.csv", "stable_seconds": 0.0, **more})


def _code(drop: FileDrop, sleep: Callable[[float], None] = lambda _: None) -> str:
    with pytest.raises(KaaError) as caught:
        find_file(drop, sleep=sleep)
    return caught.value.code


def test_the_newest_by_name_is_taken(tmp_path: Path) -> None:
    for name in ("in-2026-01-02.csv", "in-2026-01-03.csv", "other.csv", "in-2026-01-04.csv.tmp"):
        (tmp_path / name).write_bytes(CONTENT)
    found = find_file(_drop(tmp_path))
    assert found.path.name == "in-2026-01-03.csv"
    assert found.size == len(CONTENT)
    assert not found.marked
    assert list(read_drop(_drop(tmp_path), found).rows) == [["1", "2"]]
    found.still_same()


def test_only_one_may_be_demanded(tmp_path: Path) -> None:
    for name in ("in-1.csv", "in-2.csv"):
        (tmp_path / name).write_bytes(CONTENT)
    assert _code(_drop(tmp_path, pick="only")) == "file_ambiguous"


def test_a_marker_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "in-1.csv").write_bytes(CONTENT)
    drop = _drop(tmp_path, marker=".klar", pattern="in-*")
    assert _code(drop) == "file_incomplete"
    (tmp_path / "in-1.csv.klar").touch()
    assert find_file(drop).marked


def test_without_the_latest_files_marker_an_older_file_is_not_taken(tmp_path: Path) -> None:
    for name in ("in-1.csv", "in-1.csv.klar", "in-2.csv"):
        (tmp_path / name).write_bytes(CONTENT)
    assert _code(_drop(tmp_path, marker=".klar", pattern="in-*")) == "file_incomplete"


def test_a_growing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in-1.csv"
    path.write_bytes(CONTENT)

    def grow(_seconds: float) -> None:
        with path.open("ab") as stream:
            stream.write(b"3;4\n")

    assert _code(_drop(tmp_path, stable_seconds=1.0), grow) == "file_changed"


def test_a_file_rewritten_with_the_same_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in-1.csv"
    path.write_bytes(CONTENT)

    def rewrite(_seconds: float) -> None:
        path.write_bytes(CONTENT.replace(b"1", b"3"))

    assert _code(_drop(tmp_path, stable_seconds=1.0), rewrite) == "file_changed"


def test_a_file_that_changes_while_it_is_read_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "in-1.csv"
    path.write_bytes(CONTENT)
    found = find_file(_drop(tmp_path))
    path.write_bytes(CONTENT.replace(b"1", b"3"))
    with pytest.raises(Unreachable, match="file_changed"):
        found.still_same()
    for change in (lambda: path.write_bytes(CONTENT * 2), path.unlink):
        change()
        with pytest.raises(Unreachable, match="file_changed"):
            found.still_same()


def test_missing_empty_and_unreadable(tmp_path: Path) -> None:
    assert _code(_drop(tmp_path)) == "file_missing"
    (tmp_path / "in-1.csv").touch()
    assert _code(_drop(tmp_path)) == "file_incomplete"
    assert _code(_drop(tmp_path / "none")) == "folder_unusable"
    assert _code(_drop(tmp_path / "in-1.csv")) == "folder_unusable"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> int:
        raise PermissionError

    (tmp_path / "in-1.csv").write_bytes(CONTENT)
    monkeypatch.setattr(os, "open", refuse)
    assert _code(_drop(tmp_path)) == "file_unreadable"


def test_too_large(tmp_path: Path) -> None:
    (tmp_path / "in-1.csv").write_bytes(CONTENT)
    assert _code(_drop(tmp_path, max_bytes=len(CONTENT) - 1)) == "file_too_large"
    find_file(_drop(tmp_path, max_bytes=len(CONTENT)))


def _special(folder: Path, kind: str) -> None:
    path = folder / "in-1.csv"
    if kind == "link":
        (folder / "target").write_bytes(CONTENT)
        path.symlink_to("target")
    elif kind == "link_outside":
        path.symlink_to("/etc/passwd")
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "loop":
        path.symlink_to("in-1.csv")
    elif kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(path))


@pytest.mark.parametrize("kind", ["link", "link_outside", "dangling", "loop", "folder", "fifo", "device", "socket"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str) -> None:
    _special(tmp_path, kind)
    with touched() as seen:
        assert _code(_drop(tmp_path)) == "file_not_regular"
    assert "/etc/passwd" not in {what for _, what in seen}


NAMES = [
    "../in-1.csv",
    "in-/../../x",
    "/etc/passwd",
    "..",
    ".",
    ".hidden.csv",
    "in-\x00.csv",
    "in-\n.csv",
    "in-\\..\\x.csv",
    "C:in-1.csv",
    "in-1.csv:stream",
    "in-*.csv",
    "in-?.csv",
    'in-".csv',
    "in-<.csv",
    "in-|.csv",
    "CON",
    "con.csv",
    "NUL.csv",
    "COM1",
    "lpt9.txt",
    "in-1.csv.",
    "in-1.csv ",
    "in-..csv",
    "in-\x7f.csv",
    "in-\ud800.csv",
    "",
    "x" * 256,
    "å" * 200,
    "AUX.tar.gz",
]


def test_there_are_enough_names() -> None:
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_no_plain_names_are_refused(name: str) -> None:
    with pytest.raises(InputRefused, match="file_name_refused") as caught:
        check_name(name)
    assert "in-" not in repr(caught.value)


@pytest.mark.parametrize("name", ["in-1.csv", "Placeringar 2026-01-02.xlsx", "åäö_ÅÄÖ.csv", "console.csv", "a(1).csv"])
def test_plain_names_are_accepted(name: str) -> None:
    check_name(name)


def test_names_are_matched_whatever_way_the_sender_composes_letters(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "in-å.csv")
    (tmp_path / decomposed).write_bytes(CONTENT)
    assert find_file(_drop(tmp_path, pattern="in-å.csv")).path.name == decomposed


@pytest.mark.parametrize(
    "more",
    [
        {"pattern": "../*.csv"},
        {"pattern": "a/b"},
        {"pattern": ""},
        {"marker": "klar"},
        {"marker": "./../x"},
        {"encoding": "utf-16"},
        {"delimiter": "|"},
        {"header": True},
        {"stable_seconds": -1.0},
        {"max_bytes": 0},
        {"unknown": 1},
    ],
)
def test_settings_are_strict(tmp_path: Path, more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _drop(tmp_path, **more)


def test_the_folder_is_relative_to_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "in-1.csv").write_bytes(CONTENT)
    assert find_file(_drop(Path("drop")), base_dir=tmp_path).path == tmp_path / "drop" / "in-1.csv"
    with pytest.raises(ConfigurationInvalid, match="folder_unusable"):
        find_file(_drop(Path("none")), base_dir=tmp_path)


def test_a_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="file_missing"):
        read_table(tmp_path / "in.csv")


def _lines(tmp_path: Path, data: bytes) -> list[bytes]:
    path = tmp_path / "in.jsonl"
    path.write_bytes(data)
    return list(read_json_lines(path))


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (b'{"a":1}\n{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
        (b'{"a":1}\r\n\r\n  {"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b'\xef\xbb\xbf{"a":1}\n', [b'{"a":1}']),
        (b'broken\n{"a":2}\n', [b"broken", b'{"a":2}']),
        (b"", []),
    ],
)
def test_json_lines(tmp_path: Path, data: bytes, records: list[bytes]) -> None:
    assert _lines(tmp_path, data) == records


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1}\n{"a":', "file_incomplete"),
        (b'{"a":1}\n{"a":"\xc3', "file_incomplete"),
        ('{"a":1}\n'.encode("utf-16"), "encoding_wrong"),
        (b'"' + b"x" * 17_000_000, "file_too_large"),
    ],
)
def test_cut_and_odd_json_lines(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(KaaError) as caught:
        _lines(tmp_path, data)
    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"<a><b/>", b"<a><b", b"<a", b'<a b="', b"<a>text", b"<a><!-- x"])
def test_a_cut_xml_file_is_called_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "in.xml"
    path.write_bytes(data)
    with pytest.raises(Unreachable, match="file_incomplete"):
        read_xml(path)
    path.write_bytes(b"<a></b>")
    with pytest.raises(Unreachable, match="not_xml"):
        read_xml(path)
    path.write_bytes(b"<a/>")
    assert read_xml(path).tag == "a"
