"""TLS on real sockets: what is trusted, and what each failure is called (reliability S9)."""

from __future__ import annotations

import datetime as dt
import os
import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteNotSent, Unreachable
from kaa_bridge.testing.fault_server import FaultServer
from kaa_bridge.transport.http import ClientCertificate, HttpClient, HttpSettings
from tests.transport.certificates import self_signed, server_context


@dataclass
class Authority:
    ca: trustme.CA
    bundle: Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    ca = trustme.CA()
    bundle = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(bundle))
    return Authority(ca, bundle)


def _settings(server: FaultServer, bundle: Path | None, certificate: ClientCertificate | None = None) -> HttpSettings:
    return HttpSettings(
        url=server.url, ca_bundle=bundle, client_certificate=certificate, attempts=2, total_seconds=5, idle_seconds=2
    )


def _code(server: FaultServer, bundle: Path | None, certificate: ClientCertificate | None = None) -> str:
    with HttpClient(_settings(server, bundle, certificate), sleep=lambda _: None) as client:
        with pytest.raises(KaaError) as caught:
            client.get("x")
        return caught.value.code


def test_a_trusted_certificate_is_accepted_for_reads_and_sends(authority: Authority) -> None:
    context = server_context(authority.ca.issue_cert("127.0.0.1"))
    with FaultServer(tls=context) as server, HttpClient(_settings(server, authority.bundle)) as client:
        assert client.get("x").json() == {"ok": True}
        assert client.get("x").json() == {"ok": True}
        assert client.send_once("POST", "n", body=b"n" * 300_000, deadline=time.monotonic() + 5).status == 200
        assert server.connections == 2


def test_without_the_bundle_it_is_untrusted(authority: Authority) -> None:
    with FaultServer(tls=server_context(authority.ca.issue_cert("127.0.0.1"))) as server:
        assert _code(server, None) == "tls_untrusted"
        assert server.connections == 1


def test_a_bundle_replaces_the_machines_authorities(authority: Authority) -> None:
    other = trustme.CA()
    with FaultServer(tls=server_context(other.issue_cert("127.0.0.1"))) as server:
        assert _code(server, authority.bundle) == "tls_untrusted"


def test_expired(authority: Authority) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    with FaultServer(tls=server_context(authority.ca.issue_cert("127.0.0.1", not_after=past))) as server:
        assert _code(server, authority.bundle) == "tls_expired"


def test_not_yet_valid(authority: Authority) -> None:
    future = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with FaultServer(tls=server_context(authority.ca.issue_cert("127.0.0.1", not_before=future))) as server:
        assert _code(server, authority.bundle) == "tls_not_yet_valid"


@pytest.mark.parametrize("name", ["127.0.0.2", "other.example", "*.example"])
def test_wrong_host(authority: Authority, name: str) -> None:
    with FaultServer(tls=server_context(authority.ca.issue_cert(name))) as server:
        assert _code(server, authority.bundle) == "tls_wrong_host"


def test_common_name_alone_does_not_count(authority: Authority) -> None:
    certificate = authority.ca.issue_cert("other.example", common_name="127.0.0.1")
    with FaultServer(tls=server_context(certificate)) as server:
        assert _code(server, authority.bundle) == "tls_wrong_host"


def test_self_signed(authority: Authority, tmp_path: Path) -> None:
    with FaultServer(tls=self_signed(tmp_path)) as server:
        assert _code(server, authority.bundle) == "tls_self_signed"


def test_failures_before_the_first_byte_mean_not_sent(authority: Authority, tmp_path: Path) -> None:
    with FaultServer(tls=self_signed(tmp_path)) as server:
        client = HttpClient(_settings(server, authority.bundle))
        with client, pytest.raises(NoteNotSent, match="tls_self_signed") as caught:
            client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 5)
    assert "ca_bundle" in caught.value.remedy


def _presented(ca: trustme.CA, folder: Path) -> ClientCertificate:
    certificate = ca.issue_cert("kaa-bridge@example.org")
    cert, key = folder / "client.pem", folder / "client.key"
    cert.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    return ClientCertificate(cert=cert, key=key)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_client_certificate(authority: Authority, tmp_path: Path, version: ssl.TLSVersion) -> None:
    context = server_context(authority.ca.issue_cert("127.0.0.1"), clients=authority.ca)
    context.maximum_version = version
    with FaultServer(tls=context) as server:
        mine = _presented(authority.ca, tmp_path)
        with HttpClient(_settings(server, authority.bundle, mine)) as client:
            assert client.get("x").status == 200
        assert _code(server, authority.bundle) == "tls_client_certificate"
        assert _code(server, authority.bundle, _presented(trustme.CA(), tmp_path)) == "tls_client_certificate"


