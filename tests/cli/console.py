"""An operator's terminal: commands of a real app over a database of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config import Settings
from fundtracker.app import create_app
from fundtracker.cli.context import Tools

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from flask import Flask

    from fundtracker.services.parts import Parts


@dataclass(frozen=True)
class Console:
    """Where commands are typed; what they print and how they end comes back."""

    app: Flask

    @classmethod
    def over(cls, database_url: str, instance: Path, **environ: str) -> Console:
        """Build the app as `flask` does, from its environment."""
        # Nobody listens on that port: what a simulator sends arrives nowhere.
        found = {"DATABASE_URL": database_url, "INSTANCE_DIR": str(instance), "PORT": "9"}
        return cls(create_app(Settings.from_env({**found, **environ})))

    @property
    def tools(self) -> Tools:
        """Return what commands are handed."""
        tools = self.app.extensions["commands"]
        assert isinstance(tools, Tools)
        return tools

    @property
    def parts(self) -> Parts:
        """Return the parts in the hands of the operator."""
        return self.tools.parts

    def flask(self, *arguments: str) -> Result:
        """Run a command."""
        return self.app.test_cli_runner().invoke(args=arguments)

    def says(self, *arguments: str) -> str:
        """Run a command that has to go well, and return what it prints."""
        result = self.flask(*arguments)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout

    def refuses(self, *arguments: str, code: int = 1) -> str:
        """Run a command that has to fail in its own words, and return them."""
        result = self.flask(*arguments)
        assert isinstance(result.exception, SystemExit), result.exception
        assert (result.exit_code, result.stdout) == (code, "")
        assert "Traceback" not in result.stderr
        return result.stderr

    def close(self) -> None:
        """Give back what the app holds."""
        if self.tools.simulator is not None:
            self.tools.simulator.stop()
        self.parts.database.close()
