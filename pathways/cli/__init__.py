"""The command line: `app` has the commands, `shell` how they talk, `grid` and `tables` what they print.

Examples
--------
>>> from typer.testing import CliRunner
>>> from pathways.cli.app import app
>>> CliRunner().invoke(app, ["check", "no-such-catalog"]).exit_code
2
"""
