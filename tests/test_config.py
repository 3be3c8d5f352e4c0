from __future__ import annotations

import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config import EVERY_INTERFACE, ConfigError, Settings
from fundtracker.mail.server import MailServer

STRONG = "q8Zt2LrV0xWm5NcK7bHs3JdF9gPyTe1u"
LIVE_KEY = "sk_live_51AbCdEfGh"
# Always the same one, for the names of tests are: those that run beside each other compare them.
DATA_KEY = urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, str]:
    return {"INSTANCE_DIR": str(tmp_path / "instance")}


@pytest.fixture
def live(demo: dict[str, str]) -> dict[str, str]:
    return demo | {
        "STRIPE_SECRET_KEY": LIVE_KEY,
        "STRIPE_WEBHOOK_SECRET": "whsec_first",
        "SECRET_KEY": STRONG,
        "DATA_KEYS": DATA_KEY,
        "PUBLIC_URL": "https://give.example.org",
    }


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        Settings.from_env(environ)
    sentence = str(refused.value)
    assert sentence.startswith(refused.value.variable)
    assert sentence.endswith(".")
    return sentence


def test_an_empty_environment_is_the_demo(demo: dict[str, str], tmp_path: Path) -> None:
    settings = Settings.from_env(demo)

    assert settings.simulated
    assert not settings.live
    assert not settings.debug
    assert not settings.https
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/fundtracker.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.host, settings.port, settings.streams) == ("127.0.0.1", 8000, 48)


