r"""What SNS signs, who may have signed it, and whether the signature is true.

The certificate is only taken from SNS's own hosts; so is the address that confirms a subscription.

Source: wire-formats §8.2; AWS documentation, "Verifying the signatures of Amazon SNS messages".
"""

from __future__ import annotations

import base64
import re
import urllib.parse
from collections.abc import Mapping

from cryptography import exceptions, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
_HOST = re.compile(r"sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?")
_CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[A-Za-z0-9_-]{1,100}\.pem")


def signing_string(message: Mapping[str, object]) -> bytes:
    """Return what the signature covers: each key that is there, and its value, a line each."""
    keys = _NOTIFICATION if message.get("Type") == "Notification" else _CONFIRMATION
    found = ((key, message.get(key)) for key in keys)
    rows = (f"{key}\n{value}\n" for key, value in found if isinstance(value, str))
    return "".join(rows).encode("utf-8", "replace")


def verify(certificate_pem: bytes, message: Mapping[str, object]) -> bool:
    """Say whether the certificate's key signed the message: version 1 is SHA1, 2 is SHA256."""
    try:
        key = x509.load_pem_x509_certificate(certificate_pem).public_key()
        signature = base64.b64decode(str(message.get("Signature", "")), validate=True)
    except ValueError:
        return False
    digest = _digest(message.get("SignatureVersion"))
    if digest is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signing_string(message), padding.PKCS1v15(), digest)
    except exceptions.InvalidSignature:
        return False
    return True


def _digest(version: object) -> hashes.HashAlgorithm | None:
    if version == "1":
        return hashes.SHA1()  # noqa: S303 - SNS signs so unless the topic asks for version 2
    return hashes.SHA256() if version == "2" else None


def is_certificate_address(url: object) -> bool:
    """Say whether SNS itself publishes certificates there."""
    parts = _of_sns(url)
    return parts is not None and not parts.query and bool(_CERTIFICATE_PATH.fullmatch(parts.path))


def is_confirmation_address(url: object) -> bool:
    """Say whether getting this address confirms a subscription, at SNS itself."""
    parts = _of_sns(url)
    if parts is None or parts.path not in ("", "/"):
        return False
    actions = urllib.parse.parse_qs(parts.query).get("Action")
    return actions == ["ConfirmSubscription"]


def _of_sns(url: object) -> urllib.parse.SplitResult | None:
    """Return the address if it is https and its host, to the letter, is one of SNS's own."""
    if not isinstance(url, str) or len(url) > 2048 or not url.isascii() or not url.isprintable():
        return None
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or "\\" in url or not _HOST.fullmatch(parts.netloc):
        return None
    return parts
