"""authgear-resolver, in the variants that the cases ask for: its defaults, but for what a case is about."""

import http.client
import json
import re
import subprocess

from .. import tokens
from ..sessions import APP

SAMPLE = re.compile(r"^(authgear_resolver_\w+)(\{[^}]*\})? (\S+)$", re.MULTILINE)

BUCKET = re.compile(r'^authgear_resolver_(\w+)_bucket\{le="([^"]+)"\} (\d+)$', re.MULTILINE)


def configuration(run, name, port, admin, *, sessions=True, session_cache=True, issuers=None, algorithms=("RS256",),
                  redis_port=None, session_check=False, store="redis", authgear_port=None, authgear=None,
                  calls=None, absent=None, secured=None, pair=None):
    """A configuration file of one variant.

    `authgear` is what the section of that name says beside the endpoint, `calls` the port that takes gRPC, `secured`
    the one that speaks TLS with the files of `pair`, `absent` what becomes of headers without a value.
    """
    settings = {
        "listen": [f"127.0.0.1:{port}", f"unix:{run.folder}/{name}.sock"],
        "admin": {"listen": f"127.0.0.1:{admin}"},
        "threads": "auto",
        "issuers": issuers or [{
            "issuer": tokens.ISSUER, "audiences": [tokens.ISSUER], "algorithms": list(algorithms),
            "jwks_file": str(run.keyring.jwks), **({"session_check": "grant"} if session_check else {})}],
        "log": {"level": "warning", "format": "text"},
    }
    if calls:
        settings["listen"].append(f"grpc://127.0.0.1:{calls}")
    if secured:
        settings["listen"].append(f"https://127.0.0.1:{secured}")
        settings["tls"] = {"server": {"cert_file": str(pair[0]), "key_file": str(pair[1])}}
    if absent:
        settings["headers"] = {"absent": absent}
    if authgear_port:
        endpoint = f"http://127.0.0.1:{authgear_port}/_resolver/resolve"
        settings["authgear"] = {"endpoint": endpoint, **(authgear or {})}
    if store == "authgear":
        settings["sessions"] = {"store": "authgear"}
    elif sessions:
        settings["sessions"] = {
            "store": "redis", "app_id": APP, "redis": {"url": f"redis://127.0.0.1:{redis_port or run.redis_port}/0"}}
        if not session_cache:
            settings["sessions"]["cache"] = {"entries": 0}
    file = run.folder / f"{name}.yaml"
    file.write_text(json.dumps(settings, indent=2))
    return file


def printed(run, gateway):
    """The folder of the files that `gateway NAME` prints for the configuration, with the ports of the shipped ones."""
    folder = run.folder / f"printed-{gateway}"
    if not folder.exists():
        folder.mkdir()
        file = configuration(run, f"printed-{gateway}", 4180, 4181)
        subprocess.run([run.binary, "gateway", gateway, "--config", file, "--output", folder], check=True,
                       stdout=subprocess.DEVNULL)
    return folder


def start(run, name, takes_calls=False, speaks_tls=False, **options):
    """Starts the binary and waits until /readyz says that nothing is missing."""
    port, admin, calls = run.port(), run.port(), run.port() if takes_calls else None
    secured, pair = (run.port(), run.keyring.certify(run.folder)) if speaks_tls else (None, (None, None))
    file = configuration(run, name, port, admin, calls=calls, secured=secured, pair=pair, **options)
    process = run.start(name, [run.binary, "serve", "--config", file])
    process.wait_until(lambda: is_ready(admin))
    return run.server(process, port, admin=admin, calls=calls, secured=secured, certificate=pair[0],
                      socket=run.folder / f"{name}.sock")


def is_ready(admin):
    try:
        return get(admin, "/readyz?strict")[0] == 200
    except OSError:
        return False


def get(admin, path):
    """Status and body of an answer of the admin listener."""
    connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def metrics(admin):
    """Every sample of /metrics but those of histograms, by its name and labels."""
    _, text = get(admin, "/metrics")
    return {name + (labels or ""): float(value) for name, labels, value in SAMPLE.findall(text)
            if not name.endswith("_bucket")}


def longer(admin, histogram, bound):
    """How many of a histogram's took longer than one of its bounds, in seconds as /metrics writes it."""
    _, text = get(admin, "/metrics")
    counts = {le: int(count) for name, le, count in BUCKET.findall(text) if name == histogram}
    return counts["+Inf"] - counts[bound]


def many_issuers(run, count):
    """`count` issuers, each with keys of its own; the tokens' one stands in the middle."""
    folder = run.folder / "issuers"
    folder.mkdir(exist_ok=True)
    listed = []
    for number in range(count):
        if number == count // 2:
            listed.append({"issuer": tokens.ISSUER, "audiences": [tokens.ISSUER], "jwks_file": str(run.keyring.jwks)})
            continue
        issuer = f"https://project-{number}.authgear.cloud"
        file = folder / f"{number}.json"
        file.write_text(json.dumps({"keys": [run.keyring.fresh_ec_jwk(f"key-{number}")]}))
        listed.append({"issuer": issuer, "audiences": [issuer], "algorithms": ["ES256"], "jwks_file": str(file)})
    return listed
