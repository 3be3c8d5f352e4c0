from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.servers import LiveServer


def test_a_killed_server_starts_again_at_the_same_address_and_a_stopped_one_leaves_all_whole(
    live_server: LiveServer,
) -> None:
    live_server.kill()
    assert not live_server.is_ready()

    live_server.start()
    assert live_server.is_ready()

    live_server.stop()
    assert not live_server.is_ready()
    live_server.flask("fund", "verify")
