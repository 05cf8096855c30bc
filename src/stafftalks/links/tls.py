"""TLS between headquarters: version 1.3 only, both sides with the self-signed certificate on their party card, and no authority.

A certificate is trusted because its card was compared in person, never because of who issued it or what it calls itself: the exact
certificate is the only anchor, and its bytes are compared once more after the handshake. It names neither the party nor a time, so that
an outsider who knocks learns nothing, and a clock a year off breaks nothing; how long it is good for is decided by the card.
Source: RFC 8446; RFC 5280 4.1.2.5 (99991231235959Z: no expiry of its own).
"""

import datetime
import hashlib
import ipaddress
import secrets
import socket
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stafftalks.values.errors import HostError, PeerError

_NOT_BEFORE: Final = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_NOT_AFTER: Final = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
_STRICT: Final = ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN


def new_certificate(addresses: Sequence[str]) -> tuple[bytes, bytes]:
    """A fresh P-256 key with its self-signed leaf for the hosts in `addresses`: (PEM of key and certificate, certificate as DER)."""
    key = ec.generate_private_key(ec.SECP256R1())
    # The subject is random: it never names the party, and no two anchors share one.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"node {secrets.token_hex(8)}")])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, encipher_only=False, decipher_only=False, **usage), critical=True
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(_alternative_names(addresses)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key_pem + certificate.public_bytes(serialization.Encoding.PEM), certificate.public_bytes(
        serialization.Encoding.DER
    )


def pin(certificate: bytes) -> str:
    """SHA-256 of a DER certificate in hexadecimal: the only name by which a peer is known on the wire."""
    return hashlib.sha256(certificate).hexdigest()


def check_certificate(certificate: bytes) -> None:
    """Raises PeerError unless `certificate` is a self-signed P-256 leaf, whole to the last byte."""
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        key = parsed.public_key()
        sound = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        sound = sound and parsed.public_bytes(serialization.Encoding.DER) == certificate
        if sound:
            parsed.verify_directly_issued_by(parsed)
            sound = not parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound) as error:
        raise PeerError("The TLS certificate on this card cannot be used: ask for a new card.") from error
    if not sound:
        raise PeerError("The TLS certificate on this card is not a self-signed P-256 leaf: ask for a new card.")


def server_context(own: Path, anchors: Iterable[bytes]) -> ssl.SSLContext:
    """What a node speaks: our certificate from `own` (PEM), and no client but holders of one of `anchors` (DER).

    No session is ever resumed, so a partner that was removed cannot come back on an old one. Raises HostError where `own` cannot be used.
    """
    context = _strict(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), own, anchors)
    context.num_tickets = 0
    return context


def client_context(own: Path, anchor: bytes) -> ssl.SSLContext:
    """What our carrier speaks to the one node whose certificate is `anchor` (DER). Raises HostError where `own` cannot be used."""
    context = _PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.pinned = anchor
    context.check_hostname = False  # the exact certificate is known; what it calls itself adds nothing
    return _strict(context, own, [anchor])


class _PinnedContext(ssl.SSLContext):
    """Compares the peer's certificate with the pinned bytes before the first byte of a request can be sent."""

    pinned: bytes = b""

    def wrap_socket(self, sock: socket.socket, *args: Any, **options: Any) -> ssl.SSLSocket:
        """The connected TLS socket; raises ssl.SSLCertVerificationError where the peer's certificate is another."""
        wrapped = super().wrap_socket(sock, *args, **options)
        if wrapped.getpeercert(binary_form=True) != self.pinned:
            wrapped.close()
            raise ssl.SSLCertVerificationError(1, "certificate is not the pinned one")
        return wrapped


def _strict(context: ssl.SSLContext, own: Path, anchors: Iterable[bytes]) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags = _STRICT
    try:
        context.load_cert_chain(own)
    except (OSError, ssl.SSLError) as error:
        raise HostError(
            f"The TLS key in {own} cannot be used: {error}. Renew the card with a fresh TLS key."
        ) from error
    for anchor in anchors:
        context.load_verify_locations(cadata=anchor)
    return context


def _alternative_names(addresses: Sequence[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for address in addresses:
        host = urlsplit(address).hostname or ""
        try:
            name: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            name = x509.DNSName(host)
        if host and name not in names:
            names.append(name)
    return names or [x509.DNSName("by-hand-only.invalid")]
