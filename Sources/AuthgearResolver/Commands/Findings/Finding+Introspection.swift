import Authentication
import Bytes
import JOSE
import NIOCore
import NIOPosix
import Questions

extension Finding {
    /// What came of asking each introspection endpoint about a token that nobody was given, and with `probe` about one of our own.
    static func introspection(of configuration: Configuration) async -> [Finding] {
        var findings: [Finding] = []
        for issuer in configuration.issuers {
            guard let settings = issuer.introspectionSettings else { continue }
            let endpoint = IntrospectionEndpoint(
                settings, group: MultiThreadedEventLoopGroup.singleton, proxies: configuration.http.proxies)
            findings.append(await random(asked: endpoint))
            if settings.probes { findings.append(await own(asked: endpoint)) }
            await endpoint.shutdown()
            if settings.isInsecure {
                findings.append(
                    .hint(
                        on: "introspection.insecure of \(issuer.identifier)",
                        "tokens, and the client's secret, are sent over http, which others may read"))
            }
        }
        return findings
    }

    private static func random(asked endpoint: IntrospectionEndpoint) async -> Finding {
        let token = Array((0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined().utf8)
        let subject = "introspection \(endpoint.place)"
        let (reply, trouble) = await endpoint.askOnce(
            IntrospectionQuestion(about: token, digest: SHA256Digest(of: token.span.bytes), of: IssuerID(0)))
        return switch reply {
        case .inactive: Finding(subject, isSound: true, result: "reachable, and calls a random token inactive")
        case .active: Finding(subject, isSound: false, result: "calls a random token active")
        case .unknown: Finding(subject, isSound: false, result: trouble ?? "no answer")
        }
    }

    private static func own(asked endpoint: IntrospectionEndpoint) async -> Finding {
        let subject = "introspection.probe \(endpoint.place)"
        let (reply, trouble) = await endpoint.askOnce(nil)
        return switch reply {
        case .active: Finding(subject, isSound: true, result: "calls a token of our own active")
        case .inactive, .unknown: Finding(subject, isSound: false, result: trouble ?? "no answer")
        }
    }
}
