"""Keys under which personal numbers lie: sealed with AES-256-GCM, found again by a keyed hash.

Keys come from the settings, newest first. The first one seals, all of them open: a key is changed by putting a new one
in front, sealing anew what lies under the old ones, and then leaving those out.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.problems import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 8


def new_key() -> str:
    """A random key of 256 bits as the settings take it: Base64 that is safe in addresses."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_bytes(text: str) -> bytes:
    """The key that a setting holds; ValueError, without the text, where it is not 256 bits in Base64."""
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"is not {KEY_BYTES} bytes in Base64") from None
    return key


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed: the id of its key, and nonce and ciphertext."""

    key_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys that seal and open, newest first."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "KeyRing":
        """From keys as the settings hold them."""
        return cls(tuple(map(key_bytes, texts)))

    @property
    def newest(self) -> str:
        """Id of the key that seals."""
        return _key_id(self.keys[0])

    def seal(self, plain: str, context: str) -> Sealed:
        """Seal a text. It opens in the same context only: moved to another row it is worth nothing."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self.keys[0]).encrypt(nonce, plain.encode(), context.encode())
        return Sealed(self.newest, nonce + cipher)

    def open(self, sealed: Sealed, context: str) -> str:
        """The text; SealBroken where its key is not among the settings, or where text or context was changed."""
        key = next((one for one in self.keys if _key_id(one) == sealed.key_id), None)
        if key is None:
            raise SealBroken("the key that it lies under is not among the settings")
        nonce, cipher = sealed.content[:_NONCE_BYTES], sealed.content[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, cipher, context.encode()).decode()
        except InvalidTag:
            raise SealBroken("what is stored was changed, or belongs elsewhere") from None


@dataclass(frozen=True, slots=True)
class SearchKeys:
    """Keys of the hash that a sealed text is found by, newest first."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "SearchKeys":
        """From keys as the settings hold them."""
        return cls(tuple(map(key_bytes, texts)))

    def hashes(self, plain: str, context: str) -> tuple[str, ...]:
        """HMAC-SHA256 of a text in a context under each key, hexadecimal; the first is the one that is stored."""
        message = f"{context}\n{plain}".encode()
        return tuple(hmac.new(key, message, hashlib.sha256).hexdigest() for key in self.keys)


def _key_id(key: bytes) -> str:
    """What a key is called; it says nothing about the key."""
    return hashlib.sha256(b"matcher key id\n" + key).digest()[:_ID_BYTES].hex()
