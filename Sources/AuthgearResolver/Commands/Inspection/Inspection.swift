package import Bytes
import Resolution
package import Tokens

/// Judges tokens for a person: what `inspect` does, without input and output.
package struct Inspection {
    /// How much of a token is judged.
    package enum Scope {
        /// All of contract section 4, on this issuer's terms, and whether the claims can be headers (section 3).
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
        let verdict = failed.map { "invalid \($0.reason)\n" } ?? "valid\n"
        let explanation = isExplaining ? checks.map(\.text).joined() : ""
        return Report(isValid: failed == nil, text: verdict + explanation)
    }

    /// A check of the token, or of its claims as headers, and what came of it.
    private struct Line {
        /// What the check would have said.
        var reason: StaticString
        var outcome: TokenCheck.Outcome

        init(_ reason: StaticString, _ outcome: TokenCheck.Outcome) {
            self.reason = reason
            self.outcome = outcome
        }

        init(_ check: TokenCheck) {
            self.init(check.check.reason, check.outcome)
        }

        /// `  passed       too_long`
        var text: String {
            let word =
                switch outcome {
                case .passed: "passed     "
                case .failed: "failed     "
                case .notReached: "not reached"
                case .skipped: "skipped    "
                }
            return "  \(word)  \(reason)\n"
        }
    }

    /// Every check in order.
    private func checks(of token: RawSpan, now: Timestamp) -> [Line] {
        guard var verifier else { return signatureChecks(of: token).map(Line.init) + Self.headerChecks(.skipped) }
        let ring = KeyRing(issuers: [IssuerKeys(set: keys, usableUntil: .distantFuture)])
        let verdict = verifier.verify(token, with: ring, now: now)
        return verdict.checks.map(Line.init) + Self.headerChecks(of: verdict)
    }

    private func signatureChecks(of token: RawSpan) -> [TokenCheck] {
        do throws(TokenRefusal) {
            try TokenVerifier.verifySignature(of: token, with: keys, maximumTokenBytes: Self.maximumTokenBytes)
            return TokenCheck.list(endingAt: nil, signatureOnly: true)
        } catch {
            return TokenCheck.list(endingAt: error, signatureOnly: true)
        }
    }

    /// Makes the headers, as `serve` does; they are not looked at.
    private static func headerChecks(of verdict: TokenVerdict) -> [Line] {
        guard case .valid(let token) = verdict else { return headerChecks(.notReached) }
        do throws(HeaderRefusal) {
            _ = try AnswerFormat(amrSeparator: Configuration.Headers().amrSeparator).answer(for: Identity(token))
            return headerChecks(.passed)
        } catch {
            return HeaderRefusal.allCases.map { check in
                Line(check.reason, check == error ? .failed : .notReached)
            }
        }
    }

    private static func headerChecks(_ outcome: TokenCheck.Outcome) -> [Line] {
        HeaderRefusal.allCases.map { check in Line(check.reason, outcome) }
    }
}
