"""A mail server on the loopback: it speaks as much SMTP as is needed to hand it a mail."""

from __future__ import annotations

import base64
import socketserver
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from io import BufferedIOBase
    from pathlib import Path


@dataclass
class Postbox:
    """A server; `refusing` maps the start of a command to the answer that it gets."""

    tls: ssl.SSLContext | None = None
    starttls: bool = False
    refusing: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    def start(self) -> None:
        """Listen on a free port."""
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if outer.tls is not None and not outer.starttls:
                    self.request = outer.tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                outer.talk(self)

            def finish(self) -> None:
                super().finish()
                self.request.close()  # the encrypted one, of which the server does not know

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Say nothing of clients that go away in the middle."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def talk(self, handler: socketserver.StreamRequestHandler) -> None:
        """Answer one client until it goes."""
        self._say(handler.wfile, "220 mail.test")
        while line := handler.rfile.readline().decode().strip():
            self.heard.append(line)
            verb = line.split(" ", maxsplit=1)[0].upper()
            refusal = next((text for key, text in self.refusing.items() if key == verb), None)
            if refusal is not None:
                self._say(handler.wfile, refusal)
            elif verb == "EHLO":
                extra = ["250-STARTTLS"] if self.starttls else []
                self._say(handler.wfile, "250-mail.test", *extra, "250 AUTH PLAIN")
            elif verb == "STARTTLS" and self.tls is not None:
                self._say(handler.wfile, "220 go ahead")
                handler.request = self.tls.wrap_socket(handler.request, server_side=True)
                socketserver.StreamRequestHandler.setup(handler)
            elif verb == "AUTH":
                self.heard[-1] = base64.b64decode(line.split()[2]).decode().replace("\0", " ")
                self._say(handler.wfile, "235 welcome")
            elif verb == "DATA":
                self._say(handler.wfile, "354 go on")
                self.mails.append(_body(handler.rfile))
                self._say(handler.wfile, "250 taken")
            elif verb == "QUIT":
                self._say(handler.wfile, "221 bye")
                return
            else:
                self._say(handler.wfile, "250 fine")

    def _say(self, out: BufferedIOBase, *lines: str) -> None:
        out.write("".join(f"{line}\r\n" for line in lines).encode())
        out.flush()


def _body(lines: BufferedIOBase) -> bytes:
    found = []
    while (line := lines.readline()) not in {b".\r\n", b""}:
        found.append(line)
    return b"".join(found)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return how a server called localhost speaks TLS, and how a client believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mail.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
