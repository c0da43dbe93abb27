import Bytes

/// The answers that are the same for everybody, made once. An object: who asks it for one copies none of the others.
final class StandardAnswers {
    let none: Answer
    private let strangerTurnedAway: Answer
    /// Where a token was presented under `DPoP` that counts as none.
    private let dpopStrangerTurnedAway: Answer
    private let invalid: InvalidAnswers
    /// Where a `session` cookie was among what was presented.
    private let invalidSession: InvalidAnswers
    /// Where cookies were not looked at, as another site may have sent the request.
    private let forgeryTold: Answer
    private let forgeryTurnedAway: Answer
    /// To who asked about an access policy that a reload has taken away meanwhile.
    let policyGone: Answer
    private let compatibility: Compatibility
    /// One per `UnknownReason`, in its order.
    private let unknown: [Answer]

    private struct InvalidAnswers {
        let told: Answer
        let turnedAway: Answer
        /// Where a bearer token was among what was presented.
        let tokenTurnedAway: Answer
        /// Where a token was presented under `DPoP`, and where its proof was what is wrong.
        let dpopTurnedAway: Answer
        let proofTurnedAway: Answer

        /// - Parameter clearing: the value of a `Set-Cookie` field.
        init(clearing: String?, challenge: Challenge, completion: [String], by renderer: any ResponseRenderer) {
            func answer(_ status: ResponseStatus, challenge: String? = nil) -> Answer {
                StandardAnswers.answer(.invalid, status: status, by: renderer) { fields in
                    if let challenge { fields.add("WWW-Authenticate", text: challenge) }
                    fields.add("x-authgear-session-valid", value: "false")
                    if let clearing { fields.add("Set-Cookie", text: clearing) }
                    if status == .ok { fields.complete(completion) }
                }
            }
            told = answer(.ok)
            turnedAway = answer(.unauthorized, challenge: challenge.unauthorized())
            tokenTurnedAway = answer(.unauthorized, challenge: challenge.unauthorized(.invalidToken))
            dpopTurnedAway = answer(.unauthorized, challenge: challenge.dpop(.invalidToken))
            proofTurnedAway = answer(.unauthorized, challenge: challenge.dpop(.invalidProof))
        }

        func answer(to endpoint: Endpoint, findings: Findings) -> Answer {
            switch endpoint {
            case .resolve: told
            case .require where findings.dpopPresented: findings.proofRefused ? proofTurnedAway : dpopTurnedAway
            case .require: findings.bearerPresented ? tokenTurnedAway : turnedAway
            }
        }
    }

    /// - Parameters:
    ///   - clearing: the value of the `Set-Cookie` field that clears a `session` cookie; nil: none does.
    ///   - delivery: which headers are there in any case.
    init(
        _ compatibility: Compatibility, clearing: String?, challenge: Challenge, delivery: DeliveryRules,
        by renderer: any ResponseRenderer
    ) {
        self.compatibility = compatibility
        let completion = delivery.completion
        none = Self.answer(.none, status: .ok, by: renderer) { $0.complete(completion) }
        strangerTurnedAway = Self.answer(.none, status: .unauthorized, by: renderer) {
            $0.add("WWW-Authenticate", text: challenge.unauthorized())
        }
        dpopStrangerTurnedAway = Self.answer(.none, status: .unauthorized, by: renderer) {
            $0.add("WWW-Authenticate", text: challenge.dpop())
        }
        invalid = InvalidAnswers(clearing: nil, challenge: challenge, completion: completion, by: renderer)
        invalidSession = InvalidAnswers(
            clearing: clearing, challenge: challenge, completion: completion, by: renderer)
        func forgery(_ status: ResponseStatus) -> Answer {
            var answer = Self.answer(.invalid, status: status, by: renderer) { fields in
                fields.add("x-authgear-refused", value: "csrf")
                if status == .ok { fields.complete(completion) }
            }
            answer.origin = .forgery
            return answer
        }
        forgeryTold = forgery(.ok)
        forgeryTurnedAway = forgery(.forbidden)
        policyGone = Self.answer(.unknown, status: .notFound, by: renderer) { _ in }
        unknown = UnknownReason.allCases.map { reason in
            var answer = Self.answer(.unknown, status: .serviceUnavailable, by: renderer) { fields in
                if delivery.errorHeader == .send { fields.add("x-authgear-resolver-error", value: reason.text) }
                fields.add("Retry-After", text: "1")
            }
            answer.origin = AnswerOrigin(reason)
            return answer
        }
    }

