"""HAProxy with `jwt_verify`: algorithm, issuer, audience, expiry and signature, then the eight headers."""

from .. import tokens
from .answer import HEADERS

CONFIGURATION = """
global
    nbthread 1
    log /dev/null local0
    tune.maxrewrite 2048
defaults
    mode http
    timeout client 75s
    timeout server 10s
    timeout connect 1s
    timeout http-keep-alive 75s
frontend resolve
    bind 127.0.0.1:{port} backlog 4096
{rules}    http-request return status 200 {headers}
"""
# Lets in who has a valid token.
RULES = """\
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
    http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_payload_query('$.iss') -m str {issuer} }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_payload_query('$.aud[0]') -m str {issuer} }}
    http-request deny deny_status 401 unless {{ var(txn.exp),sub(txn.now) -m int gt 0 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{key}") 1 }}
"""
# What it can take from the token without a script; the other headers are constants.
VALUES = HEADERS | {
    "x-authgear-user-id": "%[var(txn.bearer),jwt_payload_query($.sub)]",
    "x-authgear-session-authenticated-at": "%[var(txn.bearer),jwt_payload_query($.auth_time,int)]",
}


def verifying(run):
    """The rules, for the run's keys."""
    return RULES.format(issuer=tokens.ISSUER, key=run.keyring.rsa_public)


def start(run):
    """Starts HAProxy with one thread."""
    port = run.port()
    headers = " ".join(f"hdr {name} '{value}'" for name, value in VALUES.items())
    configuration = run.folder / "haproxy.cfg"
    configuration.write_text(CONFIGURATION.format(port=port, rules=verifying(run), headers=headers))
    process = run.start("haproxy", ["haproxy", "-db", "-f", configuration])
    process.wait_for_port(port)
    return run.server(process, port)
