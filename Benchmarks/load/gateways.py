"""The cases with a gateway in front: what asking costs it and the one who is asked, together.

Each is compared with the same gateway that asks nobody, in the same round.
"""

from .case import Case
from .servers import nginx
from .servers.gateways import apache, caddy, envoy, haproxy, openresty, traefik


def case(name, title, **more):
    return Case(f"gateway-{name}", title, f"gateway-{name}", "valid", expects=None, group="gateway", **more)


def ours(name, title, plain, at_most=None, **more):
    """A gateway that asks the resolver. `at_most` is the highest promised ratio of both to the gateway alone."""
    return case(name, title, plain=f"gateway-{plain}-plain", asks=True, has_places=True, chain_at_most=at_most,
                **more)


def own(name, title, plain):
    """A gateway that does itself what it can of the resolver's work."""
    return case(name, title, plain=f"gateway-{plain}-plain", checks=True)


CASES = (
    Case("gateway-plain", "nginx, no auth", "gateway-plain", "valid", expects=None, group="gateway"),
    Case("gateway-tcp", "nginx, resolver over TCP", "gateway-tcp", "valid", expects=None, group="gateway",
         plain="gateway-plain", asks=True, chain_at_most=2.15),
    Case("gateway-unix", "nginx, resolver over a Unix socket", "gateway-unix", "valid", expects=None, group="gateway",
         plain="gateway-plain", asks=True, chain_at_most=1.9, limits={"resolver": 0.80}),
    Case("gateway-unkept", "nginx, resolver over TCP, no keep-alive", "gateway-unkept", "valid", expects=None,
         group="gateway", plain="gateway-plain", asks=True),
    Case("gateway-nginx-unix", "nginx, another nginx asked over a Unix socket", "gateway-nginx-unix", "valid",
         expects=None, group="gateway", plain="gateway-plain", asks=True),

    case("openresty-plain", "nginx with Lua, no auth"),
    ours("openresty", "nginx with Lua, resolver over TCP", "openresty"),

    case("envoy-plain", "Envoy, no auth"),
    ours("envoy", "Envoy, ext_authz over HTTP/2", "envoy", 2.15),
    ours("envoy-grpc", "Envoy, ext_authz over gRPC", "envoy", 2.4),
    own("envoy-jwt_authn", "Envoy, its own jwt_authn with a cache", "envoy"),

    case("haproxy-plain", "HAProxy 2.6, no auth"),
    ours("haproxy", "HAProxy 2.6, Lua", "haproxy", adds_at_most="gateway-haproxy-jwt_verify"),
    ours("haproxy-unix", "HAProxy 2.6, Lua over a Unix socket", "haproxy", adds_at_most="gateway-haproxy-jwt_verify"),
    own("haproxy-jwt_verify", "HAProxy 2.6, its own jwt_verify", "haproxy"),
    case("haproxy-2.8-plain", "HAProxy 2.8, no auth"),
    ours("haproxy-2.8", "HAProxy 2.8, Lua", "haproxy-2.8", adds_at_most="gateway-haproxy-2.8-jwt_verify"),
    own("haproxy-2.8-jwt_verify", "HAProxy 2.8, its own jwt_verify", "haproxy-2.8"),

    case("caddy-plain", "Caddy 2.6, no auth"),
    ours("caddy", "Caddy 2.6, forward_auth", "caddy", 2.15),
    ours("caddy-unix", "Caddy 2.6, forward_auth over a Unix socket", "caddy", 2.15),
    case("caddy-2.11-plain", "Caddy 2.11, no auth"),
    ours("caddy-2.11", "Caddy 2.11, forward_auth", "caddy-2.11"),
    ours("caddy-2.11-at-once", "Caddy 2.11, all fields at once", "caddy-2.11", 2.0),
    ours("caddy-2.11-at-once-unix", "Caddy 2.11, all fields at once over a Unix socket", "caddy-2.11", 2.0),

    case("traefik-plain", "Traefik, no auth"),
    ours("traefik", "Traefik, forwardAuth through a loopback entry point", "traefik", 5.0),
    ours("traefik-h2", "Traefik, forwardAuth over HTTP/2", "traefik", 2.2),

    case("apache-plain", "Apache, no auth"),
    ours("apache", "Apache, mod_lua", "apache", 2.6),
)


def plain(start, **options):
    """What starts a gateway that asks nobody."""
    return lambda run, pool, name: start(run, name, pool.get("backend"), **options)


def asking(start, resolver="resolver", **options):
    """What starts one that asks this resolver."""
    return lambda run, pool, name: start(run, name, pool.get("backend"), pool.get(resolver), **options)


def nginx_gateway(run, name, backend, asked=None, auth=nginx.printed_auth, address=nginx.over_tcp):
    parts = auth(run, address(asked)) if asked else ("", "", "")
    server = nginx.gateway(run, name, parts, backend.port)
    if asked:
        server.beside = {"resolver": asked.process}
    return server


HAPROXY_2_8, CADDY_2_11 = {"program": haproxy.from_pypi}, {"program": caddy.from_pypi}
STARTS = {
    "plain": plain(nginx_gateway),
    "tcp": asking(nginx_gateway),
    "unix": asking(nginx_gateway, address=nginx.over_unix),
    "unkept": asking(nginx_gateway, auth=nginx.unkept_auth),
    "nginx-unix": asking(nginx_gateway, "nginx-200", address=nginx.over_unix),
    "openresty-plain": plain(openresty.start),
    "openresty": asking(openresty.start),
    "envoy-plain": plain(envoy.start),
    "envoy": asking(envoy.start),
    "envoy-grpc": asking(envoy.start, "resolver-calls", file="envoy-grpc.yaml"),
    "envoy-jwt_authn": plain(envoy.jwt_authn),
    "haproxy-plain": plain(haproxy.start),
    "haproxy": asking(haproxy.start),
    "haproxy-unix": asking(haproxy.start, address=haproxy.over_unix),
    "haproxy-jwt_verify": plain(haproxy.jwt_verify),
    "haproxy-2.8-plain": plain(haproxy.start, **HAPROXY_2_8),
    "haproxy-2.8": asking(haproxy.start, **HAPROXY_2_8),
    "haproxy-2.8-jwt_verify": plain(haproxy.jwt_verify, **HAPROXY_2_8),
    "caddy-plain": plain(caddy.start),
    "caddy": asking(caddy.start, "resolver-absent"),
    "caddy-unix": asking(caddy.start, "resolver-absent", address=caddy.over_unix),
    "caddy-2.11-plain": plain(caddy.start, **CADDY_2_11),
    "caddy-2.11": asking(caddy.start, **CADDY_2_11),
    "caddy-2.11-at-once": asking(caddy.start, "resolver-absent", edits=caddy.AT_ONCE, **CADDY_2_11),
    "caddy-2.11-at-once-unix": asking(
        caddy.start, "resolver-absent", edits=caddy.AT_ONCE, address=caddy.over_unix, **CADDY_2_11),
    "traefik-plain": plain(traefik.start),
    "traefik": asking(traefik.start),
    "traefik-h2": asking(traefik.start, "resolver-tls", variant=traefik.over_http2),
    "apache-plain": plain(apache.start),
    "apache": asking(apache.start),
}


def started(name, start):
    return lambda run, pool: start(run, pool, name)


SERVERS = {f"gateway-{name}": started(f"gateway-{name}", start) for name, start in STARTS.items()}
