import Authentication
import Bytes
import JOSE
import Questions

extension Finding {
    /// What came of asking each introspection endpoint about a token that nobody was given, and with `probe` about one of our own.
    static func introspection(of configuration: Configuration) async -> [Finding] {
        var findings: [Finding] = []
        for issuer in configuration.issuers {
            guard let settings = issuer.introspectionSettings else { continue }
            let endpoint = configuration.claimsEndpoint(settings)
            findings.append(await random(.introspection, asked: endpoint, "introspection \(endpoint.place)"))
            if settings.probes { findings.append(await own(asked: endpoint)) }
            await endpoint.shutdown()
            if settings.isInsecure {
                findings.append(
                    insecure(
                        "introspection", of: issuer.identifier, sends: "tokens, and the client's secret,"))
            }
        }
        return findings
    }

    /// What came of asking who knows cookies' sessions about values that nobody was given, and which endpoints may be asked over
    /// http.
    static func cookies(of configuration: Configuration) async -> [Finding] {
        var findings: [Finding] = []
        for cookie in configuration.cookies {
            let endpoint = configuration.claimsEndpoint(cookie.settings)
            findings.append(
                await random(.cookie, asked: endpoint, "cookie \(cookie.name) \(endpoint.place)"))
            await endpoint.shutdown()
            if cookie.limits.isInsecure {
                findings.append(insecure("cookies", of: cookie.name, sends: "cookies"))
            }
        }
        return findings
    }

    /// What came of asking each userinfo endpoint with a token that nobody was given, and which may be asked over http.
    static func userinfo(of configuration: Configuration) async -> [Finding] {
        var findings: [Finding] = []
        for issuer in configuration.issuers {
            guard let userinfo = issuer.userinfo, let settings = issuer.userinfoSettings else { continue }
            let endpoint = configuration.claimsEndpoint(settings)
            findings.append(await random(.userinfo, asked: endpoint, "userinfo \(endpoint.place)"))
            await endpoint.shutdown()
            if userinfo.limits.isInsecure {
                findings.append(insecure("userinfo", of: issuer.identifier, sends: "tokens"))
            }
            if userinfo.claims.wanted.isEmpty {
                findings.append(
                    .hint(
                        on: "userinfo of \(issuer.identifier)",
                        "is never asked: neither claims nor headers name what a token may lack"))
            }
        }
        return findings
    }

    /// What came of asking about a value that nobody was given.
    private static func random(
        _ purpose: AskedServer.Purpose, asked endpoint: ClaimsEndpoint, _ subject: String
    ) async -> Finding {
        let (reply, trouble) = await endpoint.askOnce(.made(about: ClaimsQuestion.madeUpValue, for: purpose))
        let noun = purpose == .cookie ? "value" : "token"
        return switch (reply, purpose) {
        case (.inactive, .introspection):
            Finding(subject, isSound: true, result: "reachable, and calls a random token inactive")
        case (.inactive, _): Finding(subject, isSound: true, result: "reachable, and refuses a random \(noun)")
        case (.active, .introspection): Finding(subject, isSound: false, result: "calls a random token active")
        case (.active, _):
            Finding(
                subject, isSound: false,
                result: "answers 200 to a random \(noun): such an answer says nothing about who is logged in")
        case (.unknown, _): Finding(subject, isSound: false, result: trouble ?? "no answer")
        }
    }

    /// What `insecure` means, where it is said.
    private static func insecure(_ section: String, of owner: String, sends what: String) -> Finding {
        .hint(on: "\(section).insecure of \(owner)", "\(what) are sent over http, which others may read")
    }

    private static func own(asked endpoint: ClaimsEndpoint) async -> Finding {
        let subject = "introspection.probe \(endpoint.place)"
        let (reply, trouble) = await endpoint.askOnce(nil)
        return switch reply {
        case .active: Finding(subject, isSound: true, result: "calls a token of our own active")
        case .inactive, .unknown: Finding(subject, isSound: false, result: trouble ?? "no answer")
        }
    }
}

extension ClaimsQuestion {
    /// A value that nobody was given, new each time.
    fileprivate static var madeUpValue: [UInt8] {
        Array((0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined().utf8)
    }

    /// A question that no request has asked.
    fileprivate static func made(about value: [UInt8], for purpose: AskedServer.Purpose) -> ClaimsQuestion {
        ClaimsQuestion(about: value, digest: SHA256Digest(of: value.span.bytes), of: AskedServer(purpose, of: 0))
    }
}