    /// The answer to a request with no valid credential (contract sections 2 and 3).
    func answer(to endpoint: Endpoint, findings: Findings) -> Answer {
        if let reason = findings.unknown { return answer(for: reason) }
        if findings.forgeryRefused { return endpoint == .resolve ? forgeryTold : forgeryTurnedAway }
        let isInvalid = compatibility == .authgear ? findings.sessionPresented : findings.presented
        guard isInvalid else {
            guard endpoint == .require else { return none }
            return findings.dpopPresented ? dpopStrangerTurnedAway : strangerTurnedAway
        }
        return findings.sessionPresented
            ? invalidSession.answer(to: endpoint, findings: findings)
            : invalid.answer(to: endpoint, findings: findings)
    }

    /// The answer when nothing is waited for any more, whatever was found out so far.
    func answer(for reason: UnknownReason) -> Answer { unknown[Int(reason.rawValue)] }

    fileprivate static func answer(
        _ outcome: Outcome, status: ResponseStatus, by renderer: any ResponseRenderer,
        writing: (inout FieldWriter) -> Void
    ) -> Answer {
        var writer = FieldWriter()
        writing(&writer)
        return Answer(Verdict(outcome: outcome, status: status, fields: writer.fields), by: renderer)
    }
}

/// The `Set-Cookie` that takes a `session` cookie back which proves nothing any more.
package struct ClearingCookie: Hashable, Sendable {
    /// Nil: the cookie is that of the host alone.
    package var domain: String?
    package var isSecure: Bool

    package init(domain: String? = nil, isSecure: Bool = true) {
        self.domain = domain
        self.isSecure = isSecure
    }

    /// The field's value (RFC 6265 section 4.1).
    ///
    /// - Parameter prefix: what stands before `session` in the cookie's name.
    func value(prefix: String) -> String {
        let domain = domain.map { "; Domain=\($0)" } ?? ""
        let past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        let secure = isSecure ? "; Secure" : ""
        return "\(prefix)session=; Path=/\(domain); \(past); HttpOnly\(secure); SameSite=Lax"
    }
}

/// What the credentials tried so far came to, while none of them was valid.
struct Findings: Sendable {
    /// A credential was presented, so the answer is not *none*.
    private(set) var presented = false
    /// A bearer token was presented, so a 401 says `invalid_token` (RFC 6750 section 3.1).
    private(set) var bearerPresented = false
    /// What is presented in `Authorization` is so under the scheme `DPoP`.
    private var isDPoP = false
    /// Its proof was refused, so a 401 says `invalid_dpop_proof` (RFC 9449 section 7.1).
    private(set) var proofRefused = false
    /// A token was presented under the scheme `DPoP`.
    var dpopPresented: Bool { isDPoP && bearerPresented }
    /// A `session` cookie was presented.
    private(set) var sessionPresented = false
    /// Cookies were presented, and not looked at: another site may have sent the request.
    private(set) var forgeryRefused = false
    /// The first reason why one could not be checked, so the answer is not *invalid*.
    private(set) var unknown: UnknownReason?

    mutating func present(_ kind: CredentialKind) {
        presented = true
        if kind == .bearer { bearerPresented = true }
        if kind == .session { sessionPresented = true }
    }

    /// A cookie whose session another server knows was presented.
    mutating func presentOther() { presented = true }

    /// The `Authorization` field has the scheme `DPoP`.
    mutating func takeScheme() { isDPoP = true }

    mutating func refuse(_ refusal: ProofRefusal) { if refusal.isOfProof { proofRefused = true } }

    mutating func refuseForgery() { forgeryRefused = true }

    mutating func couldNotCheck(_ reason: UnknownReason) {
        unknown = unknown ?? reason
    }
}
