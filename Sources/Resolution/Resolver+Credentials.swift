import Bytes
import Tokens

extension Resolver {
    /// Begins with a credential whose bytes are at hand. Nothing is allocated for one whose answer is in memory.
    @inline(__always)
    mutating func begin(
        _ kind: CredentialKind, _ value: RawSpan, _ findings: inout Findings, now: Moment
    ) -> Attempt {
        if kind == .bearer || kind == .appAccessToken { return beginToken(kind, value, &findings, now: now) }
        guard sessions != nil else { return .pass }
        findings.present(kind)
        let digest = SHA256Digest(of: value)
        if kind == .appSession { return begin(.appSession(digest), &findings, now: now) }
        if let answer = remembered(digest, .session, now: now) { return .answer(answer) }
        guard let cookie = cookie(value, digest) else { return .pass }
        return start(.session(cookie), &findings, now: now)
    }

    /// Begins with a credential that is known by its digest, or was kept while one before it waited.
    mutating func begin(_ credential: Credential, _ findings: inout Findings, now: Moment) -> Attempt {
        let known: Answer? =
            switch credential {
            case .jwt: nil
            case .opaqueToken(let digest): remembered(digest, .accessToken, now: now)
            case .appSession(let digest): remembered(digest, .appSession, now: now)
            case .session(let cookie): remembered(cookie.digest, .session, now: now)
            }
        if let known { return .answer(known) }
        return start(credential, &findings, now: now)
    }

    /// Begins with a credential whose answer is not in memory.
    private mutating func start(_ credential: Credential, _ findings: inout Findings, now: Moment) -> Attempt {
        if case .jwt(let kind, let token) = credential {
            return beginToken(kind, token.span.bytes, &findings, now: now)
        }
        guard let sessions else { return .pass }
        switch credential {
        case .jwt: return .pass
        case .opaqueToken(let digest): return start(SessionChain(opaqueToken: digest, sessions), &findings, now: now)
        case .appSession(let digest): return start(SessionChain(appSession: digest, sessions), &findings, now: now)
        case .session(let cookie): return start(SessionChain(session: cookie, sessions), &findings, now: now)
        }
    }

    mutating func start(_ chain: consuming SessionChain, _ findings: inout Findings, now: Moment) -> Attempt {
        let step = chain.start(known: chains.records(behind: chain.key), &watches, now: now)
        return settle(step, chain, &findings, now: now)
    }

    /// Goes on with the credential that waited.
    mutating func resume(
        _ flow: consuming Flow, with reply: EffectReply, _ findings: inout Findings, now: Moment
    ) -> Attempt {
        switch consume flow {
        case .token(let kind, let token):
            if case .key(let reply) = reply { return resumeToken(kind, token, after: reply, &findings, now: now) }
        case .records(var chain):
            if case .record(let reply) = reply, let sessions {
                let step = chain.resume(reply, sessions, format, &watches, now: now)
                return settle(step, chain, &findings, now: now)
            }
        }
        // The reply is another request's: who mixes them up can't say anything about this one.
        couldNotCheck(.recordUnreadable, &findings)
        return .pass
    }

    private mutating func settle(
        _ step: FlowStep, _ chain: consuming SessionChain, _ findings: inout Findings, now: Moment
    ) -> Attempt {
        switch step {
        case .need(let effect, let prefetch):
            return .wait(effect, prefetch: prefetch, .records(chain))
        case .authenticated(let principal, let evidence):
            if let answer = answer(stating: principal, evidence, of: chain, &findings, now: now) {
                return .answer(answer)
            }
        case .rejected(let refusal):
            tally.count(refusal, of: chain.kind)
            chains.forget(chain.key)
        case .indeterminate(let reason):
            couldNotCheck(reason, &findings)
        case .unanswerable(let fault):
            note(fault, &findings)
        }
        return .pass
    }

    /// Keeps a credential whose bytes are about to go; nil when it is none, or refused already.
    mutating func keep(_ kind: CredentialKind, _ value: RawSpan, _ findings: inout Findings) -> Credential? {
        if kind == .bearer || kind == .appAccessToken {
            guard isCredential(kind, value, &findings) else { return nil }
            return BearerToken.isCompact(value)
                ? .jwt(kind, [UInt8](copying: value)) : .opaqueToken(SHA256Digest(of: value))
        }
        guard sessions != nil else { return nil }
        findings.present(kind)
        let digest = SHA256Digest(of: value)
        return kind == .appSession ? .appSession(digest) : cookie(value, digest).map(Credential.session)
    }

    private mutating func cookie(_ value: RawSpan, _ digest: SHA256Digest) -> SessionCookie? {
        do throws(RecordRefusal) {
            return try SessionCookie(value, digest: digest)
        } catch {
            tally.count(error, of: .session)
            return nil
        }
    }

    /// The answer of a credential that rests on records, when it is in memory.
    @inline(__always)
    mutating func remembered(_ digest: SHA256Digest, _ credential: RefusedCredential, now: Moment) -> Answer? {
        sessionAnswers.answer(for: credential.key(of: digest), keys, watches, now: now)
    }
}