def test_a_client_certificate_that_tls13_refuses_late_is_doubt(authority: Authority) -> None:
    """In TLS 1.3 the server checks it after our handshake is done: a byte may have left by then."""
    context = server_context(authority.ca.issue_cert("127.0.0.1"), clients=authority.ca)
    with FaultServer(tls=context) as server:
        client = HttpClient(_settings(server, authority.bundle))
        with client, pytest.raises(NoteInDoubt) as caught:
            client.send_once("POST", "n", body=b"n", deadline=time.monotonic() + 5)
    assert caught.value.code in ("tls_client_certificate", "reset")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(authority: Authority, version: ssl.TLSVersion) -> None:
    context = server_context(authority.ca.issue_cert("127.0.0.1"))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with FaultServer(tls=context) as server:
        assert _code(server, authority.bundle) == "tls_version"


def test_a_server_without_tls(authority: Authority) -> None:
    with FaultServer() as server:
        settings = HttpSettings(url=server.url.replace("http:", "https:"), attempts=1, ca_bundle=authority.bundle)
        server.always("greeting_at_accept")
        with HttpClient(settings) as client, pytest.raises(KaaError) as caught:
            client.get("x")
    assert caught.value.code == "tls_not_spoken"


def test_a_peer_that_never_answers_the_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        settings = HttpSettings(url=url, connect_seconds=0.3, attempts=1)
        begun = time.monotonic()
        with HttpClient(settings) as client, pytest.raises(Unreachable, match="connect_timeout"):
            client.get("x")
        assert time.monotonic() - begun < 1


def test_slow_answers_over_tls_end_in_time(authority: Authority) -> None:
    context = server_context(authority.ca.issue_cert("127.0.0.1"))
    with FaultServer(tls=context) as server:
        server.always("slow_body")
        settings = HttpSettings(url=server.url, ca_bundle=authority.bundle, total_seconds=0.6, attempts=1)
        begun = time.monotonic()
        with HttpClient(settings) as client, pytest.raises(Unreachable, match="slow"):
            client.get("x")
        assert time.monotonic() - begun < 1.6


def test_unusable_files(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")
    for settings in (
        HttpSettings(url="https://a.example", ca_bundle=tmp_path / "missing.pem"),
        HttpSettings(url="https://a.example", ca_bundle=wrong),
        HttpSettings(url="https://a.example", client_certificate=ClientCertificate(cert=wrong)),
    ):
        with pytest.raises(ConfigurationInvalid, match="tls_files"):
            HttpClient(settings)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_private_key_that_others_may_read_is_refused(authority: Authority, tmp_path: Path, mode: int) -> None:
    mine = _presented(authority.ca, tmp_path)
    assert mine.key is not None
    both = tmp_path / "both.pem"
    both.write_bytes(mine.key.read_bytes() + mine.cert.read_bytes())
    for presented, file in ((mine, mine.key), (ClientCertificate(cert=both), both)):
        settings = HttpSettings(url="https://a.example", client_certificate=presented)
        file.chmod(0o600)
        HttpClient(settings).close()
        file.chmod(mode)
        with pytest.raises(ConfigurationInvalid, match="secret_readable") as refused:
            HttpClient(settings)
        assert refused.value.remedy.startswith(f"chmod 600 {file}, ")


def test_a_private_key_among_systemds_credentials_is_systemds_to_guard(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = _presented(authority.ca, tmp_path)
    assert mine.key is not None
    mine.key.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    HttpClient(HttpSettings(url="https://a.example", client_certificate=mine)).close()


def test_relative_files_start_from_the_configurations_folder(authority: Authority) -> None:
    settings = HttpSettings(url="https://a.example", ca_bundle=Path(authority.bundle.name))
    HttpClient(settings, base_dir=authority.bundle.parent).close()
    with pytest.raises(ConfigurationInvalid, match="tls_files"):
        HttpClient(settings)


def test_key_log_and_bundle_variables_are_ignored(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with FaultServer(tls=server_context(authority.ca.issue_cert("127.0.0.1"))) as server:
        assert _code(server, None) == "tls_untrusted"
        with HttpClient(_settings(server, authority.bundle)) as client:
            assert client.get("x").status == 200
    assert not log.exists()


def test_verification_cannot_be_expressed_as_off() -> None:
    for setting in ("verify", "verify_tls", "insecure", "check_hostname", "tls_verify"):
        fields: dict[str, Any] = {"url": "https://a.example", setting: False}
        with pytest.raises(ConfigurationInvalid, match="settings_invalid"):
            HttpClient(**fields)
