"""What is measured: each case is a server, the requests it gets, and what the project promises of its cost."""

import base64
import functools
import json
import secrets

from . import gateways, sessions
from .case import Case
from .run import lines_of
from .servers import apache, envoy, haproxy, nginx, resolver

YARDSTICK = "nginx-return-200"
# The same, told to read the whole request at once: harder to keep up with, and measured as often.
TUNED = "nginx-return-200-4k"
# As many tokens as a server that takes 20 µs for each can verify in a second, with some to spare.
UNSEEN_PER_SECOND = {"RS256": 45_000, "ES256": 22_000, "EdDSA": 15_000}
UNSEEN_SECONDS = 2
SESSIONS = 1_000


def at_most(ratio):
    return {"server": ratio}


CASES = (
    Case(YARDSTICK, "nginx, return 200 (the yardstick)", "nginx-200", "valid", group="yardstick"),
    Case(TUNED, "nginx, return 200, a head buffer of 4k", "nginx-200-4k", "valid", group="yardstick"),
    Case("nginx-return-200-none", "nginx, return 200, no credential sent", "nginx-200", "none", group="yardstick"),

    Case("none", "no credential", "resolver", "none", expects=None, limits=at_most(0.88)),
    Case("jwt-cached", "JWT, cached", "resolver", "valid", limits=at_most(0.95)),
    Case("jwt-cached-1000", "JWT, cached, 1,000 in turn", "resolver", "valid", 1_000, limits=at_most(0.95)),
    Case("jwt-cached-100000", "JWT, cached, 100,000 in turn", "resolver-100000", "valid", 100_000,
         limits=at_most(1.25)),
    Case("jwt-unseen", "RS256 JWT, never seen before", "resolver-unseen", "unseen-RS256", limits=at_most(2.9)),
    Case("jwt-unseen-es256", "ES256 JWT, never seen before", "resolver-unseen", "unseen-ES256"),
    Case("jwt-unseen-eddsa", "EdDSA JWT, never seen before", "resolver-unseen", "unseen-EdDSA"),
    Case("jwt-forged", "forged RS256 JWT, repeated", "resolver", "forged", expects="false", limits=at_most(1.10)),
    Case("session-cached", "session cookie, cached", "resolver", "session", limits=at_most(0.95)),
    Case("session-cached-1000", "session cookie, cached, 1,000 in turn", "resolver", "session", SESSIONS,
         limits=at_most(0.95)),
    Case("session-uncached", "session cookie, cache off, 1,000 in turn", "resolver-uncached", "session", SESSIONS,
         limits=at_most(1.75)),
    Case("session-uncached-shared", "session cookie, cache off, 500 at once for one", "resolver-uncached", "session",
         connections=500, limits=at_most(1.30)),
    Case("opaque-cached-1000", "opaque token, cached, 1,000 in turn", "resolver", "opaque", SESSIONS,
         limits=at_most(0.98)),
    Case("app-session-cached-1000", "app session, cached, 1,000 in turn", "resolver", "app-session", SESSIONS,
         limits=at_most(0.98)),
    Case("jwt-of-session-cached-1000", "JWT that ends with its session, cached, 1,000 in turn", "resolver-of-sessions",
         "jwt-of-session", SESSIONS, limits=at_most(0.98)),
    Case("authgear-cached-1000", "session cookie, no Redis, Authgear's answer in memory", "resolver-of-authgear", "session",
         SESSIONS, limits=at_most(0.98)),
    Case("opaque-uncached", "opaque token, cache off, 1,000 in turn", "resolver-uncached", "opaque", SESSIONS,
         limits=at_most(2.1)),
    Case("opaque-sso-uncached", "opaque token with single sign-on, cache off, 1,000 in turn", "resolver-uncached",
         "opaque-sso", SESSIONS, limits=at_most(2.5)),
    Case("opaque-made-up", "made-up opaque token, cache off, 1,000 in turn", "resolver-uncached", "made-up", SESSIONS,
         expects="false", limits=at_most(1.3)),
    Case("jwt-cached-500-issuers", "JWT, cached, 500 issuers", "resolver-500-issuers", "valid"),
    Case("jwt-unseen-500-issuers", "RS256 JWT, never seen before, 500 issuers", "resolver-500-issuers",
         "unseen-RS256"),

    Case("envoy-jwt-cached", "Envoy jwt_authn, its JWT cache on", "envoy-cached", "valid", group="other"),
    Case("envoy-jwt", "Envoy jwt_authn, no cache", "envoy", "valid", group="other"),
    Case("haproxy-jwt_verify", "HAProxy jwt_verify", "haproxy", "valid", group="other"),
    Case("apache-mod_auth_openidc", "Apache mod_auth_openidc", "apache", "valid", group="other"),
    Case("nginx-lua-redis", "nginx + Lua, one Redis GET", "nginx-lua", "session", SESSIONS, group="other"),

    *gateways.CASES,
)


