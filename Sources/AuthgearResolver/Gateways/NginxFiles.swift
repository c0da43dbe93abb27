import Authentication
import Bytes
import EventLoop
import HTTP1
import JOSE

/// The files that nginx includes, as text; `nginx/` has those that are `shipped`.
package struct NginxFiles {
    /// A file for nginx.
    package struct Include: Hashable, Sendable {
        package let name: String
        package let text: String
    }

    /// The names that only the resolver may write, in the order of its answer; nginx sets or clears each in every include.
    private let names: [String]
    /// Those that no answer of this configuration has.
    private let absent: Set<String>
    /// Those that no answer to `/resolve` has.
    private let absentOnResolve: [String]
    /// Where the resolver listens, as nginx writes it.
    private let server: String
    /// What the resolver reads of a request because the configuration needs it: fields, and the variables they are made of.
    private let fields: [(name: String, variable: String)]

    /// - Parameter isComplete: whether they hold for all configurations without further headers.
    package init(_ configuration: Configuration, isComplete: Bool = false) {
        names = configuration.ownNames
        absent = isComplete || configuration.answersAssertion ? [] : [HeaderName.assertion]
        absentOnResolve = isComplete ? [AnswerHeaders.allowed] : configuration.unansweredWithoutPolicy
        fields = Self.fields(configuration)
        server = Self.cheapest(configuration.listen).map(Self.server) ?? "127.0.0.1:4180"
    }

    /// What `nginx/` has.
    package static var shipped: NginxFiles { NginxFiles(Configuration(), isComplete: true) }

    /// A Unix socket, where there is one: it costs all processes together less.
    static func cheapest(_ addresses: [ListenAddress]) -> ListenAddress? {
        addresses.first { if case .unix = $0 { true } else { false } } ?? addresses.first
    }

    /// Where a gateway on the same machine reaches an address.
    private static func server(at address: ListenAddress) -> String {
        let text = "\(address)"
        for (any, loopback) in [("0.0.0.0:", "127.0.0.1:"), ("[::]:", "[::1]:")] where text.hasPrefix(any) {
            return loopback + text.dropFirst(any.count)
        }
        return text
    }

    private static func fields(_ configuration: Configuration) -> [(name: String, variable: String)] {
        var fields: [(name: String, variable: String)] = []
        let own = { (name: String) in (name: name, variable: "$http_\(name.lowercased().replacing("-", with: "_"))") }
        if configuration.readsOriginal, let prefix = configuration.original.fieldPrefix {
            fields = [("\(prefix)-Method", "$request_method"), ("\(prefix)-URI", "$request_uri")]
        }
        if let header = configuration.tokens.own?.header { fields.append(own(header)) }
        if let csrf = configuration.csrf {
            fields += [own("Origin"), own("Sec-Fetch-Site")] + (csrf.header.map { [own($0)] } ?? [])
        }
        if configuration.preflight == .allow {
            fields += (configuration.csrf == nil ? [own("Origin")] : []) + [own("Access-Control-Request-Method")]
        }
        if configuration.login != nil { fields += [own("Sec-Fetch-Mode"), own("Accept")] }
        if configuration.dpop != nil { fields.append(own("DPoP")) }
        if configuration.tracing != nil { fields += [own("traceparent"), own("tracestate")] }
        if let certificate = configuration.clientCertificate {
            // Of this connection, and so never what the client sent under that name.
            fields.append((certificate.header, "$ssl_client_escaped_cert"))
        }
        return fields
    }

    package var all: [Include] {
        [
            Include(name: "auth_request.conf", text: including(Self.resolveHead, without: absentOnResolve)),
            Include(name: "require.conf", text: including(Self.requireHead, without: AnswerHeaders.ofPolicies)),
            Include(name: "policy.conf", text: including(Self.policyHead, without: []) + Self.forbidden),
            Include(name: "clear.conf", text: clearing),
            Include(name: "clear_others.conf", text: NginxTexts.clearOthers),
            Include(name: "clear_cookie.conf", text: NginxTexts.clearCookie),
            Include(name: "login.conf", text: NginxTexts.login),
            Include(name: "locations.conf", text: NginxTexts.locations(handingOn: fields)),
            Include(name: "upstream.conf", text: NginxTexts.upstream(server: server)),
        ]
    }

    /// What asks, and hands on what is answered.
    ///
    /// - Parameter missing: what the answers to this don't have. To look for it would cost nginx more than for what is there:
    ///   1.22 goes through all fields of the answer.
    private func including(_ head: String, without missing: [String]) -> String {
        let variables = names.enumerated().map { index, name in
            absent.contains(name) || missing.contains(name) ? nil : Self.variable(at: index, for: name)
        }
        return head
            + zip(names, variables).map { name, variable in
                variable.map { "auth_request_set \($0) $upstream_http_\(name.replacing("-", with: "_"));\n" } ?? ""
            }.joined() + Self.setting + NginxTexts.room(for: names)
            + zip(names, variables).map { "proxy_set_header \($0) \($1 ?? "\"\"");\n" }.joined()
            + Self.failing
    }

    private var clearing: String {
        Self.clearHead + NginxTexts.room(for: names) + names.map { "proxy_set_header \($0) \"\";\n" }.joined()
    }

    /// The variable that holds a header's value until the backend is asked. The names of others can't be those of ours. One of more
    /// than 46 characters is too long for nginx (`variables_hash_bucket_size` 64), so that long ones have a number.
    private static func variable(at index: Int, for name: String) -> String {
        let isOwn = HeaderName.answered.contains(name)
        let other = name.utf8.count > 30 ? "extra_\(index)" : "header_\(name)"
        let rest = isOwn ? String(name.dropFirst("x-authgear-".count)) : other
        return "$authgear_\(rest.replacing("-", with: "_"))"
    }
}

