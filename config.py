"""What the operator decides: one frozen value, read from the environment once, refused if unsafe.

No other module reads the environment. A bad value stops start-up with a sentence that names its
variable and never shows a secret.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from fundtracker.mail.server import MailServer
from fundtracker.store.kept_secrets import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROJECT = Path(__file__).resolve().parent

LIVE_KEYS = ("sk_live_", "rk_live_")
STRIPE_KEYS = ("sk_test_", "rk_test_", *LIVE_KEYS)

SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 10
COPIED_SECRETS = frozenset(
    {
        # The example that Flask's own documentation prints, which people paste.
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    },
)
PLACEHOLDER = re.compile(r"change.?me|insecure|replace.?me|your.?secret|example", re.IGNORECASE)

HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
WEBHOOK_SECRET = re.compile(r"whsec_\S+")
PORT = re.compile(r"[0-9]{1,5}")
# A monitor on the machine itself, or a proxy that does not pass the name on, asks for one of these.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERY_INTERFACE = ("0.0.0.0", "::")  # noqa: S104 - recognised here, bound only if asked for
LARGEST_PORT = 65_535


class ConfigError(Exception):
    """A variable that stops start-up, and what is wrong with it in one sentence."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable


def _refuse(variable: str, problem: str) -> NoReturn:
    raise ConfigError(variable, problem)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to the next.

    Without a Stripe key the simulator stands in, and only then: no value of this type has a live
    key and the simulator, debugging, a guessable secret, no webhook secret, or a plain address.
    """

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    stripe_key: str | None = field(default=None, repr=False)
    mail_server: MailServer | None = None
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    debug: bool = False
    # Open event streams in one process. Each takes a thread for as long as it lasts, so this has
    # to stay well below the server's threads, or the streams lock the donations out.
    streams: int = 48

    def __post_init__(self) -> None:
        if self.live:
            self._refuse_unsafe()

    @property
    def simulated(self) -> bool:
        """Whether gifts go to the simulator that the app carries, not to Stripe."""
        return self.stripe_key is None

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return self.stripe_key is not None and self.stripe_key.startswith(LIVE_KEYS)

    @property
    def https(self) -> bool:
        """Whether donors reach the app over an encrypted connection."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which a request may call this server, without ports."""
        public = urlsplit(self.public_url).hostname or ""
        bound = () if self.host in EVERY_INTERFACE else (self.host,)
        named = tuple(f"[{name}]" if ":" in name else name for name in (public, *bound))
        return tuple(dict.fromkeys((*named, *LOOPBACK)))

    @property
    def own_address(self) -> str:
        """Where this server listens, as a program on the same machine reaches it."""
        return _own_address(self.host, self.port)

    def _refuse_unsafe(self) -> None:
        key = "is a live key, which does not go together with"
        if self.debug:
            _refuse("FLASK_DEBUG", "is on, which does not go together with a live Stripe key.")
        if not self.webhook_secrets:
            _refuse("STRIPE_WEBHOOK_SECRET", "is missing, and a live Stripe key needs it.")
        if _guessable(self.secret_key):
            _refuse("SECRET_KEY", "can be guessed; a live Stripe key needs 32 random characters.")
        if not self.https:
            _refuse("STRIPE_SECRET_KEY", f"{key} a PUBLIC_URL that is not https.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; ConfigError names the first variable that is wrong.

        A secret that is missing is made at the first start and kept in INSTANCE_DIR.
        """
        read = _Reader(os.environ if environ is None else environ)
        instance = _folder(read("INSTANCE_DIR") or str(PROJECT / "instance"))
        host = _host(read("HOST") or "127.0.0.1")
        port = _port(read("PORT") or "8000")
        stripe_key = _stripe_key(read("STRIPE_SECRET_KEY"))
        webhook_secrets = _webhook_secrets(read("STRIPE_WEBHOOK_SECRET"))
        if stripe_key is None and not webhook_secrets:
            webhook_secrets = (_kept(instance, "simulator_secret", _new_webhook_secret),)
        return cls(
            instance=instance,
            database_url=_database_url(
                read("DATABASE_URL") or f"sqlite:///{instance / 'fundtracker.db'}",
            ),
            secret_key=read("SECRET_KEY") or _kept(instance, "secret_key", secrets.token_urlsafe),
            data_keys=_data_keys(read("DATA_KEYS") or _kept(instance, "data_key", _new_data_key)),
            webhook_secrets=webhook_secrets,
            stripe_key=stripe_key,
            mail_server=_mail_server(read("SMTP_URL")),
            public_url=_public_url(read("PUBLIC_URL") or _own_address(host, port)),
            host=host,
            port=port,
            debug=read("FLASK_DEBUG").lower() not in {"", "0", "false", "no"},
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The environment, in which an empty variable is an absent one."""

    environ: Mapping[str, str]

    def __call__(self, variable: str) -> str:
        return self.environ.get(variable, "").strip()


def _guessable(secret: str) -> bool:
    short = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT
    return short or secret.lower() in COPIED_SECRETS or PLACEHOLDER.search(secret) is not None


def _folder(path: str) -> Path:
    folder = Path(path).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        _refuse("INSTANCE_DIR", f"cannot be made a folder: {error.strerror}.")
    return folder


def _kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the secret kept under this name, made at the first start."""
    try:
        kept = keep(folder / name, make)
    except (OSError, UnicodeDecodeError):
        _refuse("INSTANCE_DIR", f"holds no file {name} that can be read, and none can be made.")
    return kept or _refuse("INSTANCE_DIR", f"holds an empty file {name}; restore it or remove it.")


def _new_data_key() -> str:
    return Fernet.generate_key().decode("ascii")


def _new_webhook_secret() -> str:
    return f"whsec_{secrets.token_hex(32)}"


def _stripe_key(value: str) -> str | None:
    if value.startswith("pk_"):
        _refuse("STRIPE_SECRET_KEY", "is a publishable key; the secret one starts with sk_ or rk_.")
    if value and not value.startswith(STRIPE_KEYS):
        _refuse("STRIPE_SECRET_KEY", f"starts with none of {', '.join(STRIPE_KEYS)}.")
    return value or None


def _webhook_secrets(value: str) -> tuple[str, ...]:
    found = _several(value)
    if any(WEBHOOK_SECRET.fullmatch(secret) is None for secret in found):
        _refuse("STRIPE_WEBHOOK_SECRET", "holds a secret that does not start with whsec_.")
    return found


def _mail_server(value: str) -> MailServer | None:
    try:
        return MailServer.parse(value) if value else None
    except ValueError as error:
        _refuse("SMTP_URL", str(error))


def _data_keys(value: str) -> tuple[str, ...]:
    keys = _several(value)
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            _refuse("DATA_KEYS", f"has something at place {position} that is no Fernet key.")
    return keys or _refuse("DATA_KEYS", "holds no key at all.")


def _several(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _database_url(value: str) -> str:
    if value.startswith("sqlite:///"):
        return _sqlite_url(value.removeprefix("sqlite:///"))
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        _refuse("DATABASE_URL", "starts with none of sqlite:///, postgres:// and postgresql://.")
    if not rest.partition("?")[0].partition("/")[2]:
        _refuse("DATABASE_URL", "names no database after the server.")
    return f"postgresql+psycopg://{rest}"


def _sqlite_url(value: str) -> str:
    path, question, options = value.partition("?")
    if path in {"", ":memory:"} or path.startswith("file:"):
        _refuse("DATABASE_URL", "names no file; what is in memory is lost with the process.")
    return f"sqlite:///{Path(path).absolute()}{question}{options}"


def _host(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value.strip("[]")))
    except ValueError:
        if HOST_NAME.fullmatch(value) is None:
            _refuse("HOST", "is neither an address nor a host name.")
    return value


def _port(value: str) -> int:
    if PORT.fullmatch(value) is None or not 0 < int(value) <= LARGEST_PORT:
        _refuse("PORT", f"has to be a whole number from 1 to {LARGEST_PORT}.")
    return int(value)


def _own_address(host: str, port: int) -> str:
    name = "127.0.0.1" if host in EVERY_INTERFACE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _public_url(value: str) -> str:
    wrong = "has to be an address like https://give.example.org, without a path."
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        _refuse("PUBLIC_URL", wrong)
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in {"http", "https"} or extra or port == 0:
        _refuse("PUBLIC_URL", wrong)
    if HOST_NAME.fullmatch(host) is None and ":" not in host:
        _refuse("PUBLIC_URL", wrong)
    return f"{parts.scheme}://{parts.netloc.lower()}"
