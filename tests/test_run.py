"""./run on machines that lack something, and with two of it at once.

Python is a stand-in on a PATH of the test's own, so that nothing is installed; where what pip
itself says matters, it is the real one.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TOOLS = "bash cat cp dirname flock grep mkdir mktemp nproc rm sed sh sha256sum tail touch"

# It notes what it is asked for; its pip waits for a line if there is a pipe named `gate`.
PYTHON = f"""#!/bin/sh
echo "$*" >>calls
case "$*" in
  *version_info*3,*) exit "${{OLD_PYTHON:-0}}" ;;
  *ensurepip*) exit "${{NO_VENV:-0}}" ;;
  *print*) echo 3.11 ;;
  "-m venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *"pip install"*)
    [ ! -p gate ] || cat gate
    [ -z "${{PIP_SAYS:-}}" ] || {{ echo "$PIP_SAYS"; exit 1; }}
    ;;
  "- "*) exec {sys.executable} "$@" ;;
esac
"""

IPV6 = Path("/proc/net/if_inet6")
needs_ipv6 = pytest.mark.skipif(not (IPV6.exists() and IPV6.read_text()), reason="no IPv6 here")


class Machine:
    """A folder with ./run and its pins, and a PATH with the tools of Debian."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.bin = folder / "bin"
        self.environ = {"PATH": str(self.bin), "HOME": str(folder)}
        self.project.mkdir()
        shutil.copy(ROOT / "run", self.project)
        self.pin("flask==3.1.3")
        self.bin.mkdir()
        for tool in TOOLS.split():
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)

    def pin(self, *lines: str) -> None:
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.project / name).write_text("\n".join(lines) + "\n")

    def give_python(self) -> None:
        (self.bin / "python3").write_text(PYTHON)
        (self.bin / "python3").chmod(0o755)

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["./run", *arguments],
            cwd=self.project,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **environ: str) -> tuple[int, str]:
        process = self.start(*arguments, **environ)
        said, _ = process.communicate()
        return process.returncode, said

    def calls(self, part: str) -> list[str]:
        log = self.project / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if part in line]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def machine(bare_machine: Machine) -> Machine:
    bare_machine.give_python()
    return bare_machine


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    return processes.free_port()


def test_without_python_it_says_what_to_install(bare_machine: Machine) -> None:
    assert bare_machine.run() == (
        1,
        "Fundtracker needs Python 3.11 or newer, and there is none here: apt install python3\n",
    )


def test_an_old_python_counts_as_none(machine: Machine) -> None:
    code, said = machine.run(OLD_PYTHON="1")

    assert code == 1
    assert said.startswith("Fundtracker needs Python 3.11 or newer")


def test_without_the_venv_module_it_says_what_to_install(machine: Machine) -> None:
    assert machine.run(NO_VENV="1") == (
        1,
        "Python 3.11 is here without its venv module: apt install python3.11-venv\n",
    )


def test_offline_with_nothing_cached_it_says_so_in_one_line(bare_machine: Machine) -> None:
    (bare_machine.bin / "python3").symlink_to(os.path.realpath(sys.executable))
    bare_machine.pin("flask==3.1.3 --hash=sha256:" + "0" * 64)
    nobody = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there

    code, said = bare_machine.run("setup", PIP_INDEX_URL=nobody, PIP_CONFIG_FILE=os.devnull)

    assert code == 1
    assert said == (
        "Installing the pinned packages (app); this is done once.\n"
        "The packages cannot be fetched. Is this machine offline? Run this again with a"
        " connection; .setup/install.log has what pip said.\n"
    )


def test_after_being_offline_it_goes_on_with_what_is_there(machine: Machine) -> None:
    machine.run("setup", PIP_SAYS="WARNING: NewConnectionError")

    assert machine.run("setup")[0] == 0
    assert len(machine.calls("-m venv")) == 1


def test_another_failure_is_shown_with_the_place_of_its_log(machine: Machine) -> None:
    code, said = machine.run("setup", PIP_SAYS="ERROR: No space left on device")

    assert code == 1
    assert said.splitlines()[-1] == (
        "Installing failed: ERROR: No space left on device (all of it: .setup/install.log)"
    )


def test_a_taken_port_is_named_with_a_way_out(machine: Machine, taken_port: int) -> None:
    code, said = machine.run(PORT=str(taken_port))

    assert code == 1
    assert said.splitlines()[-1] == (
        f"Port {taken_port} is taken by another program;"
        f" choose another one: PORT={taken_port + 1} ./run"
    )
    assert machine.calls("gunicorn") == []


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(machine: Machine, port: str) -> None:
    code, said = machine.run(PORT=port)

    assert code == 1
    assert said.splitlines()[-1] == f"PORT={port} is not a port; try: PORT=8001 ./run"