extension NginxFiles {
    private static let resolveHead = #"""
        # Tells the backend who is calling; strangers pass, without a name. Include in each location that proxies:
        #
        #     location / {
        #         include authgear/auth_request.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # This is for `proxy_pass` alone: `fastcgi_pass` and its like send the client's own fields on. See README.md.
        #
        # A location with a `proxy_set_header` of its own, as this file makes it, inherits none from the levels above: say there
        # again what you set in `server` or `http`.

        auth_request /_authgear/resolve;


        """#

    private static let requireHead = #"""
        # Tells the backend who is calling, and turns strangers away: they get the resolver's 401 with its WWW-Authenticate.
        # Include in each location that proxies:
        #
        #     location /account/ {
        #         include authgear/require.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # This is for `proxy_pass` alone: `fastcgi_pass` and its like send the client's own fields on. See README.md.
        #
        # A location with a `proxy_set_header` of its own, as this file makes it, inherits none from the levels above: say there
        # again what you set in `server` or `http`.

        auth_request /_authgear/require;


        """#

    private static let policyHead = #"""
        # Tells the backend who is calling, and turns away whom an access policy refuses: strangers with 401, others with the policy's 401
        # or 403 and its WWW-Authenticate. Include in each location that proxies, beside the policy's name (`policies` of the resolver's
        # configuration; one that it does not have lets nobody in):
        #
        #     location /orders/ {
        #         auth_request /_authgear/policy/orders/require;
        #         include authgear/policy.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # With `/resolve` in place of `/require` everybody comes in, and the backend must test that x-authgear-allowed is `true`.
        #
        # This is for `proxy_pass` alone: `fastcgi_pass` and its like send the client's own fields on. See README.md.
        #
        # A location with a `proxy_set_header` of its own, as this file makes it, inherits none from the levels above: say there
        # again what you set in `server` or `http`.


        """#

    private static let clearHead = #"""
        # For locations that ask nobody who is calling (assets, health checks): takes away what the client sent under the
        # resolver's names. A location that proxies has either this or auth_request.conf or require.conf.
        #
        #     location /public/ {
        #         include authgear/clear.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # This is for `proxy_pass` alone, as they are.
        #
        # A location with a `proxy_set_header` of its own, as this file makes it, inherits none from the levels above: say there
        # again what you set in `server` or `http`.


        """#

    private static let setting = #"""

        # When the answer does not have a field, its variable is empty, and nginx sends no such field to the backend, whatever
        # the client sent under that name. What no answer has here is empty at once.

        """#

    private static let failing = #"""

        # A 503 of the resolver as 503 with Retry-After instead of nginx's 500: see @authgear_error in locations.conf.
        auth_request_set $authgear_status $upstream_status;
        error_page 500 = @authgear_error;

        """#

    private static let forbidden = #"""

        # A 403 with the challenge that says what is missing: see @authgear_forbidden in locations.conf.
        auth_request_set $authgear_challenge $upstream_http_www_authenticate;
        error_page 403 = @authgear_forbidden;

        """#
}
