"""The texts of ``problems.PROBLEMS``, grouped by what the caller does next: code to (what happened, remedy)."""

from __future__ import annotations

CONFIGURATION: dict[str, tuple[str, str]] = {
    "address_invalid": (
        "The address set for this system is not a usable http(s) address ({why}). Nothing was sent.",
        "Correct `url` in the system's connection table.",
    ),
    "settings_invalid": (
        "The connection settings of this system are wrong ({where}). Nothing was sent.",
        "Correct these in the system's connection table; names and units stand in docs/reference/transport.md.",
    ),
    "plain_http": (
        "{host} is addressed with http, which sends everything in clear; only a loopback address may be. "
        "Nothing was sent.",
        "Use an https address in `url`.",
    ),
    "host_not_allowed": (
        "The call would go to {host}, which is not an allowed host of this system. Nothing was sent.",
        "If the host is right, add it to `allowed_hosts` in the system's connection table.",
    ),
    "header_invalid": (
        "A header, person-free parameter or method of the call is not allowed ({why}). Nothing was sent.",
        "Correct the headers or the profile of this system.",
    ),
    "redirected": (
        "{host} answered {status}, a redirect. Redirects are never followed: they can lose a note or carry "
        "credentials elsewhere. Nothing was read.",
        "Ask the system's administrator for the final address and set it as `url`.",
    ),
    "credentials_refused": (
        "{host} refused the credentials (401). Nothing was read.",
        "Correct user, password or client secret in the files that the connection table names.",
    ),
    "access_refused": (
        "{host} knows the account but refuses it this service (403). Nothing was read.",
        "Ask the system's administrator to give the account the right to this service.",
    ),
    "token_refused": (
        "The token service at {host} refused the client ({why}). Nothing was read.",
        "Correct `client_id`, the client secret file or `scope` in the connection table.",
    ),
    "tls_expired": (
        "The certificate of {host} has expired. Nothing was sent.",
        "The system's administrator must renew the certificate; check also this machine's clock.",
    ),
    "tls_not_yet_valid": (
        "The certificate of {host} is not valid yet. Nothing was sent.",
        "Check this machine's clock; otherwise the system's administrator must correct the certificate.",
    ),
    "tls_wrong_host": (
        "The certificate presented by {host} is for another name. Nothing was sent.",
        "Use the name that the certificate carries in `url`, or have the certificate corrected.",
    ),
    "tls_self_signed": (
        "The certificate of {host} is self-signed and not trusted. Nothing was sent.",
        "Set `ca_bundle` to a PEM file with the certificate's issuer; verification cannot be turned off.",
    ),
    "tls_untrusted": (
        "The certificate of {host} is issued by an authority that is not trusted here. Nothing was sent.",
        "Set `ca_bundle` to a PEM file with the issuing authority (and its intermediates).",
    ),
    "tls_client_certificate": (
        "{host} asks for a client certificate, or refused the one presented. Nothing was sent.",
        "Set `client_certificate` (cert and key) to a valid certificate that the system's administrator has approved.",
    ),
    "tls_version": (
        "{host} speaks no TLS version from 1.2 upward. Nothing was sent.",
        "The system's administrator must enable TLS 1.2 or later; older versions cannot be allowed.",
    ),
    "tls_not_spoken": (
        "{host} does not speak TLS on this port. Nothing was sent.",
        "Correct the scheme or the port in `url`.",
    ),
    "tls_files": (
        "The file set as `{setting}` cannot be used ({why}). Nothing was sent.",
        "Correct `{setting}` in the connection table; it must be a readable PEM file.",
    ),
    "wsdl_unusable": (
        "The WSDL {name} cannot be used ({why}). Nothing was sent.",
        "Put the WSDL and everything it imports in one folder and set `wsdl` to it; nothing is fetched from elsewhere.",
    ),
    "operation_unknown": (
        "The WSDL {name} has no operation {operation} on the chosen port. Nothing was sent.",
        "Correct the operation, `service` or `port` in the mapping file's [profile].",
    ),
    "arguments_refused": (
        "The WSDL {name} does not accept the arguments given to {operation} ({why}). Nothing was sent.",
        "Correct the arguments of the operation in the mapping file's [profile].",
    ),
    "folder_unusable": (
        "The folder of the file drop cannot be read ({why}). Nothing was read.",
        "Correct `folder` and its permissions in the connection table.",
    ),
    "file_unreadable": (
        "The account that runs kaa-bridge may not read the file {name}. Nothing was read.",
        "Give the account the right to read the folder and the files in it.",
    ),
    "secret_literal": (
        "The setting {setting} holds a secret in clear, or names an unknown way to find one. It was not used.",
        'Write it as {{ file = "…" }}, {{ credential = "…" }} or {{ keyring = "service/name" }}.',
    ),
    "secret_missing": (
        "The secret of {setting} was not found ({why}). The system was not asked.",
        "Put the secret there, alone in its file and readable by nobody else (chmod 600), or correct the setting.",
    ),
    "secret_readable": (
        "The secret file of {setting} can be read by others, or belongs to another user. It was not used.",
        "chmod 600 {name}, and chown it to the account that runs kaa-bridge.",
    ),
    "secret_unusable": (
        "The secret of {setting} is empty, too long, or not plain UTF-8 text. It was not used.",
        "Write the secret alone in the file, as UTF-8.",
    ),
}

