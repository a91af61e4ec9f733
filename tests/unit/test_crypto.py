"""Keys that seal and search: what is sealed opens where it belongs and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.crypto import KEY_BYTES, KeyRing, Sealed, SearchKeys, key_bytes, new_key
from service.problems import SealBroken
from service.settings import Settings

OLD, NEW = (bytes([n]) * KEY_BYTES for n in (1, 2))


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_sealed_opens_again_and_does_not_show(plain: str, context: str) -> None:
    sealed = KeyRing((OLD,)).seal(plain, context)
    assert KeyRing((NEW, OLD)).open(sealed, context) == plain
    assert len(plain) < 4 or plain.encode() not in sealed.content


def test_the_same_text_is_sealed_otherwise_each_time() -> None:
    ring = KeyRing((OLD,))
    assert len({ring.seal("0101900004", "a").content for _ in range(5)}) == 5


def test_it_opens_in_its_own_context_only() -> None:
    ring = KeyRing((OLD,))
    with pytest.raises(SealBroken, match="belongs elsewhere"):
        ring.open(ring.seal("0101900004", "cpr/0760/a"), "cpr/0760/b")


def test_a_changed_text_does_not_open() -> None:
    ring = KeyRing((OLD,))
    sealed = ring.seal("0101900004", "a")
    for place in range(len(sealed.content)):
        changed = bytearray(sealed.content)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            ring.open(Sealed(sealed.key_id, bytes(changed)), "a")


def test_without_its_key_it_stays_shut() -> None:
    with pytest.raises(SealBroken, match="not among the settings"):
        KeyRing((NEW,)).open(KeyRing((OLD,)).seal("0101900004", "a"), "a")


def test_a_hash_depends_on_key_context_and_text() -> None:
    both = SearchKeys((NEW, OLD))
    hashes = {
        *both.hashes("0101900004", "0760"),
        *both.hashes("0101900004", "0671"),
        *both.hashes("0101900005", "0760"),
    }
    assert len(hashes) == 6
    assert SearchKeys((OLD,)).hashes("0101900004", "0760") == both.hashes("0101900004", "0760")[1:]


@pytest.mark.parametrize("text", ["", "short", "ø" * 32, base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="is not 32 bytes") as caught:
        key_bytes(text)
    assert not text or text not in str(caught.value)


def test_a_new_key_is_a_key_of_its_own() -> None:
    assert len({key_bytes(new_key()) for _ in range(10)}) == 10


def test_keys_do_not_show_in_what_holds_them() -> None:
    key = new_key()
    settings = Settings(cpr_keys=(key,), cpr_search_keys=(new_key(),))
    shown = f"{settings!r} {settings.model_dump()} {KeyRing.of([key])!r} {SearchKeys.of([key])!r}"
    assert key not in shown
    assert repr(key_bytes(key)) not in shown