SERVERS = {
    "nginx-200": lambda run, pool: nginx.yardstick(run),
    "nginx-200-4k": lambda run, pool: nginx.yardstick(run, "nginx-200-4k", "4k"),
    "backend": lambda run, pool: nginx.backend(run),
    "resolver": lambda run, pool: resolver.start(run, "resolver"),
    "resolver-100000": lambda run, pool: resolver.start(run, "resolver-100000"),
    "resolver-unseen": lambda run, pool: resolver.start(
        run, "resolver-unseen", algorithms=("RS256", "ES256", "EdDSA")),
    "resolver-uncached": lambda run, pool: resolver.start(run, "resolver-uncached", session_cache=False),
    "resolver-of-sessions": lambda run, pool: resolver.start(run, "resolver-of-sessions", session_check=True),
    "authgear": lambda run, pool: nginx.authgear(run),
    "resolver-of-authgear": lambda run, pool: resolver.start(
        run, "resolver-of-authgear", store="authgear", authgear_port=pool.get("authgear").port,
        authgear={"max_age": "1h"}),
    "resolver-500-issuers": lambda run, pool: resolver.start(
        run, "resolver-500-issuers", issuers=resolver.many_issuers(run, 500)),
    "envoy-cached": lambda run, pool: envoy.start(run, "envoy-cached", cached=True),
    "envoy": lambda run, pool: envoy.start(run, "envoy", cached=False),
    "haproxy": lambda run, pool: haproxy.start(run),
    "apache": lambda run, pool: apache.start(run),
    "nginx-lua": lambda run, pool: nginx.lua_redis(run),
    "resolver-calls": lambda run, pool: resolver.start(run, "resolver-calls", takes_calls=True),
    "resolver-tls": lambda run, pool: resolver.start(run, "resolver-tls", speaks_tls=True),
    "resolver-absent": lambda run, pool: resolver.start(run, "resolver-absent", absent="empty"),
    **gateways.SERVERS,
}


class Pool:
    """The servers of a run, each started when it is first asked for."""

    def __init__(self, run):
        self.run = run
        self.started = {}

    def get(self, name):
        if name not in self.started:
            self.started[name] = SERVERS[name](self.run, self)
        return self.started[name]


class Source:
    """Where the header lines of the cases come from."""

    def __init__(self, run):
        self.run = run

    def lines(self, case, round_number, rounds, seconds):
        """The file and the first line and number of lines that a case sends in a round."""
        if case.requests == "none":
            return None, 0, 1
        if case.is_unseen:
            count = UNSEEN_PER_SECOND[case.algorithm] * min(seconds, UNSEEN_SECONDS)
            file = self.run.tokens.file(case.requests.lower(), case.algorithm, count * rounds)
            return file, count * round_number, count
        if case.requests in ("session", "opaque", "app-session", "opaque-sso", "jwt-of-session", "made-up"):
            return self.stored(case.requests), 0, case.count
        kind = "forged" if case.requests == "forged" else "RS256"
        return self.run.tokens.file(case.requests, kind, case.count), 0, case.count

    @functools.cache
    def stored(self, kind):
        """The file of credentials of a kind, whose records are in Redis."""
        file = self.run.folder / f"{kind}.txt"
        _ = self.run.redis_port
        if kind == "session":
            sessions.store_sessions(self.run.redis, SESSIONS, file)
            return file
        made = []
        if kind == "made-up":
            lines = [f"Authorization: Bearer {secrets.token_hex(16)}" for _ in range(SESSIONS)]
        elif kind == "jwt-of-session":
            lines = lines_of(self.run.tokens.file("valid", "RS256", SESSIONS), SESSIONS)
            claims = [json.loads(base64.urlsafe_b64decode(line.split(".")[1] + "==")) for line in lines]
            made = [sessions.Grant(jti=each["jti"], user=each["sub"]) for each in claims]
        else:
            sso = kind == "opaque-sso"
            made = [sessions.Grant(session=sessions.Session() if sso else None) for _ in range(SESSIONS)]
            beginning = "Cookie: app_session=" if kind == "app-session" else "Authorization: Bearer "
            lines = [beginning + grant.token for grant in made]
        sessions.store(self.run.redis, made, lines, file)
        return file
