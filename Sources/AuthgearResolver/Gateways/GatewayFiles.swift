import Authentication
import Bytes
import EventLoop
import HTTP1

/// The files for a gateway, as text: what `nginx/` and `gateways/` have is what an almost empty configuration gives.
package struct GatewayFiles {
    /// The gateways whose files are known.
    package enum Gateway: String, CaseIterable, Sendable {
        case nginx, envoy, caddy, traefik, haproxy, openresty, kong, apisix, apache
    }

    /// Why there are none for a configuration.
    package struct Unsuitable: Error, CustomStringConvertible {
        package let description: String
    }

    package let all: [NginxFiles.Include]

    /// - Parameter isComplete: whether they hold for all configurations without further headers.
    package init(
        _ gateway: Gateway, _ configuration: Configuration, in place: GatewayPlace = .repository,
        isComplete: Bool = false
    ) throws(Unsuitable) {
        let address = try Self.address(for: gateway, of: configuration)
        let facts = GatewayFacts(
            configuration, asking: address, words: place.words(for: gateway), isComplete: isComplete)
        try Self.check(gateway, facts)
        try Self.check(gateway, configuration.clientCertificate?.rules.format)
        let asked = [address, gateway == .envoy ? facts.callAddress : nil].compactMap(\.self)
        for case .unix(let path) in asked where !path.utf8.allSatisfy(Self.isPlain) {
            throw Unsuitable(
                description: "listen: \(gateway.rawValue)'s files can't name the socket \(Reader.quote(path)); "
                    + "its path may have letters, digits and \(Self.plainMarks)")
        }
        guard gateway != .nginx else {
            all = NginxFiles(configuration, isComplete: isComplete).all
            return
        }
        all = Self.templates(of: gateway, facts).map { name, text in
            NginxFiles.Include(name: name, text: GatewayTemplate(text: text).filled(for: facts))
        }
    }

    /// What a gateway can't do is said here, and not found out by its operator.
    private static func check(_ gateway: Gateway, _ facts: GatewayFacts) throws(Unsuitable) {
        // A call has the client's own request whatever the configuration says.
        if facts.readsOriginal, gateway != .envoy || !facts.takesCallsAlone {
            switch (gateway, facts.original) {
            case (.envoy, .envoy), (.traefik, .traefik): break
            case (.envoy, _), (.traefik, _), (_, .envoy):
                let allowed = gateway == .envoy ? "envoy" : gateway == .traefik ? "traefik" : "nginx or traefik"
                throw Unsuitable(
                    description:
                        "original: \(gateway.rawValue) hands the client's own request on by original: \(allowed)")
            default: break
            }
        }
    }

    private static func check(
        _ gateway: Gateway, _ format: ClientCertificateRules.Format?
    ) throws(Unsuitable) {
        guard let format else { return }
        guard gateway == .nginx else {
            throw Unsuitable(
                description: "client_certificate: only nginx's files hand on a certificate that no client can make up")
        }
        guard format == .nginx else {
            throw Unsuitable(description: "client_certificate.format: nginx hands on a certificate by format: nginx")
        }
    }

    /// What means itself in every file, beside letters and digits.
    private static let plainMarks = "/._-+=@~"

    static func isPlain(_ byte: UInt8) -> Bool {
        byte.isDigit || (0x61...0x7A).contains(byte.lowercased) || plainMarks.utf8.contains(byte)
    }

    /// The first address that the gateway can ask by HTTP; nil: it asks by calls alone.
    private static func address(
        for gateway: Gateway, of configuration: Configuration
    ) throws(Unsuitable) -> ListenAddress? {
        let needsTCP = gateway == .traefik || gateway == .apache
        let usable =
            gateway == .nginx
            ? NginxFiles.cheapest(configuration.listen)
            : configuration.listen.first { address in if case .unix = address { !needsTCP } else { true } }
        if usable != nil || gateway == .envoy && !configuration.calls.isEmpty { return usable }
        let kind = needsTCP ? "a TCP address" : "an address"
        throw Unsuitable(
            description: "listen: \(gateway.rawValue) needs \(kind) where plain HTTP is spoken; "
                + "add one, such as 127.0.0.1:4180")
    }

    private static func templates(of gateway: Gateway, _ facts: GatewayFacts) -> [(String, String)] {
        switch gateway {
        case .nginx: []
        case .envoy:
            (facts.takesCallsAlone ? [] : EnvoyTexts.files) + (facts.callAddress == nil ? [] : EnvoyTexts.callFiles)
        case .caddy: CaddyTexts.files
        case .traefik: TraefikTexts.files + (facts.secureAddress == nil ? [] : TraefikTexts.securedFiles)
        case .haproxy: HAProxyTexts.files
        case .openresty: OpenRestyTexts.files
        case .kong: KongTexts.files
        case .apisix: APISIXTexts.files
        case .apache: ApacheTexts.files
        }
    }
}
