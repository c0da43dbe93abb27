/// One check of a token and what came of it, for `inspect --explain`.
///
/// There is no second implementation of the checks behind it: they run in the order of `TokenRefusal`, and the first that
/// fails ends it, so where it ended tells all.
package struct TokenCheck: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case passed
        case failed
        /// An earlier check failed.
        case notReached
        /// `--signature-only` leaves it out.
        case skipped
    }

    /// Named by its refusal: what the check would have said.
    package let check: TokenRefusal
    package let outcome: Outcome

    /// Every check in order.
    ///
    /// - Parameter refusal: the check that failed, or nil when all passed.
    package static func list(endingAt refusal: TokenRefusal?, signatureOnly: Bool = false) -> [TokenCheck] {
        TokenRefusal.allCases.map { check in
            let isLeftOut =
                signatureOnly
                && TokenRefusal.payloadMalformed.rawValue...TokenRefusal.tokenIDUnsuitable.rawValue
                    ~= check.rawValue
            if isLeftOut { return TokenCheck(check: check, outcome: .skipped) }
            guard let refusal, check.rawValue >= refusal.rawValue else {
                return TokenCheck(check: check, outcome: .passed)
            }
            return TokenCheck(check: check, outcome: check == refusal ? .failed : .notReached)
        }
    }
}

extension TokenVerdict {
    /// Every check in order. A key that is missing counts as unknown.
    package var checks: [TokenCheck] {
        switch self {
        case .valid: TokenCheck.list(endingAt: nil)
        case .refused(let refusal): TokenCheck.list(endingAt: refusal)
        case .forged: TokenCheck.list(endingAt: .signatureWrong)
        case .keyMissing: TokenCheck.list(endingAt: .keyUnknown)
        }
    }
}
