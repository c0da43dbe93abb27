"""Envoy: asks by HTTP or by gRPC, verifies tokens itself (`jwt_authn`), or asks nobody."""

import json

from .. import envoy as alone
from . import shipped

FOLDER = "gateways/envoy"
# Both filters of the shipped file, and where its routes say what is asked.
FILTERS = r"^ *# Takes away what the client says(?s:.*?)(?=^ *- name: envoy\.filters\.http\.router)"
ROUTES = r"^ *typed_per_filter_config:\n(?s:.*?)(?=^ *(?:#|- match:))"


def start(run, name, backend, asked=None, file="envoy.yaml", filters=None, edits=()):
    """`filters` are lines that take the place of those that ask."""
    if asked is None:
        edits = (shipped.Edit(file, FILTERS, (filters or "").replace("\\", r"\\")), shipped.Edit(file, ROUTES))
    return shipped.start(
        run, name, run.envoy, FOLDER,
        lambda root: ["-c", root / FOLDER / file, "--concurrency", 1, "--disable-hot-restart", "--log-level", "error"],
        backend, asked, edits)


def jwt_authn(run, name, backend):
    """Envoy's own check, with its cache of tokens, which sets those of the eight that claims alone make."""
    provider = alone.provider(run.keyring.rsa_jwks.read_text(), cached=True)
    filters = [{"name": "envoy.filters.http.jwt_authn", "typed_config": {
        "@type": alone.FILTERS + "http.jwt_authn.v3.JwtAuthentication",
        "providers": {"authgear": provider},
        "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "authgear"}}]}}]
    # JSON is YAML, on one line too.
    lines = "".join(f"{' ' * 18}- {json.dumps(each)}\n" for each in filters)
    return start(run, name, backend, filters=lines)
