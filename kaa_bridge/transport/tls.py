"""TLS, verified always: contexts from the machine's or a named set of authorities, and what a failure means.

Nothing here reads the environment: ``SSL_CERT_FILE``, ``REQUESTS_CA_BUNDLE`` and ``SSLKEYLOGFILE`` have no effect.
"""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.secrets import require_private
from kaa_bridge.transport.settings import ClientCertificate, HttpSettings

_VERIFY_CODES = {
    9: "tls_not_yet_valid",
    10: "tls_expired",
    18: "tls_self_signed",
    19: "tls_untrusted",
    62: "tls_wrong_host",
    64: "tls_wrong_host",
}
"""OpenSSL's ``X509_V_ERR_…`` numbers; every other one is ``tls_untrusted``."""

_REASONS = (
    ("PROTOCOL_VERSION", "tls_version"),
    ("UNSUPPORTED_PROTOCOL", "tls_version"),
    ("WRONG_VERSION_NUMBER", "tls_not_spoken"),
    ("CERTIFICATE_REQUIRED", "tls_client_certificate"),
    ("ALERT_UNKNOWN_CA", "tls_client_certificate"),
    ("ALERT_BAD_CERTIFICATE", "tls_client_certificate"),
    ("ALERT_CERTIFICATE", "tls_client_certificate"),
    ("ALERT_HANDSHAKE_FAILURE", "tls_client_certificate"),
)


def make_context(settings: HttpSettings, base_dir: Path, system: str | None) -> ssl.SSLContext:
    """Return a client context: TLS from 1.2, certificate and host name verified.

    Raises:
        ConfigurationInvalid: ``tls_files`` when a PEM file cannot be used; ``secret_readable`` when the file with the
            private key is not its owner's alone.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        _trust(context, base_dir / settings.ca_bundle if settings.ca_bundle else None)
    except (OSError, ValueError):
        raise problem("tls_files", system, setting="ca_bundle", why="not a readable PEM file") from None
    if settings.client_certificate is not None:
        _present(context, settings.client_certificate, base_dir, system)
    return context


def _present(context: ssl.SSLContext, mine: ClientCertificate, base_dir: Path, system: str | None) -> None:
    """Load the certificate that this side presents; without a file of its own, its key stands in the certificate's."""
    file, setting = (mine.key, "client_certificate.key") if mine.key else (mine.cert, "client_certificate.cert")
    try:
        context.load_cert_chain(base_dir / mine.cert, base_dir / file, lambda: mine.password or "")
        require_private(base_dir / file, setting=setting, system=system)
    except (OSError, ValueError):
        why = "certificate and key cannot be read, or do not belong together"
        raise problem("tls_files", system, setting="client_certificate", why=why) from None


def _trust(context: ssl.SSLContext, bundle: Path | None) -> None:
    """Load the named bundle, and only it; without one, what the operating system trusts."""
    if bundle is not None:
        context.load_verify_locations(cafile=str(bundle))
    elif sys.platform == "win32":
        for store in ("CA", "ROOT"):
            for data, encoding, trust in ssl.enum_certificates(store):
                if encoding == "x509_asn" and (trust is True or ssl.Purpose.SERVER_AUTH.oid in trust):
                    context.load_verify_locations(cadata=data)
    else:
        paths = ssl.get_default_verify_paths()
        file = paths.openssl_cafile if Path(paths.openssl_cafile).is_file() else None
        folder = paths.openssl_capath if Path(paths.openssl_capath).is_dir() else None
        if file or folder:
            context.load_verify_locations(cafile=file, capath=folder)


def explain(error: ssl.SSLError, host: str, system: str | None) -> KaaError:
    """Return the coded error for a failure of the handshake or of the TLS layer later on."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return problem(_VERIFY_CODES.get(error.verify_code, "tls_untrusted"), system, host=host)
    reason = error.reason or ""
    for part, code in _REASONS:
        if part in reason:
            return problem(code, system, host=host)
    return problem("tls_failed", system, host=host)
