"""Apache: asks by mod_lua, or asks nobody."""

import shutil

from . import shipped

FOLDER = "gateways/apache"
FILE = "httpd.conf"
UNASKED = (
    shipped.Edit(FILE, r"^ *(?:LuaHookAccessChecker|SetEnvIf) .*\n"),
    shipped.Edit(FILE, r"^(?:LuaRoot|LuaScope|LuaCodeCache|LuaPackage\w+|LoadModule lua_module) .*\n"),
)


def start(run, name, backend, asked=None):
    return shipped.start(
        run, name, shutil.which("apache2"), FOLDER,
        lambda root: ["-DFOREGROUND", "-d", root, "-C", f'Define AUTHGEAR "{root}/{FOLDER}"', "-f", root / FOLDER / FILE],
        backend, asked, () if asked else UNASKED)
