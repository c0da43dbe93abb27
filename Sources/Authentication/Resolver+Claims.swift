package import Bytes
import JOSE

// Credentials that a server is asked about, which answers with claims (contract sections 19, 21 and 22).
extension Resolver {
    /// On what terms a server is asked.
    private enum Terms {
        case introspection(Introspector)
        case cookie(CookieServer)
        case userinfo(UserinfoServer)

        var name: String {
            switch self {
            case .introspection(let introspector): introspector.name
            case .cookie(let server): server.name
            case .userinfo(let userinfo): userinfo.name
            }
        }

        /// How long it is remembered that a credential is not valid.
        var inactiveMaximumAge: Duration {
            switch self {
            case .introspection(let introspector): introspector.inactiveMaximumAge
            case .cookie, .userinfo: AskedServer.inactiveMaximumAge
            }
        }

        /// Up to when that is, on the steady clock.
        func refusalEnd(askedAt: Int64) -> Int64 {
            askedAt.addingReportingOverflow(inactiveMaximumAge.nanoseconds).partialValue
        }
    }

    private enum Judgement {
        case valid(Answer)
        /// Another server is asked as well.
        case further(AskedClaims)
        case refused(ClaimsRefusal)
        case unstatable(AnswerFault)
        case unknown(AskFailure)
    }

    /// Nil where nobody is asked any more.
    private func terms(of server: AskedServer) -> Terms? {
        switch server.purpose {
        case .introspection: introspector(of: server.id).map { .introspection($0) }
        case .cookie: settings.cookieServers.first { $0.id == server.id }.map { .cookie($0) }
        case .userinfo: settings.userinfos.first { $0.id == server.id }.map { .userinfo($0) }
        }
    }

    /// Asks a server, before a credential is decided on.
    mutating func ask(_ asked: AskedClaims) -> Attempt {
        let question = asked.question.knowing(wasValid: wasValid(asked.key))
        return .wait(.claims(question), prefetch: [], .claims(asked))
    }

    /// Whether what is asked about a credential may still be judged as it is.
    func isCurrent(_ asked: AskedClaims, now: Moment) -> Bool {
        terms(of: asked.question.server) != nil && asked.evidence.isAllowed(by: policies, now: now)
            && asked.evidence.signer.map(signers.contains) ?? true
    }

    /// Goes on with a credential, now that a server was asked about it.
    mutating func conclude(
        _ asked: AskedClaims, with reply: ClaimsReply, findings: inout Findings, now: Moment
    ) -> Attempt {
        switch judge(asked, by: reply, now: now) {
        case .valid(let answer): return .answer(answer, of: asked.credential.digest)
        case .further(let asked): return ask(asked)
        case .refused(let refusal): count(refusal, of: asked.kind)
        case .unstatable(let fault): note(fault, findings: &findings)
        case .unknown(let failure): couldNotCheck(UnknownReason(failure), findings: &findings)
        }
        return .pass
    }

    /// What comes of an answer, which is remembered.
    private mutating func judge(_ asked: AskedClaims, by reply: ClaimsReply, now: Moment) -> Judgement {
        guard let terms = terms(of: asked.question.server) else { return .unknown(.unreachable) }
        tally.count(reply, from: terms.name, for: asked.question.server.purpose)
        switch reply {
        case .unknown(let failure): return settle(asked, for: failure, on: terms, now: now)
        case .inactive(let askedAt):
            // Who presents a token that is bound to a key must prove that he has it, and only its owner can. That the token has
            // ended may be meant as well, so what it says itself does not do.
            if case .userinfo = terms, asked.statement?.isBound == true { return .unknown(.refused) }
            return refuse(asked, for: .inactive, on: terms, askedAt: askedAt)
        case .active(let claims, let askedAt):
            do throws(ClaimsRefusal) {
                guard let vouched = try vouch(for: asked, claims, on: terms, now: now) else {
                    return settle(asked, for: .unreadable, on: terms, now: now)
                }
                return accept(vouched, for: asked, on: terms, askedAt: askedAt, now: now)
            } catch {
                return refuse(asked, for: error, on: terms, askedAt: askedAt)
            }
        }
    }

    /// What a server vouches for; nil when its answer and what was known before are too much together.
    private func vouch(
        for asked: AskedClaims, _ claims: ClaimsSet, on terms: Terms, now: Moment
    ) throws(ClaimsRefusal) -> VouchedClaims? {
        switch terms {
        case .introspection(let introspector): try vouch(for: asked, claims, by: introspector, now: now)
        case .cookie(let server): try server.vouch(for: claims, sessionScopes: settings.sessionScopes)
        case .userinfo(let userinfo):
            try completed(asked, by: claims, of: userinfo)
        }
    }

    private func completed(
        _ asked: AskedClaims, by claims: ClaimsSet, of userinfo: UserinfoServer
    ) throws(ClaimsRefusal) -> VouchedClaims? {
        guard let own = asked.statement, let statement = try userinfo.vouch(for: claims, completing: own) else {
            return nil
        }
        return try vouched(
            by: userinfo, stating: statement, boundTo: asked.binding, until: asked.evidence.end,
            for: userinfo.maximumAge)
    }

