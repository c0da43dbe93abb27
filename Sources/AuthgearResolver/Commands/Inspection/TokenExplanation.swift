import Bytes
import JOSE

/// What `inspect --explain` says of a token's checks: a sentence each, with what was found and what was wanted.
struct TokenExplanation {
    let facts: TokenFacts
    /// Whose tokens are accepted; empty when only the signature counts.
    let issuers: [TrustedIssuer]
    /// Nil when there are none that can be used.
    let keys: KeySet?
    let maximumTokenBytes: Int
    /// The proofs of possession that the service checks.
    let methods: KeyBinding.Methods
    let now: Timestamp

    /// The checks up to the one that failed, a line each.
    func lines(on checks: [TokenCheck]) -> String {
        checks.map { check in
            switch check.outcome {
            case .passed: sentence(on: check.check, passed: true).passed
            case .failed: sentence(on: check.check, passed: false).failed(check.check.reason)
            case .notReached, .skipped: ""
            }
        }.joined()
    }

    /// What the check looked at.
    private func sentence(on check: TokenRefusal, passed: Bool) -> CheckSentence {
        formSentence(on: check, passed: passed) ?? claimSentence(on: check, passed: passed)
            ?? keySentence(on: check, passed: passed)
    }

    /// Steps 1 and 2: form and header.
    private func formSentence(on check: TokenRefusal, passed: Bool) -> CheckSentence? {
        let base64URL = passed ? "strict base64url" : "something else"
        let object = "one JSON object of at most 256 names, none of them twice"
        switch check {
        case .tooLong:
            return CheckSentence(
                subject: "length", found: "\(facts.byteCount) bytes",
                wanted: "at most \(ByteSize.text(maximumTokenBytes))")
        case .notThreeParts:
            return CheckSentence(
                subject: "parts", found: "\(facts.partCount)",
                wanted: "3, which dots divide: header, payload, signature")
        case .headerNotBase64URL: return CheckSentence(subject: "header", found: base64URL, wanted: "strict base64url")
        case .payloadNotBase64URL:
            return CheckSentence(subject: "payload", found: base64URL, wanted: "strict base64url")
        case .signatureNotBase64URL:
            return CheckSentence(subject: "signature", found: base64URL, wanted: "strict base64url")
        case .headerMalformed: return CheckSentence(subject: "header", found: passed ? object : "none", wanted: object)
        case .algorithmUnknown:
            let names = Algorithm.allCases.map { "\($0.name)" }.joined(separator: ", ")
            return CheckSentence(subject: "alg", found: header("alg"), wanted: "one of \(names)")
        case .criticalExtension: return CheckSentence(subject: "crit", found: header("crit"), wanted: "none")
        case .unencodedPayload: return CheckSentence(subject: "b64", found: header("b64"), wanted: "none")
        case .typeUnsuitable:
            return CheckSentence(subject: "typ", found: header("typ"), wanted: "none, \"JWT\" or \"at+jwt\"")
        default: return nil
        }
    }

    /// Steps 3 to 5: what the payload claims.
    private func claimSentence(on check: TokenRefusal, passed: Bool) -> CheckSentence? {
        let object = "one JSON object of at most 256 names, none of them twice"
        switch check {
        case .payloadMalformed:
            return CheckSentence(subject: "payload", found: passed ? object : "none", wanted: object)
        case .issuerMissing: return CheckSentence(subject: "iss", found: claim("iss"), wanted: "a string")
        case .issuerUnknown:
            return CheckSentence(subject: "iss", found: claim("iss"), wanted: oneOf(issuers.map(\.identifier)))
        case .algorithmNotAllowed:
            let allowed = Algorithm.allCases.filter { issuer?.algorithms.contains($0) ?? false }.map { "\($0.name)" }
            return CheckSentence(
                subject: "alg", found: header("alg"),
                wanted: "one that is allowed for the issuer: \(allowed.joined(separator: ", "))")
        case .expiryMissing: return CheckSentence(subject: "exp", found: claim("exp"), wanted: "a number")
        case .expired:
            return CheckSentence(subject: "exp", found: time("exp"), wanted: "a time that has not passed\(leeway)")
        case .notBeforeMalformed: return CheckSentence(subject: "nbf", found: claim("nbf"), wanted: "none, or a number")
        case .notYetValid:
            return CheckSentence(subject: "nbf", found: time("nbf"), wanted: "none, or a time that has come\(leeway)")
        case .issuedAtMalformed: return CheckSentence(subject: "iat", found: claim("iat"), wanted: "none, or a number")
        case .issuedInFuture:
            return CheckSentence(subject: "iat", found: time("iat"), wanted: "none, or a time that has come\(leeway)")
        case .audienceMissing:
            return CheckSentence(subject: "aud", found: claim("aud"), wanted: "a string, or an array of strings")
        case .audienceUnknown:
            return CheckSentence(subject: "aud", found: claim("aud"), wanted: oneOf(issuer?.audiences ?? []))
        case .subjectMissing:
            return CheckSentence(subject: "sub", found: claim("sub"), wanted: "a string that is not empty")
        default: return kindSentence(on: check, passed: passed)
        }
    }

