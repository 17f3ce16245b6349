"""Hostile and broken XML, made by generators: each entry is a name, the bytes, and the codes that may come of it."""

from __future__ import annotations

from collections.abc import Iterator

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_BROKEN = {
    "empty": b"",
    "spaces": b"  \n ",
    "text": b"hello",
    "json": b'{"a": 1}',
    "cut_tag": b"<a><b",
    "cut_end": b"<a><b></b>",
    "cut_attribute": b'<a b="c',
    "cut_cdata": b"<a><![CDATA[x",
    "cut_comment": b"<a><!-- x",
    "crossed": b"<a><b></a></b>",
    "two_roots": b"<a/><a/>",
    "text_after": b"<a/>x",
    "text_before": b"x<a/>",
    "twice_attribute": b'<a b="1" b="2"/>',
    "no_quotes": b"<a b=1/>",
    "bare_ampersand": b"<a>&</a>",
    "undefined_entity": b"<a>&nbsp;</a>",
    "undefined_prefix": b"<x:a/>",
    "control_character": b"<a>\x01</a>",
    "nul": b"<a>\x00</a>",
    "nul_reference": b"<a>&#0;</a>",
    "surrogate_reference": b"<a>&#xD800;</a>",
    "huge_reference": b"<a>&#x110000;</a>",
    "not_utf8": b"<a>\xe5\xe4\xf6</a>",
    "overlong": b"<a>\xc0\xbc</a>",
    "late_declaration": b' <?xml version="1.0"?><a/>',
    "version_2": b'<?xml version="2.0"?><?xml version="1.0"?><a/>',
    "pi_xml_inside": b"<a><?xml version='1.0'?></a>",
    "double_dash_comment": b"<a><!-- -- --></a>",
    "cdata_end": b"<a>]]></a>",
    "less_in_attribute": b'<a b="<"/>',
    "name_with_digit_first": b"<1a/>",
    "unclosed_declaration": b'<?xml version="1.0"',
}
_LATE = 'a<!DOCTYPE a [<!ENTITY e "x">]>'


def _doctypes() -> Iterator[tuple[str, bytes]]:
    bodies = {
        "plain": "<!DOCTYPE a>",
        "system_file": '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        "system_http": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
        "public": '<!DOCTYPE a PUBLIC "-//W3C//DTD" "http://127.0.0.1:9/x.dtd">',
        "internal": '<!DOCTYPE a [<!ENTITY e "x">]>',
        "xxe_file": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "xxe_http": '<!DOCTYPE a [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
        "xxe_parameter": '<!DOCTYPE a [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]>',
        "laughs": f'<!DOCTYPE a [<!ENTITY l0 "lol">{_LAUGHS}]>',
        "quadratic": f'<!DOCTYPE a [<!ENTITY e "{"x" * 50_000}">]>',
        "default_attribute": '<!DOCTYPE a [<!ATTLIST a protected CDATA "none">]>',
        "notation": '<!DOCTYPE a [<!NOTATION n SYSTEM "x">]>',
        "lower_case": "<!doctype a>",
        "xinclude_file": '<!DOCTYPE a [<!ENTITY e SYSTEM "php://filter/read=x">]>',
    }
    for name, doctype in bodies.items():
        use = (
            "&l9;"
            if name == "laughs"
            else "&e;" * 1000
            if name == "quadratic"
            else "&e;"
            if "<!ENTITY e" in doctype
            else ""
        )
        yield f"doctype_{name}", f"<?xml version='1.0'?>{doctype}<a>{use}</a>".encode()
    yield "doctype_after_comment", b"<!-- x --><!DOCTYPE a><a/>"
    yield "doctype_after_pi", b"<?x y?>\n<!DOCTYPE a><a/>"
    yield "doctype_after_long_comment", b"<!--" + b" " * 200_000 + b"--><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"
    yield "doctype_with_bom", b"\xef\xbb\xbf<!DOCTYPE a><a/>"


def _encodings() -> Iterator[tuple[str, bytes]]:
    text = '<?xml version="1.0" encoding="{}"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
    for name in (
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-7",
        "cp037",
        "cp500",
        "hz",
        "iso2022_jp",
    ):
        yield f"encoding_{name}", text.format(name).encode(name)
    for name in ("utf-7", "ebcdic-cp-us", "ucs-4", "x-unknown", "shift_jis", "utf-16", "A" * 500, "utf-8\x00"):
        yield f"declared_{name[:12]!r}", f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()
    yield "declared_8859_sent_utf16", '<?xml version="1.0" encoding="iso-8859-1"?><a/>'.encode("utf-16-le")


def _large() -> Iterator[tuple[str, bytes]]:
    yield "depth_65", b"<a>" * 65 + b"</a>" * 65
    yield "depth_255", b"<a>" * 255 + b"</a>" * 255
    yield "depth_100000", b"<a>" * 100_000 + b"</a>" * 100_000
    yield "depth_unclosed", b"<a>" * 1_000_000
    yield "text_11_mb", b"<a>" + b"x" * 11_000_000 + b"</a>"
    yield "attribute_11_mb", b'<a b="' + b"x" * 11_000_000 + b'"/>'
    yield "name_1_mb", b"<" + b"a" * 1_000_000 + b"/>"


def refused() -> list[tuple[str, bytes]]:
    """Return what must be refused with a code."""
    made = [(f"broken_{name}", data) for name, data in _BROKEN.items()]
    return [*made, *_doctypes(), *_encodings(), *_large()]


def bearable() -> list[tuple[str, bytes]]:
    """Return what may be read or refused, but in bounded time and memory and without touching anything."""
    return [
        ("attributes_50000", b"<a " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>"),
        ("namespaces_20000", b"<a " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(20_000)) + b"/>"),
        ("elements_500000", b"<a>" + b"<b/>" * 500_000 + b"</a>"),
        ("different_names", b"<a>" + b"".join(b"<b%d/>" % n for n in range(100_000)) + b"</a>"),
        ("comments_200000", b"<a>" + b"<!---->" * 200_000 + b"</a>"),
        ("pis_200000", b"<a>" + b"<?x?>" * 200_000 + b"</a>"),
        ("prolog_comments", b"<!---->" * 100_000 + b"<a/>"),
        ("prolog_cut_comments", b"<!--" * 500_000),
        ("cdata_200000", b"<a>" + b"<![CDATA[x]]>" * 200_000 + b"</a>"),
        ("references", b"<a>" + b"&#65;" * 500_000 + b"</a>"),
        (
            "xinclude",
            b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></a>',
        ),
        ("stylesheet", b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?><a/>'),
        (
            "schema_location",
            b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="file:///etc/passwd"/>',
        ),
        ("doctype_as_text", b"<a><![CDATA[<!DOCTYPE a>]]></a>"),
        ("xml_base", b'<a xml:base="http://127.0.0.1:9/"><b/></a>'),
    ]
