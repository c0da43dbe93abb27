/// A row of the table of rules: what a rule looks for in a kind of configuration, and what to do about it.
package struct LintRow: Hashable, Sendable {
    package var rule: LintRule
    package var kind: LintKind
    package var what: String
    package var remedy: String

    private init(_ rule: LintRule, _ kind: LintKind, _ what: String, _ remedy: String) {
        self.rule = rule
        self.kind = kind
        self.what = what
        self.remedy = remedy
    }

    package static func row(of rule: LintRule, in kind: LintKind) -> LintRow? {
        table.first { $0.rule == rule && $0.kind == kind }
    }

    /// By rule, and by kind.
    package static let table: [LintRow] =
        clientFields + credentials + connections + outages
}

extension LintRow {
    private static let through = "a place that proxies lets the client's own fields through"
    private static let partly = "a name of the resolver's is neither set nor cleared, so that the client's own arrives"

    /// What lets a client's own fields through.
    private static let clientFields = [
        LintRow(
            .unguarded, .nginx, through,
            "include auth_request.conf, require.conf, policy.conf or clear.conf there, or call guard or clear"),
        LintRow(.unguarded, .caddy, through, "import authgear or authgear_clear before it, inside route"),
        LintRow(
            .unguarded, .traefik, through,
            "name authgear-resolve, authgear-require or authgear-clear in its middlewares"),
        LintRow(
            .unguarded, .haproxy, through, "http-request del-header ^x[^a-z0-9]authgear[^a-z0-9] -m reg in the frontend"
        ),
        LintRow(
            .unguarded, .envoy, through, "put authgear.clear of gateways/envoy/envoy.yaml first in its http_filters"),
        LintRow(.unguarded, .apache, through, "LuaHookAccessChecker authgear.lua ask, in a Location \"/\""),
        LintRow(.unguarded, .kong, through, "give it the plug-in authgear, with mode: clear where nobody is asked"),
        LintRow(.unguarded, .apisix, through, "give it the plug-in authgear, with mode: clear where nobody is asked"),
        LintRow(
            .notCleared, .caddy, "what the client says under the resolver's names stays where the answer has none",
            "request_header -*authgear* before forward_auth, inside route"),
        LintRow(
            .notCleared, .traefik, "what the client says under other names that begin so stays",
            "authResponseHeadersRegex: \"(?i)^x[^a-z0-9]authgear[^a-z0-9]\""),
        LintRow(
            .notCleared, .haproxy, "what the client says under the resolver's names stays where the answer has none",
            "http-request del-header ^x[^a-z0-9]authgear[^a-z0-9] -m reg before it"),
        LintRow(
            .notCleared, .envoy, "what the client says under the resolver's names stays where the answer has none",
            "put authgear.clear of gateways/envoy/envoy.yaml (header_mutation, remove_on_match) before ext_authz"),
        LintRow(.nameNotSet, .nginx, partly, "set it from the answer, or to \"\", beside the others"),
        LintRow(.nameNotSet, .caddy, partly, "name it in copy_headers, and clear it before"),
        LintRow(
            .nameNotSet, .traefik, partly, "have authResponseHeadersRegex match it, or customRequestHeaders clear it"),
        LintRow(.nameNotSet, .haproxy, partly, "have del-header match it, and the script set it"),
        LintRow(.nameNotSet, .envoy, partly, "name it in allowed_upstream_headers, and have remove_on_match match it"),
        LintRow(.nameNotSet, .apache, partly, "have the hook set it, or RequestHeader unset it"),
        LintRow(
            .order, .caddy, "the clearing comes after the question, and takes the answer away",
            "write both inside route, the clearing first"),
        LintRow(
            .order, .traefik, "the clearing comes after the question, and takes the answer away",
            "name only the one that asks: it clears by itself"),
        LintRow(
            .order, .haproxy, "the clearing comes after the question, and takes the answer away",
            "put del-header before everything that asks"),
        LintRow(
            .order, .envoy, "the clearing comes after the question, and takes the answer away",
            "put the filter that clears before ext_authz"),
        LintRow(
            .underscores, .nginx,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "leave underscores_in_headers off and ignore_invalid_headers on"),
        LintRow(
            .underscores, .caddy,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "request_header -*authgear*"),
        LintRow(
            .underscores, .traefik,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "http.aliasHeadersStrategy: delete at each entry point that is open to clients"),
        LintRow(
            .underscores, .haproxy,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "http-request del-header ^x[^a-z0-9]authgear[^a-z0-9] -m reg"),
        LintRow(
            .underscores, .envoy,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "remove_on_match: { key_matcher: { safe_regex: { regex: \"(?i)x[^a-z0-9]authgear[^a-z0-9].*\" } } }"),
        LintRow(
            .underscores, .apache,
            "spellings such as x_authgear_user_id pass, which backends can't tell from the resolver's names",
            "LuaHookAccessChecker authgear.lua ask, with AUTHGEAR=nobody where nobody is asked"),
        LintRow(
            .inheritedHeaders, .nginx,
            "a proxy_set_header, or auth_request_set, of its own drops all that it would inherit, the resolver's names among them",
            "include one of the files in this very location"),
        LintRow(
            .otherPass, .nginx, "proxy_set_header is for proxy_pass alone, so the client's own fields go on here",
            "set each name in this module's words too (fastcgi_param HTTP_X_AUTHGEAR_USER_ID $authgear_user_id;), or guard by Lua"
        ),
    ]