def test_an_address_of_another_machine_is_refused(machine: Machine) -> None:
    code, said = machine.run(HOST="192.0.2.1")

    assert code == 1
    assert said.splitlines()[-1].startswith("Cannot serve on 192.0.2.1, port 8000: ")


def test_it_migrates_fills_the_demo_and_serves(machine: Machine, free_port: int) -> None:
    code, said = machine.run(PORT=str(free_port))

    assert code == 0
    assert [call for call in machine.calls("-m ") if "venv" not in call and "pip" not in call] == [
        "-m flask db upgrade",
        "-m flask demo seed",
        "-m gunicorn --config deploy/gunicorn.conf.py --no-control-socket wsgi:app",
    ]
    for address in ("/", "/f/founding-conference", "/screen/founding-conference"):
        assert f"http://127.0.0.1:{free_port}{address}\n" in said
    assert "4242 4242 4242 4242" in said


def test_with_a_stripe_key_there_is_no_demo(machine: Machine, free_port: int) -> None:
    _, said = machine.run(
        PORT=str(free_port), STRIPE_SECRET_KEY="sk_test_1", PUBLIC_URL="https://give.example.org"
    )

    assert machine.calls("demo seed") == []
    assert said.endswith("\nFundtracker: https://give.example.org/\n")


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("0.0.0.0", "http://127.0.0.1"),  # noqa: S104 - bound for a moment, and not listened on
        pytest.param("::1", "http://[::1]", marks=needs_ipv6),
    ],
)
def test_the_printed_address_can_be_opened(
    machine: Machine, free_port: int, host: str, site: str
) -> None:
    _, said = machine.run(PORT=str(free_port), HOST=host)

    assert f"Fundtracker: {site}:{free_port}/\n" in said


def test_two_at_once_install_once(machine: Machine) -> None:
    os.mkfifo(machine.project / "gate")
    first = machine.start("setup")
    wait_for_pip(machine, first)

    second = machine.start("setup")
    assert second.stdout is not None
    assert second.stdout.readline() == (
        "Another ./run is setting up in this folder; waiting for it.\n"
    )
    open_gate(machine)
    first.communicate()
    second.communicate()

    assert (first.returncode, second.returncode) == (0, 0)
    assert len(machine.calls("pip install")) == 1


def test_an_interrupted_set_up_starts_afresh(machine: Machine) -> None:
    os.mkfifo(machine.project / "gate")
    cut_short = machine.start("setup")
    wait_for_pip(machine, cut_short)
    os.killpg(cut_short.pid, signal.SIGKILL)
    cut_short.communicate()
    (machine.project / "gate").unlink()

    code, said = machine.run("setup")

    assert code == 0
    assert said.splitlines()[0] == "An earlier set-up was interrupted; starting it afresh."
    assert len(machine.calls("-m venv")) == 2


def test_what_is_set_up_is_left_alone(machine: Machine) -> None:
    machine.run("setup")
    (machine.project / "calls").unlink()

    assert machine.run("setup") == (0, "")
    assert machine.calls("pip") == []


def test_changed_pins_are_installed(machine: Machine) -> None:
    machine.run("setup")
    machine.pin("flask==3.1.4")
    machine.run("setup")

    assert len(machine.calls("pip install")) == 2


def test_serving_needs_no_tools_of_developers(machine: Machine) -> None:
    machine.run("setup")
    assert machine.calls("requirements-dev.txt") == []

    machine.run("setup", "dev")
    assert len(machine.calls("requirements-dev.txt")) == 1


def test_a_moved_folder_is_set_up_again(machine: Machine) -> None:
    machine.run("setup")
    machine.project = machine.project.rename(machine.project.with_name("moved"))

    machine.run("setup")

    assert len(machine.calls("pip install")) == 2


def test_whole_runs_take_every_core_and_measure_coverage_and_parts_do_not(machine: Machine) -> None:
    cores = len(os.sched_getaffinity(0))

    machine.run("test")
    machine.run("test", "tests/domain", "-x")

    assert machine.calls("pytest") == [
        f"-m pytest --cov --numprocesses {cores + 1} --dist worksteal",
        "-m pytest tests/domain -x",
    ]


def test_an_unknown_verb_shows_what_there_is(machine: Machine) -> None:
    code, said = machine.run("dance")

    assert code == 2
    assert "./run test" in said
    assert machine.run("help") == (0, said)


def wait_for_pip(machine: Machine, process: subprocess.Popen[str]) -> None:
    processes.wait_until(lambda: machine.calls("pip install") != [], process)


def open_gate(machine: Machine) -> None:
    (machine.project / "gate").write_text("go\n")
