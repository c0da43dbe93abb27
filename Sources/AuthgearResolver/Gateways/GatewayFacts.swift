import Authentication
import Bytes
import EventLoop
import HTTP1
import Worker

/// What a gateway has to know of a configuration.
struct GatewayFacts {
    /// The names of the access policies.
    let policies: [String]
    /// What stands once for each of several.
    let lists: [(word: String, values: [String])]
    let words: [(word: String, value: String)]
    let original: OriginalSource
    /// Whether anything needs the client's own request.
    let readsOriginal: Bool
    /// Where it takes calls of gRPC; nil where it does not.
    let callAddress: ListenAddress?
    /// Where it speaks TLS; nil where it does not.
    let secureAddress: ListenAddress?
    /// Whether it is asked by calls alone.
    let takesCallsAlone: Bool

    /// - Parameters:
    ///   - address: where the resolver is asked by HTTP; nil: nowhere.
    ///   - words: what no configuration says.
    ///   - isComplete: whether they hold for all configurations without further headers.
    init(
        _ configuration: Configuration, asking address: ListenAddress?, words others: [(String, String)],
        isComplete: Bool
    ) {
        policies = configuration.policies.map(\.name)
        original = configuration.readsOriginal ? configuration.original : .none
        readsOriginal = configuration.readsOriginal
        callAddress = configuration.calls.first.map { Self.reachable($0.address) }
        secureAddress = configuration.secured.first.map(Self.reachable)
        takesCallsAlone = address == nil
        let unanswered = isComplete ? [] : configuration.unanswered
        let answered = configuration.ownNames.filter { !unanswered.contains($0) }
        let extra = configuration.ownNames.filter { !$0.hasPrefix("x-authgear-") }
        let fields = Self.fields(configuration)
        lists = [
            ("%name%", configuration.ownNames),
            ("%answered%", answered), ("%canonical-answered%", answered.map(Self.canonical)),
            ("%extra%", extra),
            ("%pattern%", extra.map(Self.pattern)), ("%envoy-pattern%", extra.map(Self.envoyPattern)),
            ("%field%", fields),
        ]
        words =
            (address.map { Self.words(of: Self.reachable($0)) } ?? []) + (callAddress.map(Self.callWords) ?? [])
            + (secureAddress.map { [("%secure-address%", "\($0)")] } ?? [])
            + Self.words(of: original) + others
            + [
                ("%alternatives%", extra.map { "|" + Self.pattern($0) }.joined()),
                ("%go-alternatives%", extra.map { "|^\(Self.pattern($0))$" }.joined()),
                ("%traefik-fields%", fields.map { ", \($0)" }.joined()),
                ("%caddy-others%", extra.contains { $0.contains("-") } ? Self.caddyOthers : ""),
                ("%caddy-unanswered%", unanswered.isEmpty ? "" : Self.caddyUnanswered(unanswered)),
                ("%path%", original == .envoy ? "path_prefix" : "path_override"),
            ]
    }

