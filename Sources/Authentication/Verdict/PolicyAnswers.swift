import Bytes

/// What the access policies answer, made once: a refusal depends on the policy and on the reason alone.
struct PolicyAnswers {
    /// One policy's.
    private struct Answers {
        /// In microseconds.
        let maximumAge: Int64?
        /// One for each `PolicyRefusal`, in their order.
        let refused: [Refused]
    }

    private struct Refused {
        /// On resolve, behind the identity.
        let told: [UInt8]
        let turnedAway: Answer
        /// Where a bearer token was presented.
        let tokenTurnedAway: Answer
        /// Where a token was presented under `DPoP`.
        let dpopTurnedAway: Answer
    }

    private let answers: [Answers]
    private let allowed: [UInt8]
    /// What stands behind an answer that no policy was asked to judge, or that one lets in; nil: nothing.
    let unsaid: [UInt8]?

    /// - Parameter completion: the headers that answers have in any case.
    init(
        _ policies: [AccessPolicy], challenge: Challenge, completion: [String] = [], by renderer: any ResponseRenderer
    ) {
        let own = completion.filter(AnswerHeaders.ofPolicies.contains)
        unsaid = own.isEmpty ? nil : Self.added(by: renderer) { $0.complete(own) }
        allowed = Self.added(by: renderer) { fields in
            fields.add("x-authgear-allowed", value: "true")
            fields.complete(own)
        }
        answers = policies.map { policy in
            Answers(
                maximumAge: policy.maximumAge?.wholeMicroseconds,
                refused: PolicyRefusal.allCases.map {
                    Self.refused($0, of: policy, challenge: challenge, by: renderer)
                })
        }
    }

    private static func refused(
        _ refusal: PolicyRefusal, of policy: AccessPolicy, challenge: Challenge, by renderer: any ResponseRenderer
    ) -> Refused {
        let error = Challenge.Error(refusal, of: policy)
        func answer(_ status: ResponseStatus, challenge line: String?) -> Answer {
            var fields = FieldWriter()
            if let line { fields.add("WWW-Authenticate", text: line) }
            fields.add("x-authgear-refused", value: refusal.reason)
            return Answer(Verdict(outcome: .valid, status: status, fields: fields.fields), by: renderer)
        }
        let status: ResponseStatus =
            switch refusal {
            case .anonymous, .verified, .scope, .role: .forbidden
            case .credential, .issuer, .audience, .client, .bound, .acr, .amr, .maximumAge: .unauthorized
            }
        return Refused(
            told: added(by: renderer) { fields in
                fields.add("x-authgear-allowed", value: "false")
                fields.add("x-authgear-refused", value: refusal.reason)
            },
            // Without a token presented there is none whose scope could be insufficient.
            turnedAway: answer(status, challenge: status == .unauthorized ? challenge.unauthorized(error) : nil),
            tokenTurnedAway: answer(
                status, challenge: status == .unauthorized ? challenge.unauthorized(error) : challenge.bearer(error)),
            dpopTurnedAway: answer(status, challenge: challenge.dpop(error)))
    }

    private static func added(by renderer: any ResponseRenderer, writing: (inout FieldWriter) -> Void) -> [UInt8] {
        var fields = FieldWriter()
        writing(&fields)
        return renderer.render(added: fields.fields)
    }

    /// Why a policy refuses the credential of an answer now; 0 when it does not.
    @inline(__always)
    func refusal(of answer: Answer, by policy: Int, now: Timestamp) -> UInt8 {
        // An answer that nobody judged, such as that to a stranger, is none that a policy lets in.
        answer.attachments?.judgements?.refusal(at: policy, maximumAge: answers[policy].maximumAge, now: now)
            ?? PolicyRefusal.credential.rawValue
    }

    /// Makes of a valid credential's answer the one to who asks about a policy.
    ///
    /// - Parameters:
    ///   - refusal: why the policy refuses the credential; 0 when it does not.
    ///   - scheme: under which a token was presented; nil: none was.
    @inline(__always)
    func judge(
        _ answer: inout Answer, for endpoint: Endpoint, policy: Int, refusal: UInt8,
        presented scheme: @autoclosure () -> TokenScheme?
    ) {
        guard refusal > 0 else {
            if endpoint == .resolve { answer.append(allowed) }
            return
        }
        let refused = answers[policy].refused[Int(refusal) - 1]
        let origin = answer.origin.refused(for: refusal)
        defer { answer.origin = origin }
        switch endpoint {
        case .resolve: answer.append(refused.told)
        case .require:
            switch scheme() {
            case .none: answer = refused.turnedAway
            case .bearer: answer = refused.tokenTurnedAway
            case .dpop: answer = refused.dpopTurnedAway
            }
        }
    }
}
