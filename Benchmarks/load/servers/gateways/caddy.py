"""Caddy: asks by `forward_auth`, or asks nobody."""

import shutil

from . import shipped

FOLDER = "gateways/caddy"
FILE = "Caddyfile"
UNASKED = (
    shipped.Edit(FILE, r"^\s*import authgear.*\n"),
    shipped.Edit(FILE, r"^\thandle_errors \{\n\t\}\n"),
)
# The cheaper of the shipped snippets, for a resolver that sends all names always.
AT_ONCE = (shipped.Edit(FILE, r"import authgear /", "import authgear_at_once /"),)


def debian(_):
    return shutil.which("caddy")


def from_pypi(run):
    return run.gateway("caddy")


def start(run, name, backend, asked=None, program=debian, edits=None):
    if edits is None:
        edits = () if asked else UNASKED
    return shipped.start(
        run, name, program(run), [FOLDER], lambda root: ["run", "--config", root / FOLDER / FILE], backend, asked, edits)