    /// A name with capitals, as Go writes it and Caddy's placeholders have it.
    private static func canonical(_ name: String) -> String {
        name.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    /// A name in whatever spelling a backend may take for it.
    private static func pattern(_ name: String) -> String { name.replacing("-", with: "[^a-z0-9]") }

    /// The same for Envoy, where names are in lower case, and a regular expression has at most 100 instructions: one for each
    /// letter, three for each hyphen, or one where that may be any character.
    private static func envoyPattern(_ name: String) -> String {
        name.count(where: { $0 == "-" }) > 16 ? name.replacing("-", with: ".") : pattern(name)
    }

    /// Takes away what a backend may take for a name of the configuration's own, with Caddy's wildcards, which know no classes.
    private static let caddyOthers =
        """
        \t# With each name there are its other spellings, X-User_Email or X.User.Email: no name with such a character is handed on.

        """ + "_.~!#$%&'*+^`|".map { "\trequest_header -*\($0)*" }.joined(separator: "\n")

    /// Why some of our names are missing in the list below.
    private static func caddyUnanswered(_ names: [String]) -> String {
        """
        \t# No answer of this configuration says anything under \(names.joined(separator: ", ")):
        \t# what a client sends there is cleared above. Print this file again when you configure policies, csrf or assertion.
        """
    }

    /// Where a gateway on the same machine reaches an address.
    private static func reachable(_ address: ListenAddress) -> ListenAddress {
        switch address {
        case .tcp("0.0.0.0", let port): .tcp(host: "127.0.0.1", port: port)
        case .tcp("::", let port): .tcp(host: "::1", port: port)
        default: address
        }
    }

    /// The fields that are read beside those of every request. One that only the gateway may set is none of these.
    private static func fields(_ configuration: Configuration) -> [String] {
        var fields: [String] = []
        if let header = configuration.tokens.own?.header { fields.append(header) }
        if configuration.csrf != nil || configuration.preflight == .allow { fields.append("origin") }
        if configuration.preflight == .allow { fields.append("access-control-request-method") }
        if let csrf = configuration.csrf { fields += ["sec-fetch-site"] + [csrf.header].compactMap(\.self) }
        if configuration.login != nil { fields += ["sec-fetch-mode", "accept"] }
        if configuration.dpop != nil { fields.append("dpop") }
        if configuration.tracing != nil { fields += ["traceparent", "tracestate"] }
        return fields
    }

    /// An address as each kind of file writes it.
    private static func words(of address: ListenAddress) -> [(String, String)] {
        switch address {
        case .tcp(let host, let port):
            let isV6 = host.contains(":")
            return [
                ("%address%", "\(address)"), ("%caddy-address%", "\(address)"),
                ("%lua-address%", "\"\(host)\", \(port)"), ("%lua-host%", isV6 ? "\"[\(host)]\"" : "\"\(host)\""),
                ("%lua-port%", "\(port)"), ("%envoy-address%", envoy(address)),
            ]
        case .unix(let path):
            return [
                ("%address%", "unix:\(path)"), ("%caddy-address%", "unix/\(path)"),
                ("%lua-address%", "\"unix@\(path)\", nil"), ("%lua-host%", "\"unix:\(path)\""), ("%lua-port%", "nil"),
                ("%envoy-address%", envoy(address)),
            ]
        }
    }

    /// An address of calls; Envoy alone makes any.
    private static func callWords(of address: ListenAddress) -> [(String, String)] {
        [("%call-address%", "\(address)"), ("%envoy-call-address%", envoy(address))]
    }

    private static func envoy(_ address: ListenAddress) -> String {
        switch address {
        case .tcp(let host, let port):
            "socket_address: { address: \(host.contains(":") ? "\"\(host)\"" : host), port_value: \(port) }"
        case .unix(let path): "pipe: { path: \(path) }"
        }
    }

    /// How each kind of file hands on the client's own method and URI.
    private static func words(of original: OriginalSource) -> [(String, String)] {
        guard let prefix = original.fieldPrefix else {
            return ["haproxy", "caddy", "openresty", "apache"].map { ("%\($0)-original%", "") }
        }
        func lua(_ add: (String, String) -> String, _ method: String, _ uri: String) -> String {
            "    -- The client's own request.\n    \(add("\(prefix)-Method", method))\n    \(add("\(prefix)-URI", uri))"
        }
        let append = { (name: String, value: String) in "lines[#lines + 1] = \"\(name): \" .. \(value) .. \"\\r\\n\"" }
        let line = { (name: String, value: String) in "line(request, \"\(name)\", \(value))" }
        return [
            ("%haproxy-original%", lua(append, "txn.sf:method()", "txn.sf:pathq()")),
            (
                "%caddy-original%",
                "\theader_up \(prefix)-Method {method}\n\theader_up \(prefix)-URI {uri}"
            ),
            ("%openresty-original%", lua(line, "ngx.req.get_method()", "ngx.var.request_uri")),
            ("%apache-original%", lua(append, "r.method", "r.unparsed_uri")),
        ]
    }
}

extension Configuration {
    /// Those of our names that no answer has a value for.
    var unanswered: [String] {
        (policies.isEmpty ? unansweredWithoutPolicy : []) + (answersAssertion ? [] : [HeaderName.assertion])
    }

    /// Those that only answers to a policy's place have.
    var unansweredWithoutPolicy: [String] {
        csrf == nil ? AnswerHeaders.ofPolicies : [AnswerHeaders.allowed]
    }

    /// Whether an assertion stands under our own name.
    var answersAssertion: Bool { assertion?.signer.header == HeaderName.assertion }
}

extension OriginalSource {
    /// How the fields begin in which a gateway hands on the client's own method and URI; nil where there are none.
    var fieldPrefix: String? {
        switch self {
        case .none, .envoy: nil
        case .nginx: "X-Original"
        case .traefik: "X-Forwarded"
        }
    }
}
