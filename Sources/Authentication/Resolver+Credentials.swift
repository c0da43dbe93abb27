import Bytes
import JOSE

extension Resolver {
    /// Begins with a credential whose bytes are at hand. Nothing is allocated for one whose answer is in memory.
    @inline(__always)
    mutating func begin(
        _ kind: CredentialKind, at place: FieldValue, of request: ResolveRequest, in head: RawSpan,
        findings: inout Findings, now: Moment
    ) -> Attempt {
        let value = head.extracting(place.range)
        if kind.isToken {
            return beginToken(kind, at: place, of: request, in: head, findings: &findings, now: now)
        }
        guard looksUp else { return .pass }
        findings.present(kind)
        let digest = SHA256Digest(of: value)
        let credential = kind == .session ? RefusedCredential.session : .appSession
        if let answer = remembered(digest, as: credential, now: now) {
            renew(credential, kind: kind, at: place, digest: digest, of: request, in: head, now: now)
            return .answer(answer, of: digest)
        }
        let question = question(about: kind, at: place, digest: digest, of: request, in: head)
        if kind == .appSession { return start(.appSession(digest, question), findings: &findings, now: now) }
        guard let cookie = cookie(value, digest: digest) else { return .pass }
        return start(.session(cookie, question), findings: &findings, now: now)
    }

    /// Begins with a credential that was kept while one before it waited.
    mutating func begin(_ credential: Credential, findings: inout Findings, now: Moment) -> Attempt {
        let known: Answer? =
            switch credential {
            case .jwt: nil
            case .opaqueToken(let digest, _, _): remembered(digest, as: .accessToken, now: now)
            case .appSession(let digest, _): remembered(digest, as: .appSession, now: now)
            case .session(let cookie, _): remembered(cookie.digest, as: .session, now: now)
            case .cookie: nil
            }
        if let known {
            renew(credential, now: now)
            return .answer(known, of: credential.digest)
        }
        return start(credential, findings: &findings, now: now)
    }

    /// Begins with a credential whose answer is not in memory.
    mutating func start(_ credential: Credential, findings: inout Findings, now: Moment) -> Attempt {
        switch credential {
        case .jwt(let token, let digest, let question):
            return beginJWT(token.span.bytes, digest: digest, question: question, findings: &findings, now: now)
        case .opaqueToken(_, _, let question?) where isIntrospectedFirst(question):
            return introspect(credential, asking: question, findings: &findings, now: now)
        case .cookie(let name, let question):
            return begin(cookieNamed: name, asking: question, findings: &findings, now: now)
        case .opaqueToken where !looksUp: return .pass
        case .opaqueToken, .appSession, .session: return lookUp(credential, findings: &findings, now: now)
        }
    }

    /// Asks for the records that decide on a credential; or Authgear, in place of a store.
    ///
    /// - Parameter grant: what was verified of a JWT; nil for every other credential.
    mutating func lookUp(
        _ credential: Credential, grant: VerifiedGrant? = nil, findings: inout Findings, now: Moment
    ) -> Attempt {
        guard let sessions = settings.sessions else {
            return ask(
                about: AskedCredential(credential, grant: grant, under: policies.sessions), findings: &findings,
                now: now)
        }
        let chain = SessionChain(
            credential, grant: grant, rules: sessions, format: settings.format, under: policies.sessions)
        return start(chain, findings: &findings, now: now)
    }

    private mutating func start(_ chain: SessionChain, findings: inout Findings, now: Moment) -> Attempt {
        let step = chain.start(known: chains.records(behind: chain.key), memory: &memory, now: now)
        return settle(step, of: chain, findings: &findings, now: now)
    }

