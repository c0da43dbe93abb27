"""Apache with mod_auth_openidc as an OAuth 2.0 resource server that verifies JWTs with a local key."""

import os
import shutil

from .. import tokens
from .answer import HEADERS

MODULES = "/usr/lib/apache2/modules"
CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
Mutex pthread
Listen 127.0.0.1:{port}
ErrorLog "{folder}/error.log"
LogLevel error
{modules}
{user}
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 75
ServerTokens Prod
StartServers 1
ServerLimit 1
ThreadsPerChild 64
ThreadLimit 64
MaxRequestWorkers 64
MinSpareThreads 64
MaxSpareThreads 64
MaxConnectionsPerChild 0
DocumentRoot "{folder}/root"
OIDCCryptoPassphrase benchmark
OIDCOAuthVerifyCertFiles {kid}#{key}
OIDCOAuthRemoteUserClaim sub
FileETag None
<Location />
    AuthType oauth20
    <RequireAll>
        Require claim iss:{issuer}
        Require claim aud:{issuer}
    </RequireAll>
    Header unset Last-Modified
    Header unset Accept-Ranges
{headers}
</Location>
"""
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "setenvif", "auth_openidc")
# What the module passes on as environment variables; the other headers are constants.
CLAIMS = {
    "x-authgear-user-id": "%{OIDC_CLAIM_sub}e",
    "x-authgear-session-authenticated-at": "%{OIDC_CLAIM_auth_time}e",
}


def start(run):
    """Starts Apache with one process of 64 threads (the event module gives each active request one)."""
    if not shutil.which("apache2") or not os.path.exists(f"{MODULES}/mod_auth_openidc.so"):
        raise LookupError("apache2 or libapache2-mod-auth-openidc is not installed")
    port, folder = run.port(), run.folder / "apache"
    (folder / "root" / "resolve").parent.mkdir(parents=True)
    (folder / "root" / "resolve").touch()
    headers = "\n".join(f'    Header always set {name} "{value}"' for name, value in (HEADERS | CLAIMS).items())
    configuration = folder / "apache.conf"
    configuration.write_text(CONFIGURATION.format(
        folder=folder, port=port, kid=run.keyring.kid("RS256"), key=run.readable(run.keyring.rsa_public),
        issuer=tokens.ISSUER, headers=headers,
        user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
        modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)))
    process = run.start("apache", ["apache2", "-d", folder, "-f", configuration, "-D", "FOREGROUND"])
    process.wait_for_port(port)
    return run.server(process, port)
