package import Bytes
package import Tokens

/// Judges tokens for a person: what `inspect` does, without input and output.
package struct Inspection {
    /// How much of a token is judged.
    package enum Scope {
        /// All of contract section 4, on this issuer's terms.
        case everything(TrustedIssuer)
        /// Form, header, key and signature; any known algorithm (steps 1, 2, 6 and 7).
        case signature
    }

    /// One token's verdict.
    package struct Report: Equatable {
        package var isValid: Bool
        /// `valid` or `invalid <reason>`, and an indented line for each check if they were asked for. Ends with a line
        /// break.
        package var text: String
    }

    /// Longer tokens are invalid.
    package static let maximumTokenBytes = Configuration.Limits().tokenBytes

    /// Nil when none of the keys can be used.
    private let keys: KeySet?
    /// Nil when only signatures are looked at.
    private let verifier: TokenVerifier?
    private let isExplaining: Bool

    package init(keys: KeySet?, scope: Scope, isExplaining: Bool = false) {
        self.keys = keys
        self.isExplaining = isExplaining
        verifier =
            switch scope {
            case .everything(let issuer):
                TokenVerifier(issuers: [issuer], maximumTokenBytes: Self.maximumTokenBytes)
            case .signature: nil
            }
    }

    package func report(on token: RawSpan, now: Timestamp) -> Report {
        let checks = checks(of: token, now: now)
        let failed = checks.first { $0.outcome == .failed }
        let verdict = failed.map { "invalid \($0.check.reason)\n" } ?? "valid\n"
        let explanation = isExplaining ? checks.map(Self.line).joined() : ""
        return Report(isValid: failed == nil, text: verdict + explanation)
    }

    private func checks(of token: RawSpan, now: Timestamp) -> [TokenCheck] {
        if var verifier {
            let ring = KeyRing(issuers: [IssuerKeys(set: keys, usableUntil: .distantFuture)])
            return verifier.verify(token, with: ring, now: now).checks
        }
        do throws(TokenRefusal) {
            try TokenVerifier.verifySignature(of: token, with: keys, maximumTokenBytes: Self.maximumTokenBytes)
            return TokenCheck.list(endingAt: nil, signatureOnly: true)
        } catch {
            return TokenCheck.list(endingAt: error, signatureOnly: true)
        }
    }

    /// `  passed       too_long`: the check, named by what it would have said, and what came of it.
    private static func line(_ check: TokenCheck) -> String {
        let outcome =
            switch check.outcome {
            case .passed: "passed     "
            case .failed: "failed     "
            case .notReached: "not reached"
            case .skipped: "skipped    "
            }
        return "  \(outcome)  \(check.check.reason)\n"
    }
}