    /// Goes on with the credential that waited.
    ///
    /// - Parameter arrived: what came along, which the answer to another request may have been made from.
    mutating func resume(
        _ flow: Flow, with reply: EffectReply, arrived: ArrivedRecords = ArrivedRecords(), findings: inout Findings,
        now: Moment
    ) -> Attempt {
        switch flow {
        case .token(let token):
            if case .key(let reply) = reply {
                return resume(token, after: reply, findings: &findings, now: now)
            }
        // Under a policy that has changed meanwhile the credential is judged from its beginning.
        case .records(let chain) where !chain.evidence.isAllowed(by: policies, now: now):
            return begin(chain.credential, findings: &findings, now: now)
        case .claims(let asked) where !isCurrent(asked, now: now):
            return begin(asked.credential, findings: &findings, now: now)
        case .question(let asked) where !asked.evidence.isAllowed(by: policies, now: now):
            return begin(asked.credential, findings: &findings, now: now)
        case .records(let chain):
            switch reply {
            case .record(let record):
                if let answer = answerOfAnother(to: chain, with: record, arrived: arrived, now: now) {
                    return .answer(answer, of: chain.credential.digest)
                }
                let step = chain.resume(record, memory: &memory, now: now)
                return settle(step, of: chain, findings: &findings, now: now)
            case .question(let reply):
                tally.count(reply, to: chain.asksForScope ? .decide : .user)
                let step = chain.resume(reply, memory: &memory, now: now)
                return settle(step, of: chain, findings: &findings, now: now)
            case .key, .claims: break
            }
        case .claims(let asked):
            if case .claims(let reply) = reply {
                return conclude(asked, with: reply, findings: &findings, now: now)
            }
        case .question(let credential):
            if case .question(let reply) = reply {
                return conclude(credential, with: reply, findings: &findings, now: now)
            }
        }
        // The reply is another request's: who mixes them up can't say anything about this one.
        couldNotCheck(.recordUnreadable, findings: &findings)
        return .pass
    }

    private mutating func settle(
        _ step: consuming FlowStep, of chain: SessionChain, findings: inout Findings, now: Moment
    ) -> Attempt {
        switch consume step {
        case .need(.question, _) where isRefused(chain.key, now: now):
            return settle(.rejected(.refusedByAuthgear), of: chain, findings: &findings, now: now)
        case .need(let effect, let prefetch):
            return .wait(effect, prefetch: prefetch, .records(chain))
        case .authenticated(let principal):
            if principal.lacksUser { tally.countPartialAnswer() }
            if let due = touchDue(of: chain, now: now) {
                chain.evidence.keep(until: (due > now.steady ? due : now.steady(after: Self.touchInterval)) - 1)
            }
            if let answer = answer(stating: principal, of: chain, findings: &findings, now: now) {
                return .answer(answer, of: chain.credential.digest, then: .use(of: chain, by: principal.userID))
            }
        case .rejected(.notFound) where chain.credential.introspection != nil:
            // No such token, as far as Authgear is concerned.
            if let question = chain.credential.introspection {
                return introspect(chain.credential, asking: question, findings: &findings, now: now)
            }
        case .rejected(let refusal):
            if refusal == .refusedByAuthgear { refused(chain.key, now: now) }
            tally.count(refusal, of: chain.kind)
            chains.forget(chain.key)
        case .indeterminate(let reason):
            couldNotCheck(reason, findings: &findings)
        case .unanswerable(let fault):
            note(fault, findings: &findings)
        }
        return .pass
    }

    /// Keeps a credential whose bytes are about to go; nil when it is none, or refused already.
    mutating func keep(
        _ kind: CredentialKind, at place: FieldValue, of request: ResolveRequest, in head: RawSpan,
        findings: inout Findings
    ) -> Credential? {
        let value = head.extracting(place.range)
        if kind.isToken {
            let isCompact = BearerToken.isCompact(value)
            guard isCredential(kind, token: value, isCompact: isCompact, findings: &findings) else { return nil }
            guard isCompact || !isForNobodyElse(value, as: kind) else {
                tally.count(.apiTokenUnknown, of: .apiToken)
                return nil
            }
            let digest = SHA256Digest(of: value)
            let question = question(about: kind, at: place, digest: digest, of: request, in: head)
            return isCompact
                ? .jwt([UInt8](copying: value), digest, question) : .opaqueToken(digest, question, nil)
        }
        guard looksUp else { return nil }
        findings.present(kind)
        let digest = SHA256Digest(of: value)
        let question = question(about: kind, at: place, digest: digest, of: request, in: head)
        if kind == .appSession { return .appSession(digest, question) }
        return cookie(value, digest: digest).map { .session($0, question) }
    }

    private mutating func cookie(_ value: RawSpan, digest: SHA256Digest) -> SessionCookie? {
        do throws(RecordRefusal) {
            return try SessionCookie(value, digest: digest)
        } catch {
            tally.count(error, of: .session)
            return nil
        }
    }

    /// The answer of a credential that rests on records, or on Authgear's word, when it is in memory.
    @inline(__always)
    mutating func remembered(_ digest: SHA256Digest, as credential: RefusedCredential, now: Moment) -> Answer? {
        sessionAnswers.answer(for: credential.key(of: digest), policies: policies, watches: memory.watches, now: now)
    }
}
