"""Those who stand at the door of the staff's pages: with a password, an app, or a device."""

from __future__ import annotations

import functools
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from fundtracker.services.passwords import digest_of
from fundtracker.services.sessions import begin_session, digest
from fundtracker.store import staff
from fundtracker.store.audit import AuditRow
from fundtracker.store.staff import StaffRow
from tests.factories.staff import a_member

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.roles import Grant
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

PASSWORD = "four hens on a blue roof"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@functools.cache
def kept() -> str:
    """What is kept of PASSWORD, computed once: that is slow on purpose."""
    return digest_of(PASSWORD)


def a_colleague(parts: Parts, *grants: Grant, **fields: Any) -> StaffRow:  # noqa: ANN401 - columns
    """Add somebody with PASSWORD, and with SECRET as the app's unless fields say otherwise."""
    with parts.database.unit_of_work() as session:
        return a_member(session, *grants, **({"password": kept(), "totp_secret": SECRET} | fields))


def seated(parts: Parts, row: StaffRow, *, proved: bool = False) -> Visitor:
    """Sign somebody in without asking for anything."""
    with parts.database.unit_of_work() as session:
        key = begin_session(
            session, session.get_one(StaffRow, row.id), parts.clock(), proved=proved
        )
    return visitor_at(parts, key)


def visitor_at(parts: Parts, key: str) -> Visitor:
    """Return who is signed in with that key in the cookie."""
    found = find_visitor(parts, key)
    assert found is not None
    return found


def find_visitor(parts: Parts, key: str) -> Visitor | None:
    """Return who is signed in with that key, if anybody still is."""
    with parts.database.reading() as session:
        return staff.visitor_of(session, digest(key), parts.clock())


def code_at(moment: datetime, secret: str = SECRET) -> str:
    """Return what the app shows at a moment."""
    return pyotp.TOTP(secret).at(moment)


def logged(parts: Parts) -> list[str]:
    """Return what the audit log says was done, in order."""
    with parts.database.reading() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


class Device:
    """Something that keeps passkeys: it makes them, and signs with them as often as it is asked."""

    def __init__(self, origin: str = "https://give.example", *, verifies: bool = True) -> None:
        self.origin = origin
        self.verifies = verifies
        self.signed = 0
        self.owner = b""
        self.id = sha256(repr(id(self)).encode()).digest()
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """Answer what a browser is told to make a passkey by."""
        asked = json.loads(options)
        self.owner = _bytes(asked["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        credential = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        data = self._data(asked["rp"]["id"], ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=told, attestationObject=attestation)

    def sign(self, options: str, *, host: str | None = None) -> str:
        """Answer what a browser is told to sign."""
        asked = json.loads(options)
        self.signed += 1
        told = self._told("webauthn.get", asked["challenge"])
        data = self._data(host or asked["rpId"], 0)
        signature = self._key.sign(data + sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=told, authenticatorData=data, signature=signature, userHandle=self.owner
        )

    def _data(self, host: str, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        return sha256(host.encode()).digest() + bytes([flags]) + self.signed.to_bytes(4)

    def _told(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        parts = {name: _text(value) for name, value in response.items()}
        own = _text(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": parts})


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