    /// What makes an answer another's, or nobody's.
    private static let credentials = [
        LintRow(
            .answerCache, .nginx,
            "the key of the answers' cache leaves out a credential, so that one caller gets another's answer",
            "proxy_cache off; in the place that asks: the resolver remembers by itself"),
        LintRow(
            .answerCache, .haproxy,
            "the key of the answers' cache leaves out a credential, so that one caller gets another's answer",
            "no cache-use on the way to the resolver"),
        LintRow(
            .answerCache, .envoy, "a cache before the question answers one caller with another's page",
            "put it behind ext_authz, or leave it out"),
        LintRow(
            .credentialNotSent, .nginx, "the resolver does not get a field that credentials stand in",
            "proxy_set_header Authorization $http_authorization; and Cookie $http_cookie; in the place that asks"),
        LintRow(
            .credentialNotSent, .caddy, "the resolver does not get a field that credentials stand in",
            "leave Cookie and Authorization in forward_auth as they are"),
        LintRow(
            .credentialNotSent, .traefik, "the resolver does not get a field that credentials stand in",
            "authRequestHeaders: [Authorization, Cookie, User-Agent]"),
        LintRow(
            .credentialNotSent, .haproxy, "the resolver does not get a field that credentials stand in",
            "have the script send authorization and cookie"),
        LintRow(
            .credentialNotSent, .envoy, "the resolver does not get a field that credentials stand in",
            "name authorization and cookie in allowed_headers"),
        LintRow(
            .rawHeaders, .envoy, "bytes that are no UTF-8 are lost on the way to the resolver",
            "encode_raw_headers: true"),
    ]

    /// What costs a connection or a wait.
    private static let connections = [
        LintRow(
            .noKeptConnection, .nginx, "each request opens a connection",
            "proxy_http_version 1.1; proxy_set_header Connection \"\"; and proxy_pass to an upstream with keepalive, without a variable"
        ),
        LintRow(
            .noKeptConnection, .caddy, "each request opens a connection",
            "keepalive 60s in the transport of forward_auth"),
        LintRow(
            .noKeptConnection, .traefik, "nearly each request opens a connection",
            "ask through an entry point on loopback whose service has a serversTransport with maxIdleConnsPerHost"),
        LintRow(
            .noKeptConnection, .haproxy, "nearly each request opens a connection",
            "load gateways/haproxy/authgear.lua, which keeps its sockets"),
        LintRow(
            .noKeptConnection, .envoy, "each request opens a connection",
            "no max_requests_per_connection in the resolver's cluster"),
        LintRow(
            .noTimeout, .nginx, "a resolver that hangs holds the client for a minute",
            "proxy_connect_timeout 1s; proxy_send_timeout 2s; proxy_read_timeout 5s; in the place that asks"),
        LintRow(
            .noTimeout, .caddy, "a resolver that hangs holds the client for minutes",
            "transport http { dial_timeout 1s write_timeout 2s response_header_timeout 5s } in forward_auth"),
        LintRow(
            .noTimeout, .traefik,
            "a resolver that hangs holds the client for half a minute, which forwardAuth has fixed",
            "ask through an entry point on loopback whose service has a serversTransport with forwardingTimeouts"),
        LintRow(
            .noTimeout, .haproxy, "what hangs holds the client without an end",
            "timeout connect, timeout client and timeout server; socket:settimeout in the script"),
        LintRow(
            .noTimeout, .envoy, "a resolver that hangs holds the client, or is given up before it has decided",
            "timeout: 5s in server_uri or grpc_service"),
    ]

    /// What turns an outage into something else than 503.
    private static let outages = [
        LintRow(
            .outage, .nginx, "an outage of the resolver is not answered with 503",
            "error_page 500 = @authgear_error; where it proxies, and no error_page of others where the resolver is asked"
        ),
        LintRow(
            .outage, .caddy, "an outage of the resolver is answered with 502",
            "handle_errors { import authgear_errors } in the site"),
        LintRow(
            .outage, .traefik, "an outage of the resolver is answered with 500",
            "ask through an entry point on loopback whose router has the middleware errors with statusRewrites to 503"),
        LintRow(
            .outage, .haproxy, "an outage of the resolver is not answered with 503",
            "http-request return status 503 hdr Retry-After 1 unless { var(txn.authgear_status) -m int 200 }"),
        LintRow(.outage, .envoy, "an outage of the resolver is answered with 403", "status_on_error: { code: 503 }"),
        LintRow(.failureModeAllow, .envoy, "an outage of the resolver lets everybody in", "failure_mode_allow: false"),
    ]
}
