"""What enters a workflow's history is compressed and encrypted: AES-256-GCM under a key that Temporal does not have."""

import base64
import binascii
import hashlib
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    PayloadCodec,
)

ENCODING = b"binary/encrypted"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class PayloadKeyMissing(Exception):
    """A payload was sealed with a key that the keyring does not hold, or it was changed on its way."""


@dataclass(frozen=True)
class Key:
    id: str
    cipher: AESGCM


class Keyring:
    """The first key seals; all of them open. To rotate, put a new key in front and keep the old ones."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        ring = [Key(_identify(key), AESGCM(key)) for key in keys]
        self.active = ring[0]
        self._by_id = {key.id: key for key in ring}

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read base64 keys of 32 bytes, separated by commas. Raises ValueError with a sentence."""
        return cls([_decode(part.strip()) for part in text.split(",")])

    def find(self, key_id: str) -> Key:
        key = self._by_id.get(key_id)
        if key is None:
            raise PayloadKeyMissing(
                f"A workflow's data was encrypted with key {key_id!r}, which is not in MEDIA_PLANNER_PAYLOAD_KEY. "
                "Add the old key after the new one, separated by a comma."
            )
        return key


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("must be 32 random bytes in base64, for example from: openssl rand -base64 32")
    return key


def _identify(key: bytes) -> str:
    return hashlib.sha256(b"media-planner payload key" + key).hexdigest()[:12]


class EncryptedPayloads(PayloadCodec):
    """Compression comes first: a listing of 10,000 files then stays far below Temporal's limit of 2 MB."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open what we sealed. A payload in the clear passes: an operator's command line sends such signals."""
        return [
            self._open(payload) if payload.metadata.get("encoding") == ENCODING else payload for payload in payloads
        ]

    def _seal(self, payload: Payload) -> Payload:
        key = self._keyring.active
        nonce = os.urandom(_NONCE_BYTES)
        plain = zlib.compress(payload.SerializeToString(), level=1)
        sealed = nonce + key.cipher.encrypt(nonce, plain, _bound_to(key.id))
        return Payload(metadata={"encoding": ENCODING, "key": key.id.encode()}, data=sealed)

    def _open(self, payload: Payload) -> Payload:
        key = self._keyring.find(payload.metadata["key"].decode())
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            plain = key.cipher.decrypt(nonce, sealed, _bound_to(key.id))
        except InvalidTag as error:
            raise PayloadKeyMissing("A workflow's data was changed since it was encrypted; it is refused.") from error
        return Payload.FromString(zlib.decompress(plain))


def _bound_to(key_id: str) -> bytes:
    return ENCODING + b"|" + key_id.encode()


def converter(keyring: Keyring) -> DataConverter:
    """Convert for every client and worker: payloads sealed, and failures' messages and stack traces with them."""
    return DataConverter(
        payload_converter_class=DefaultPayloadConverter,
        payload_codec=EncryptedPayloads(keyring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