    /// The end of step 5: whether the token is one that its bearer may use.
    private func kindSentence(on check: TokenRefusal, passed: Bool) -> CheckSentence? {
        switch check {
        case .requiredClaim:
            let names = issuer?.claims.places.required.map { String(decoding: $0.name, as: UTF8.self) } ?? []
            return CheckSentence(
                subject: "required claims", found: names.map { "\($0) \(claim($0))" }.joined(separator: ", "),
                wanted: names.isEmpty ? "none" : "what required_claims, or the issuer's profile, says")
        case .userIDMissing:
            return CheckSentence(
                subject: "the user's id", found: passed ? "one" : "none",
                wanted: "a string that is not empty, in the claim that the issuer's claims, or its profile, name")
        case .notAccessToken:
            return CheckSentence(
                subject: "typ and token_use in the payload", found: "\(claim("typ")) and \(claim("token_use"))",
                wanted: "none, or what an access token has: no ID, refresh or logout token")
        case .confirmationUnknown:
            return CheckSentence(
                subject: "cnf", found: claim("cnf"), wanted: "none, or an object with jkt, x5t#S256 or both\(ignored)")
        case .confirmationUnchecked:
            return CheckSentence(
                subject: "cnf", found: claim("cnf"),
                wanted: "none: a token that is bound to a key is no bearer token\(ignored)\(needed)")
        case .tokenIDUnsuitable:
            let wanted = "64 lowercase hexadecimal digits, an access grant's hash"
            return CheckSentence(
                subject: "jti", found: facts.payload["jti"].map { Self.shown($0, limit: 9) } ?? "none",
                wanted: issuer?.sessionCheck == .grant ? wanted : "anything: the issuer's session_check is none")
        default: return nil
        }
    }

    /// With what the service takes a bound token.
    private var needed: String {
        guard issuer?.confirmation == .check, let text = facts.payload["cnf"] else { return "" }
        let names = String(decoding: text, as: UTF8.self)
        var proofs: [String] = []
        if names.contains(#""jkt""#) {
            proofs.append(
                methods.contains(.proof)
                    ? "the scheme DPoP and a proof by the key of jkt, new for each request" : "the section dpop")
        }
        if names.contains(#""x5t#S256""#) {
            proofs.append(
                methods.contains(.certificate)
                    ? "the client's certificate, which the gateway hands on" : "the section client_certificate")
        }
        return proofs.isEmpty ? "" : "; it needs " + proofs.joined(separator: ", and ")
    }

    private var ignored: String { issuer?.confirmation == .ignore ? "; the issuer's confirmation is ignore" : "" }

    /// Steps 6 and 7: the key and its signature.
    private func keySentence(on check: TokenRefusal, passed: Bool) -> CheckSentence {
        switch check {
        case .keyIDMalformed:
            return CheckSentence(subject: "kid", found: header("kid"), wanted: "none, or a string of at most 256 bytes")
        case .keyUnknown: return CheckSentence(subject: "kid", found: header("kid"), wanted: "one of the keys' \(kids)")
        case .keyAmbiguous:
            return CheckSentence(
                subject: "key", found: passed ? "at most one for this alg" : "several for this alg",
                wanted: "one: a kid, or a key without others beside it")
        case .keyUnfit:
            return CheckSentence(
                subject: "key",
                found: passed ? "one for \(header("alg"))" : "one that is for another alg or can't be used",
                wanted: "one whose kty, crv, alg, use and key_ops allow \(header("alg"))")
        case .signatureLength:
            let found = facts.signatureByteCount.map { "\($0) bytes" } ?? "none"
            return CheckSentence(
                subject: "signature", found: found, wanted: "as many bytes as the key's signatures have")
        default:
            assert(check == .signatureWrong, "each check has a sentence of its own")
            return CheckSentence(
                subject: "signature", found: passed ? "the key's, over these bytes" : "not the key's over these bytes",
                wanted: "the key's")
        }
    }
}

// What was found, in words.
extension TokenExplanation {
    /// The configured issuer that the token names.
    private var issuer: TrustedIssuer? {
        issuers.first { $0.identifier == facts.issuer }
    }

    private var leeway: String {
        issuer.map { ", with a leeway of \($0.leeway.text)" } ?? ""
    }

    private var kids: String {
        guard let keys else { return "that can be used: there are none" }
        return keys.keys.map { key in key.kid.map { "\"\(String(printable: $0))\"" } ?? "(none)" }
            .joined(separator: ", ")
    }

    private func header(_ name: String) -> String {
        facts.header[name].map { Self.shown($0) } ?? "none"
    }

    private func claim(_ name: String) -> String {
        facts.payload[name].map { Self.shown($0) } ?? "none"
    }

    private func oneOf(_ texts: [[UInt8]]) -> String {
        let shown = texts.prefix(10).map { "\"\(String(printable: $0))\"" }.joined(separator: ", ")
        return (texts.count == 1 ? "" : "one of ") + shown + (texts.count > 10 ? ", …" : "")
    }

    /// `2026-11-21T05:00:00.000Z, 3m ago`
    private func time(_ name: String) -> String {
        guard let moment = facts.time(named: name) else { return "none" }
        return moment.distance(from: now) ?? claim(name)
    }

    /// A JSON text on one line, its quotes kept.
    private static func shown(_ json: [UInt8], limit: Int = 200) -> String {
        let bytes = json.prefix(limit).map { $0.isPrintable ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self) + (json.count > limit ? "…" : "")
    }
}

/// What one check is about, what it found, and what would be right, for a person.
struct CheckSentence {
    var subject: String
    var found: String
    var wanted: String

    /// A line: `  passed   exp: found …; wanted …`
    var passed: String { "  passed   \(text)\n" }

    /// A line: `  failed   aud: found "other"; wanted one of "https://app.example" (audience_unknown)`
    ///
    /// - Parameter reason: what metrics call it; nil: the credential isn't refused for it.
    func failed(_ reason: StaticString?) -> String {
        let code = reason.map { " (\($0))" } ?? ""
        return "  failed   \(text)\(code)\n"
    }

    private var text: String { "\(subject): found \(found); wanted \(wanted)" }
}