UNREACHABLE: dict[str, tuple[str, str]] = {
    "dns": (
        "The name {host} could not be resolved. Nothing was read.",
        "Check the name in `url` and this machine's DNS.",
    ),
    "refused": (
        "{host} refused the connection. Nothing was read.",
        "Check that the system is running and the port in `url`.",
    ),
    "connect_timeout": (
        "{host} could not be connected in time. Nothing was read.",
        "Check the network and firewall towards the system.",
    ),
    "tls_failed": (
        "The TLS handshake with {host} failed. Nothing was read.",
        "Ask the system's administrator; try again later.",
    ),
    "reset": (
        "{host} broke the connection before the whole answer had come; no part of it was used.",
        "Try again later.",
    ),
    "silent": (
        "{host} sent nothing for {seconds} s in the middle of a call; no part of its answer was used.",
        "Try again later, or raise `idle_seconds`.",
    ),
    "slow": (
        "{host} did not finish its answer within {seconds} s; no part of it was used.",
        "Try again later, ask for smaller pages, or raise `total_seconds`.",
    ),
    "truncated": ("The answer of {host} ended before its announced end; no part of it was used.", "Try again later."),
    "unframed": (
        "{host} sent an answer that has neither a length nor an end mark, so that a cut answer would look whole; no "
        "part of it was used.",
        "Set `accept_unframed = true` only if the format itself shows a cut (JSON, XML).",
    ),
    "broken": (
        "{host} did not answer with well-formed HTTP; no part of its answer was used.",
        "Check the address; ask the system's administrator.",
    ),
    "too_large": (
        "The answer of {host} is larger than {limit} bytes, unpacked; no part of it was used.",
        "Ask for smaller pages in the mapping file's [profile], or raise `max_bytes`.",
    ),
    "encoding_refused": (
        "{host} packed its answer in a way that was not asked for, or the packing is damaged; no part of it was used.",
        "Set `accept_gzip = false`, or ask the system's administrator.",
    ),
    "busy": (
        "{host} asks us to come back later ({status}). Nothing was read.",
        "Try again later; see the system's limits.",
    ),
    "server_error": (
        "{host} failed with {status}. Nothing was read.",
        "Try again later; ask the system's administrator.",
    ),
    "not_found": (
        "{host} knows no such address (404). Nothing was read.",
        "Check `url` and the paths in the mapping file's [profile].",
    ),
    "request_refused": (
        "{host} refused the request with {status}. Nothing was read.",
        "Check the paths and parameters in the mapping file's [profile].",
    ),
    "not_json": (
        "The answer of {host} is not valid JSON ({why}); no part of it was used.",
        "Check that `url` leads to the service and not to a login page.",
    ),
    "not_xml": (
        "What was received is not well-formed XML ({why}); no part of it was used.",
        "Check that the address leads to the service and not to a login page.",
    ),
    "doctype": (
        "The XML received has a DOCTYPE; no part of it was used.",
        "Ask the sender to leave the DOCTYPE out: it is never accepted.",
    ),
    "too_deep": (
        "What was received is nested deeper than {limit} levels; no part of it was used.",
        "Ask the sender; this is not what the format describes.",
    ),
    "too_many_attributes": (
        "The XML received has an element with more than {limit} attributes; no part of it was used.",
        "Ask the sender; this is not what the format describes.",
    ),
    "encoding_wrong": (
        "What was received is not in the encoding it should be in ({why}); no part of it was used.",
        "Set `encoding` in the connection table to what the sender writes (utf-8, utf-8-sig, cp1252, iso-8859-1), "
        "or ask the sender to use UTF-8.",
    ),
    "not_soap": (
        "The answer of {host} is not a SOAP envelope with one body ({why}); no part of it was used.",
        "Check `url`, and that the WSDL belongs to it.",
    ),
    "soap_fault": (
        "{host} answered with the SOAP fault {fault}. Nothing was read.",
        "Look the fault up in the system's own log: its text is not shown, since it may name a person.",
    ),
    "token_unusable": (
        "The token service at {host} gave no usable token ({why}). Nothing was read.",
        "Check `token_url` in the connection table.",
    ),
    "file_missing": (
        "No complete file that matches {pattern} lies in the drop folder. Nothing was read.",
        "Check that the sender has delivered, and `pattern` and `marker` in the connection table.",
    ),
    "file_incomplete": (
        "The file {name} is not complete ({why}); no part of it may be taken for the whole.",
        "Wait for the sender to finish, or have the file sent again.",
    ),
    "file_changed": (
        "The file {name} changed while it was read or watched; no part of it was used.",
        "Wait for the sender to finish, then run again.",
    ),
}

INPUT: dict[str, tuple[str, str]] = {
    "file_name_refused": (
        "A file name is not a plain name inside the drop folder ({why}). The file was not read.",
        "Rename the file: letters, digits, space, dot, hyphen and underscore.",
    ),
    "file_not_regular": (
        "{name} is not a regular file (a link, device or folder); it was not opened.",
        "Put the file itself in the folder.",
    ),
    "file_too_large": (
        "The file {name} is larger than {limit} bytes{why}; it was not read.",
        "Split the file, or raise `max_bytes` in the connection table.",
    ),
    "file_ambiguous": (
        "Several files match {pattern} where one is expected. None was read.",
        "Make `pattern` narrower or move the older files away.",
    ),
    "table_invalid": (
        "The table {name} cannot be read ({why}). No part of it was used.",
        "Check `delimiter`, `encoding` and `header` against the file, or have it sent again.",
    ),
    "workbook_refused": (
        "The workbook {name} was not opened ({why}).",
        "Save the data anew as a plain .xlsx with values only, or as CSV.",
    ),
}

SEND: dict[str, tuple[str, str]] = {
    "send_interrupted": (
        "The call to {host} was cut off by an unforeseen problem after it had begun.",
        "kaa-bridge outbox list",
    ),
    "deadline_passed": (
        "The time within which the note had to leave for {host} was over before its first byte.",
        "kaa-bridge run",
    ),
}
