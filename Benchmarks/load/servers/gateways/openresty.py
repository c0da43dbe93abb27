"""nginx with Lua, as OpenResty has it: asks by `access_by_lua_block`, or asks nobody."""

import os

from .. import nginx
from . import shipped

FOLDER = "gateways/openresty"
UNASKED = (shipped.Edit("nginx.conf", r"^ *access_by_lua_block .*\n"),)


def start(run, name, backend, asked=None):
    own = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    nginx.modules()
    return shipped.start(
        run, name, "nginx", FOLDER, lambda root: ["-p", root / FOLDER, "-c", "nginx.conf", "-g", own],
        backend, asked, () if asked else UNASKED)
