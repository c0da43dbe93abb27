"""Caddy: asks by `forward_auth`, through the printed files, or asks nobody."""

import shutil

from .. import resolver
from . import shipped

FOLDER = "gateways/caddy"
FILE = "Caddyfile"
UNASKED = (
    shipped.Edit(FILE, r"^\s*import authgear.*\n"),
    shipped.Edit(FILE, r"^\thandle_errors \{\n\t\}\n"),
)
# The cheaper of the snippets, for a resolver that sends all names always.
AT_ONCE = (shipped.Edit(FILE, r"import authgear /", "import authgear_at_once /"),)


def debian(_):
    return shutil.which("caddy")


def from_pypi(run):
    return run.gateway("caddy")


def over_unix(asked):
    """The snippets, with the resolver's Unix socket in place of its port."""
    return (shipped.Edit("authgear.caddy", rf"127\.0\.0\.1:{asked.port}\b", f"unix/{asked.socket}"),)


def start(run, name, backend, asked=None, program=debian, edits=(), address=None):
    if asked is None:
        edits = UNASKED
    elif address:
        edits += address(asked)
    return shipped.start(
        run, name, program(run), FOLDER, lambda root: ["run", "--config", root / FOLDER / FILE], backend, asked, edits,
        source=resolver.printed(run, "caddy"))
