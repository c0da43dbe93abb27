package import Bytes
import JOSE

// The first valid credential wins; then the policy that was asked about judges that one.
extension Resolver {
    /// The place of an access policy, for `ResolveRequest.policy`; nil when there is none of that name.
    @inline(__always)
    package func policy(named name: RawSpan) -> Int? { policyNames.place(of: name) }

    /// What becomes of an answer by what was asked: a policy judges the credential, and a browser is told where to log in.
    @inline(__always)
    mutating func conclude(_ answer: inout Answer, to request: ResolveRequest, in head: RawSpan, now: Moment) {
        var refusal = UInt8(0)
        if answer.outcome == .valid, let policy = request.policy {
            refusal = policyAnswers.refusal(of: answer, by: policy, now: now.timestamp)
            tally.count(policy: policy, refusal: refusal)
            policyAnswers.judge(
                &answer, for: request.endpoint, policy: policy, refusal: refusal,
                presented: presentedScheme(request, in: head))
        }
        if case .unauthorized = answer.status {
            guard answer.outcome == .none, lets(preflight: request, in: head) else {
                guard let path = settings.login?.returnPath(of: request, in: head) else { return }
                return answer.append(login(returningTo: path, refusedFor: refusal, by: request.policy))
            }
            answer = standardAnswers.none
        }
        deliver(&answer, to: request, in: head, now: now)
    }

    /// The same, for a request that has waited.
    mutating func conclude(_ answer: inout Answer, to endpoint: Endpoint, in asked: AskedContext, now: Moment) {
        var (refusal, policy) = (UInt8(0), nil as Int?)
        if answer.outcome == .valid, let name = asked.policy {
            policy = policyNames.place(of: Array(name.utf8).span.bytes)
            guard let policy else { return answer = standardAnswers.policyGone }
            refusal = policyAnswers.refusal(of: answer, by: policy, now: now.timestamp)
            tally.count(policy: policy, refusal: refusal)
            policyAnswers.judge(
                &answer, for: endpoint, policy: policy, refusal: refusal, presented: asked.presented)
        }
        guard answer.status == .unauthorized, let path = asked.returnPath else {
            return deliver(&answer, spelled: asked.spelled, now: now)
        }
        answer.append(login(returningTo: path, refusedFor: refusal, by: policy))
    }

    /// What of a request decides on its answer beside the credentials.
    func context(of request: ResolveRequest, in head: RawSpan) -> AskedContext {
        AskedContext(
            policy: request.policy.map { settings.accessPolicies[$0].name },
            presented: presentedScheme(request, in: head),
            returnPath: request.endpoint == .require ? settings.login?.returnPath(of: request, in: head) : nil,
            spelled: settings.delivery.removal == .envoy
                ? SpelledNames(in: head, besides: settings.delivery.names) : nil)
    }

    /// Tells a browser where to log in; nothing when that would not help.
    private func login(returningTo path: [UInt8], refusedFor refusal: UInt8, by policy: Int?) -> [UInt8] {
        guard let login = settings.login else { return [] }
        var cause = LoginRules.Cause.nobody
        if let refusal = PolicyRefusal(rawValue: refusal), let policy {
            guard let curable = LoginRules.Cause(refusal, of: settings.accessPolicies[policy]) else { return [] }
            cause = curable
        }
        var fields = FieldWriter()
        fields.add("x-authgear-login", text: login.url(returningTo: path, because: cause))
        return renderer.render(added: fields.fields)
    }

    /// Leaves none of the cookies that are credentials where the request may be forged by another site, as if they were not
    /// there.
    @inline(__always)
    func refuseForgeries(
        among cookies: inout CookieCredentials, of request: ResolveRequest, in head: RawSpan, findings: inout Findings
    ) {
        guard let csrf = settings.csrf else { return }
        refuseForgeries(by: csrf, among: &cookies, of: request, in: head, findings: &findings)
    }

    private func refuseForgeries(
        by csrf: CSRFRules, among cookies: inout CookieCredentials, of request: ResolveRequest, in head: RawSpan,
        findings: inout Findings
    ) {
        guard !csrf.allow(request, in: head) else { return }
        while let (kind, place) = cookies.next() {
            guard looksUp || kind == .appAccessToken && BearerToken.isCompact(head.extracting(place.range)) else {
                continue
            }
            findings.refuseForgery()
            break
        }
        var others = OtherCookies(in: request.fields.cookies)
        if others.next(named: otherCookieNames, in: head) != nil { findings.refuseForgery() }
        cookies = CookieCredentials()
    }

    /// Why the policy at a place refuses the credential of a valid answer; nil when it does not.
    package func refusal(of answer: Answer, byPolicyAt place: Int, now: Timestamp) -> PolicyRefusal? {
        PolicyRefusal(rawValue: policyAnswers.refusal(of: answer, by: place, now: now))
    }

    /// Under which scheme a token is presented that counts as a credential; nil when none is.
    func presentedScheme(_ request: ResolveRequest, in head: RawSpan) -> TokenScheme? {
        guard let (place, scheme) = presentedToken(request, in: head) else { return nil }
        let token = head.extracting(place.range)
        return BearerToken.isCompact(token) || takesOpaqueBearer(token) ? scheme : nil
    }

    /// The answer for an identity, with what each access policy says of it, and what is asserted.
    ///
    /// - Parameter binding: what the credential's sender has to prove at each request; nil: nothing.
    func makeAnswer(
        for identity: Identity, isSession: Bool = false, on terms: @autoclosure () -> CredentialTerms,
        statement: MappedClaims?, boundTo binding: KeyBinding?
    ) throws(AnswerFault) -> Answer {
        try settings.format.answer(
            for: identity, isSession: isSession, statement: statement,
            attachments: attachments(for: identity, on: terms(), boundTo: binding), by: renderer)
    }

    /// What the credential at the beginning of a chain of records states.
    func terms(of chain: SessionChain) -> CredentialTerms {
        if let statement = chain.statement { return CredentialTerms(statement, until: chain.end) }
        var terms =
            switch chain.credential {
            case .jwt, .opaqueToken: CredentialTerms(.token, scopes: chain.scopes, client: chain.client)
            case .appSession, .session, .cookie: CredentialTerms(.session, scopes: settings.sessionScopes)
            }
        terms.end = CredentialEnd(chain.end)
        return terms
    }

    /// Whether anybody asks for more of a token's claims than whom it names.
    func statesMore(_ statement: MappedClaims) -> Bool {
        !settings.accessPolicies.isEmpty || settings.assertion != nil || !statement.mapping.places.headers.isEmpty
    }
}
