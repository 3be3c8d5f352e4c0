from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.servers import LiveServer


def test_a_killed_server_starts_again_at_the_same_address(live_server: LiveServer) -> None:
    live_server.kill()
    assert not live_server.is_ready()

    live_server.start()
    assert live_server.is_ready()


def test_what_a_stopped_server_leaves_is_whole(live_server: LiveServer) -> None:
    live_server.stop()

    assert not live_server.is_ready()
    live_server.flask("fund", "verify")
