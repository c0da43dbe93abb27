package import Bytes
import JOSE

// The first valid credential wins; then the policy that was asked about judges that one.
extension Resolver {
    /// The place of an access policy, for `ResolveRequest.policy`; nil when there is none of that name.
    @inline(__always)
    package func policy(named name: RawSpan) -> Int? { policyNames.place(of: name) }

    /// What a policy makes of an answer: nothing of one that no valid credential stands behind.
    @inline(__always)
    mutating func judge(
        _ answer: Answer, by policy: Int, of request: ResolveRequest, in head: RawSpan, now: Moment
    ) -> Answer {
        guard answer.outcome == .valid else { return answer }
        let refusal = policyAnswers.refusal(of: answer, by: policy, now: now.timestamp)
        tally.count(policy: policy, refusal: refusal)
        let tokenPresented = refusal > 0 && presentsToken(request, in: head)
        return policyAnswers.answer(
            answer, to: request.endpoint, policy: policy, refusal: refusal, tokenPresented: tokenPresented)
    }

    /// The same, for a request that has waited.
    mutating func judge(_ answer: Answer, by asked: AskedPolicy, to endpoint: Endpoint, now: Moment) -> Answer {
        guard answer.outcome == .valid else { return answer }
        guard let policy = policyNames.place(of: Array(asked.name.utf8).span.bytes) else {
            return standardAnswers.policyGone
        }
        let refusal = policyAnswers.refusal(of: answer, by: policy, now: now.timestamp)
        tally.count(policy: policy, refusal: refusal)
        return policyAnswers.answer(
            answer, to: endpoint, policy: policy, refusal: refusal, tokenPresented: asked.tokenPresented)
    }

    /// Why the policy at a place refuses the credential of a valid answer; nil when it does not.
    package func refusal(of answer: Answer, byPolicyAt place: Int, now: Timestamp) -> PolicyRefusal? {
        PolicyRefusal(rawValue: policyAnswers.refusal(of: answer, by: place, now: now))
    }

    /// Whether a bearer token is presented that counts as a credential.
    func presentsToken(_ request: ResolveRequest, in head: RawSpan) -> Bool {
        guard let field = request.fields.authorization, let place = BearerToken.extract(from: field, in: head) else {
            return false
        }
        return takesOpaqueBearers || BearerToken.isCompact(head.extracting(place.range))
    }

    /// The answer for an identity, with what each access policy says of it.
    func makeAnswer(
        for identity: Identity, isSession: Bool = false, on terms: @autoclosure () -> CredentialTerms,
        statement: MappedClaims?
    ) throws(AnswerFault) -> Answer {
        let judgements =
            settings.accessPolicies.isEmpty
            ? PolicyJudgements.none
            : PolicyJudgements(of: identity, on: terms(), by: settings.accessPolicies)
        return try settings.format.answer(
            for: identity, isSession: isSession, statement: statement, judgements: judgements, by: renderer)
    }

    /// What the credential at the beginning of a chain of records states.
    func terms(of chain: SessionChain) -> CredentialTerms {
        if let statement = chain.statement { return CredentialTerms(statement) }
        switch chain.credential {
        case .jwt, .opaqueToken: return CredentialTerms(.token, scopes: chain.scopes, client: chain.client)
        case .appSession, .session: return CredentialTerms(.session, scopes: settings.sessionScopes)
        }
    }

    /// Whether anybody asks for more of a token's claims than whom it names.
    func statesMore(_ statement: MappedClaims) -> Bool {
        !settings.accessPolicies.isEmpty || !statement.mapping.places.headers.isEmpty
    }
}