def test_the_process_environment_is_read_when_none_is_given(
    demo: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", demo["INSTANCE_DIR"])
    monkeypatch.setenv("PORT", "8123")

    assert Settings.from_env().port == 8123


def test_secrets_are_made_once_and_kept_where_only_the_owner_reads(demo: dict[str, str]) -> None:
    first = Settings.from_env(demo)
    second = Settings.from_env(demo)

    assert first == second
    assert len(first.secret_key) >= 32
    assert first.webhook_secrets[0].startswith("whsec_")
    kept = sorted(Path(demo["INSTANCE_DIR"]).iterdir())
    assert [path.name for path in kept] == ["data_key", "secret_key", "simulator_secret"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE(first.instance.stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_the_secrets(demo: dict[str, str]) -> None:
    with ThreadPoolExecutor(16) as pool:
        starts = list(pool.map(lambda _: Settings.from_env(demo), range(32)))

    assert len(set(starts)) == 1
    assert len(list(starts[0].instance.iterdir())) == 3


def test_whoever_is_second_takes_the_first_ones_secret(
    demo: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Settings.from_env(demo)
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert Settings.from_env(demo) == first


def test_given_secrets_are_not_kept(demo: dict[str, str]) -> None:
    settings = Settings.from_env(
        demo
        | {
            "SECRET_KEY": STRONG,
            "DATA_KEYS": f"{DATA_KEY}, {Fernet.generate_key().decode()}",
            "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old,",
        },
    )

    assert settings.secret_key == STRONG
    assert settings.data_keys[0] == DATA_KEY
    assert len(settings.data_keys) == 2
    assert settings.webhook_secrets == ("whsec_new", "whsec_old")
    assert list(settings.instance.iterdir()) == []


def test_an_empty_file_of_a_secret_stops_the_start(demo: dict[str, str]) -> None:
    Path(demo["INSTANCE_DIR"]).mkdir()
    (Path(demo["INSTANCE_DIR"]) / "secret_key").touch()

    assert "empty file secret_key" in refusal(demo)


def test_a_file_of_a_secret_that_is_no_text_stops_the_start(demo: dict[str, str]) -> None:
    Path(demo["INSTANCE_DIR"]).mkdir()
    (Path(demo["INSTANCE_DIR"]) / "secret_key").write_bytes(b"\xff\xfe")

    assert "secret_key that can be read" in refusal(demo)


def test_an_instance_folder_that_is_a_file_stops_the_start(demo: dict[str, str]) -> None:
    Path(demo["INSTANCE_DIR"]).touch()

    assert refusal(demo) == "INSTANCE_DIR cannot be made a folder: File exists."


def test_a_test_key_goes_to_stripe_without_being_live(demo: dict[str, str]) -> None:
    settings = Settings.from_env(demo | {"STRIPE_SECRET_KEY": "sk_test_123"})

    assert not settings.simulated
    assert not settings.live
    assert settings.webhook_secrets == ()


@pytest.mark.parametrize("key", [LIVE_KEY, "rk_live_51AbCdEfGh"])
def test_a_live_key_with_everything_it_needs_is_accepted(live: dict[str, str], key: str) -> None:
    settings = Settings.from_env(live | {"STRIPE_SECRET_KEY": key})

    assert settings.live
    assert settings.https
    assert not settings.simulated


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("FLASK_DEBUG", "1", "FLASK_DEBUG"),
        ("STRIPE_WEBHOOK_SECRET", "", "STRIPE_WEBHOOK_SECRET"),
        ("SECRET_KEY", "dev", "SECRET_KEY"),
        ("SECRET_KEY", "ab" * 32, "SECRET_KEY"),
        ("SECRET_KEY", "change-me-before-you-go-into-production-1234", "SECRET_KEY"),
        (
            "SECRET_KEY",
            "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
            "SECRET_KEY",
        ),
        ("PUBLIC_URL", "http://give.example.org", "STRIPE_SECRET_KEY"),
    ],
)
def test_a_live_key_refuses_what_is_unsafe(
    live: dict[str, str],
    variable: str,
    value: str,
    named: str,
) -> None:
    sentence = refusal(live | {variable: value})

    assert sentence.startswith(named)
    assert "live" in sentence


@pytest.mark.parametrize("value", ["0", "false", "No", ""])
def test_debug_that_is_switched_off_is_off(live: dict[str, str], value: str) -> None:
    assert not Settings.from_env(live | {"FLASK_DEBUG": value}).debug


def test_no_other_way_leads_to_unsafe_live_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="STRIPE_WEBHOOK_SECRET"):
        Settings(
            instance=tmp_path,
            database_url="sqlite:///x",
            secret_key=STRONG,
            data_keys=(DATA_KEY,),
            webhook_secrets=(),
            stripe_key=LIVE_KEY,
        )


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("postgres://fund:pw@db:5432/fund", "postgresql+psycopg://fund:pw@db:5432/fund"),
        ("postgresql://fund:pw@db/fund", "postgresql+psycopg://fund:pw@db/fund"),
        ("postgresql+psycopg:///fund?host=/run", "postgresql+psycopg:///fund?host=/run"),
        ("sqlite:////var/lib/fund.db", "sqlite:////var/lib/fund.db"),
        ("sqlite:////var/lib/fund.db?timeout=5", "sqlite:////var/lib/fund.db?timeout=5"),
        ("sqlite:///fund.db", f"sqlite:///{Path.cwd()}/fund.db"),
    ],
)
def test_an_address_of_a_database_is_understood(
    demo: dict[str, str],
    given: str,
    understood: str,
) -> None:
    assert Settings.from_env(demo | {"DATABASE_URL": given}).database_url == understood


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://db/fund"),
        ("DATABASE_URL", "fund.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:fund?mode=memory"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://db/?host=/run"),
        ("STRIPE_SECRET_KEY", "pk_live_123"),
        ("STRIPE_SECRET_KEY", "whsec_123"),
        ("STRIPE_WEBHOOK_SECRET", "we_123"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_good,whsec_"),
        ("DATA_KEYS", "short"),
        ("DATA_KEYS", f"{DATA_KEY},é"),
        ("DATA_KEYS", ","),
        ("HOST", "not a host"),
        ("HOST", "-_-"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("PORT", "80.5"),
        ("PORT", "9" * 5000),
        ("PUBLIC_URL", "give.example.org"),
        ("PUBLIC_URL", "ftp://give.example.org"),
        ("PUBLIC_URL", "https://give.example.org/fund"),
        ("PUBLIC_URL", "https://give.example.org?a=b"),
        ("PUBLIC_URL", "https://give.example.org#top"),
        ("PUBLIC_URL", "https://user:pw@give.example.org"),
        ("PUBLIC_URL", "https://give example.org"),
        ("PUBLIC_URL", "https://:8000"),
        ("PUBLIC_URL", "https://give.example.org:0"),
        ("PUBLIC_URL", "https://give.example.org:x"),
        ("PUBLIC_URL", "https://[::1"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    demo: dict[str, str],
    variable: str,
    value: str,
) -> None:
    sentence = refusal(demo | {variable: value})

    assert sentence.startswith(variable)


@pytest.mark.parametrize("secret", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "DATA_KEYS"])
def test_a_refusal_never_shows_the_secret(demo: dict[str, str], secret: str) -> None:
    assert "hunter2" not in refusal(demo | {secret: "hunter2"})


def test_nothing_secret_stands_in_what_is_logged(live: dict[str, str]) -> None:
    live |= {"DATABASE_URL": "postgresql://fund:hunter2@db/fund"}

    shown = repr(Settings.from_env(live))

    for secret in (LIVE_KEY, "whsec_first", STRONG, DATA_KEY, "hunter2"):
        assert secret not in shown
    assert "https://give.example.org" in shown


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"HOST": EVERY_INTERFACE[0], "PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"HOST": "192.168.1.7"}, "http://192.168.1.7:8000"),
        ({"HOST": "[::1]"}, "http://[::1]:8000"),
        ({"HOST": "hall.local"}, "http://hall.local:8000"),
        ({"PUBLIC_URL": "https://Give.Example.org/"}, "https://give.example.org"),
        ({"PUBLIC_URL": "https://[2001:db8::1]:8443"}, "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_address_follows_the_server_unless_it_is_given(
    demo: dict[str, str],
    environ: dict[str, str],
    address: str,
) -> None:
    assert Settings.from_env(demo | environ).public_url == address


def test_the_server_reaches_itself_without_the_proxy(demo: dict[str, str]) -> None:
    settings = Settings.from_env(demo | {"PUBLIC_URL": "https://give.example.org", "PORT": "9000"})

    assert settings.own_address == "http://127.0.0.1:9000"


def test_a_request_may_call_the_server_by_its_names_only(demo: dict[str, str]) -> None:
    public = Settings.from_env(
        demo | {"PUBLIC_URL": "https://give.example.org:8443", "HOST": EVERY_INTERFACE[0]},
    )
    bound = Settings.from_env(demo | {"HOST": "2001:db8::1"})

    assert public.hosts == ("give.example.org", "127.0.0.1", "localhost", "[::1]")
    assert bound.hosts == ("[2001:db8::1]", "127.0.0.1", "localhost", "[::1]")


def test_a_mail_server_is_known_without_its_password(demo: dict[str, str]) -> None:
    url = "smtps://fund%40example.org:secret@mail.example.org"

    settings = Settings.from_env(demo | {"SMTP_URL": url})

    assert settings.mail_server == MailServer.parse(url)
    assert "secret" not in repr(settings)
    assert Settings.from_env(demo).mail_server is None


def test_a_mail_server_that_could_not_work_stops_the_start(demo: dict[str, str]) -> None:
    said = refusal(demo | {"SMTP_URL": "smtp://fund:secret@mail.example.org"})

    assert said == "SMTP_URL names no sender: put ?from=fund@example.org behind it."