    private mutating func accept(
        _ vouched: VouchedClaims, for asked: AskedClaims, on terms: Terms, askedAt: Int64, now: Moment
    ) -> Judgement {
        var evidence = asked.evidence
        evidence.rest(
            onAnswerOf: asked.question.server.id, for: vouched.maximumAge, since: askedAt, until: vouched.expiresAt,
            now: now)
        if asked.question.server.purpose == .introspection,
            let further = userinfo(for: vouched.statement, of: asked.question.server.id)
        {
            return .further(
                AskedClaims(
                    asked.credential, asking: asked.question.asked(of: further), knowing: vouched.statement,
                    boundTo: vouched.binding, evidence: evidence))
        }
        return answer(
            stating: vouched, for: asked, restingOn: evidence, orRefusedUntil: terms.refusalEnd(askedAt: askedAt),
            now: now)
    }

    /// The answer, remembered, and so is that it can't be given.
    ///
    /// - Parameter end: of the latter, on the steady clock.
    private mutating func answer(
        stating vouched: VouchedClaims, for asked: AskedClaims, restingOn evidence: Evidence,
        orRefusedUntil end: Int64, now: Moment
    ) -> Judgement {
        // Nobody made it up, whether it can be answered or not.
        chains.remember([], behind: asked.key)
        do throws(AnswerFault) {
            var answer = try makeAnswer(
                for: vouched.identity, on: vouched.terms, statement: vouched.statement, boundTo: vouched.binding)
            answer.origin = AnswerOrigin(asked.kind, of: asked.kind == .cookie ? nil : asked.question.server.id)
            tokenAnswers.remember(
                answer, restingOn: evidence, for: asked.key, policies: policies, watches: memory.watches, now: now)
            refusedTokens.forget(asked.key)
            return .valid(answer)
        } catch {
            tokenAnswers.forget(asked.key)
            refuse(asked, for: RefusedToken.Reason(error, until: evidence.end), until: end)
            return .unstatable(error)
        }
    }

    /// A server does not say: what was known before has to do, where it may.
    private mutating func settle(_ asked: AskedClaims, for failure: AskFailure, on terms: Terms, now: Moment)
        -> Judgement
    {
        guard case .userinfo(let userinfo) = terms, userinfo.isPartial, let statement = asked.statement,
            let vouched = try? vouched(
                by: userinfo, stating: statement, boundTo: asked.binding, until: asked.evidence.end,
                for: UserinfoServer.partialMaximumAge)
        else { return .unknown(failure) }
        // A better answer is kept for as long as it holds.
        if let known = tokenAnswers.answer(for: asked.key, policies: policies, watches: memory.watches, now: now) {
            return .valid(known)
        }
        var evidence = asked.evidence
        evidence.rest(
            onAnswerOf: userinfo.id, for: vouched.maximumAge, since: now.steady, until: nil, now: now)
        return answer(
            stating: vouched, for: asked, restingOn: evidence, orRefusedUntil: now.steady(after: vouched.maximumAge),
            now: now)
    }

    private mutating func refuse(
        _ asked: AskedClaims, for refusal: ClaimsRefusal, on terms: Terms, askedAt: Int64
    ) -> Judgement {
        tokenAnswers.forget(asked.key)
        chains.forget(asked.key)
        refuse(asked, for: .asked(refusal), until: terms.refusalEnd(askedAt: askedAt))
        return .refused(refusal)
    }

    private mutating func refuse(_ asked: AskedClaims, for reason: RefusedToken.Reason, until end: Int64) {
        refusedTokens.remember(
            RefusedToken(
                reason: reason, issuer: asked.question.server.id, format: policies.format, askedUntil: end),
            for: asked.key)
    }

    /// Counts what a credential was refused for.
    mutating func count(_ refusal: ClaimsRefusal, of kind: RefusedCredential) {
        switch (refusal, kind) {
        case (.inactive, _): tally.count(RecordRefusal.inactive, of: kind)
        case (.subjectMismatch, _): tally.count(RecordRefusal.subjectMismatch, of: kind)
        case (.userinfoMismatch, _): tally.count(RecordRefusal.userinfoMismatch, of: kind)
        case (.memberRefused, _): tally.count(RecordRefusal.memberRefused, of: kind)
        case (.claims(let refusal), .token): tally.count(refusal)
        case (.claims(let refusal), _): tally.count(RecordRefusal(refusal), of: kind)
        }
    }
}

// What is asked while nobody waits.
extension Resolver {
    /// Before a server is asked again about what was answered from memory, when nothing came of it.
    static var renewalPause: Duration { .seconds(1) }

    /// The questions since the last call.
    package mutating func takeBackgroundClaims() -> [AskedClaims] {
        guard !backgroundClaims.isEmpty else { return [] }
        defer { backgroundClaims = [] }
        return backgroundClaims
    }

    /// What came of one of them.
    package mutating func conclude(_ asked: AskedClaims, with reply: ClaimsReply, now: Moment) {
        guard isCurrent(asked, now: now), case .further(let further) = judge(asked, by: reply, now: now) else { return }
        backgroundClaims.append(further)
    }
}
