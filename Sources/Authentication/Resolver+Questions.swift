package import Bytes
import JOSE

extension Resolver {
    /// The question about a credential; nil where Authgear is not asked.
    func question(
        about kind: CredentialKind, at place: FieldValue, digest: SHA256Digest, of request: ResolveRequest,
        in head: RawSpan
    ) -> AuthgearQuestion? {
        guard asksAuthgear else { return nil }
        let value = [UInt8](copying: head.extracting(place.range))
        let credential: AuthgearQuestion.Presented =
            switch kind {
            case .bearer, .apiToken, .appAccessToken: .authorization(Array("Bearer ".utf8) + value)
            case .appSession, .session: .cookie(name: cookieNames.name(of: kind), value: value)
            }
        return AuthgearQuestion(about: credential, digest: digest, of: request, in: head, wasValid: true)
    }

    /// Asks Authgear about a credential, in place of a store.
    mutating func ask(
        about credential: AskedCredential, findings: inout Findings, now: Moment
    ) -> Attempt {
        guard let question = credential.credential.question, question.isAskable, !isRefused(credential.key, now: now)
        else { return notKnown(credential, findings: &findings, now: now) }
        let known = question.knowing(wasValid: wasValid(credential.key))
        return .wait(.question(known), prefetch: [], .question(credential))
    }

    /// Whether a credential was valid here a moment ago, so that nobody has made it up: as long as it was remembered, and a while
    /// after.
    mutating func wasValid(_ key: SHA256Digest) -> Bool {
        let hasEnded = tokenAnswers.takeEnded(key) || sessionAnswers.takeEnded(key)
        if chains.knows(key) { return true }
        if hasEnded { chains.remember([], behind: key) }
        return hasEnded
    }

    mutating func isRefused(_ key: SHA256Digest, now: Moment) -> Bool {
        refusedByAuthgear.value(for: key).map { now.steady < $0 } ?? false
    }

    /// Authgear called a credential invalid: for a while it is not asked about it again.
    mutating func refused(_ key: SHA256Digest, now: Moment) {
        if !isRefused(key, now: now) { refusedByAuthgear.insert(now.steady(after: Self.refusalAge), for: key, cost: 0) }
    }

    /// Goes on with a credential, now that Authgear was asked about it.
    mutating func conclude(
        _ credential: AskedCredential, with reply: AuthgearReply, findings: inout Findings, now: Moment
    ) -> Attempt {
        tally.count(reply, to: .session)
        switch reply {
        case .valid(let identity):
            if let subject = credential.subject, subject != identity.userID {
                tally.count(.subjectMismatch, of: credential.kind)
            } else if let answer = answer(stating: identity, of: credential, findings: &findings, now: now) {
                return .answer(answer, of: credential.credential.digest)
            }
        case .invalid, .silent:
            refused(credential.key, now: now)
            return notKnown(credential, findings: &findings, now: now)
        case .unknown(let failure):
            couldNotCheck(UnknownReason(failure), findings: &findings)
        }
        return .pass
    }

    /// Authgear does not know a credential: perhaps somebody else does.
    private mutating func notKnown(
        _ credential: AskedCredential, findings: inout Findings, now: Moment
    ) -> Attempt {
        if let question = credential.credential.introspection {
            return introspect(credential.credential, asking: question, findings: &findings, now: now)
        }
        tally.count(.refusedByAuthgear, of: credential.kind)
        return .pass
    }

    /// How long Authgear is not asked again about what it called invalid.
    private static var refusalAge: Duration { .seconds(5) }

    /// Has an answer of Authgear's own renewed that was just given, once it is old: who uses it never waits then.
    @inline(__always)
    mutating func renew(
        _ credential: RefusedCredential, kind: CredentialKind, at place: FieldValue, digest: SHA256Digest,
        of request: ResolveRequest, in head: RawSpan, now: Moment
    ) {
        guard settings.authgear?.isStore == true else { return }
        let key = credential.key(of: digest)
        guard sessionAnswers.isToBeRenewed(key, now: now),
            let question = question(about: kind, at: place, digest: digest, of: request, in: head)
        else { return }
        askInBackground(BackgroundQuestion(question: question, purpose: .session, subject: .credential(key, user: nil)))
    }

    /// The same for one that was kept while a credential before it waited.
    mutating func renew(_ credential: Credential, now: Moment) {
        guard settings.authgear?.isStore == true, sessionAnswers.isToBeRenewed(credential.key, now: now),
            let question = credential.question
        else { return }
        askInBackground(
            BackgroundQuestion(
                question: question, purpose: .session, subject: .credential(credential.key, user: nil)))
    }

    /// Authgear called a credential valid again whose answer is its own.
    mutating func renewed(_ key: SHA256Digest, as kind: PresentedKind, by identity: Identity, now: Moment) {
        guard let authgear = settings.authgear, authgear.isStore,
            // No JWT is asked about in the background in place of a store, so nothing is bound.
            var answer = try? makeAnswer(
                for: identity, isSession: true, on: CredentialTerms(kind), statement: nil, boundTo: nil)
        else { return }
        answer.origin = sessionAnswers.origin(of: key) ?? AnswerOrigin(kind == .session ? .session : .accessToken)
        var evidence = Evidence(under: policies.sessions)
        evidence.rest(onAuthgearFor: authgear.maximumAge, now: now)
        sessionAnswers.remember(
            answer, restingOn: evidence, for: key, policies: policies, watches: memory.watches, now: now)
    }
}

// MARK: - What Authgear is asked while nobody waits

extension Resolver {
    /// The questions since the last call.
    package mutating func takeBackgroundQuestions() -> [BackgroundQuestion] {
        guard !backgroundQuestions.isEmpty else { return [] }
        defer { backgroundQuestions = [] }
        return backgroundQuestions
    }

    /// Has Authgear asked about active users whose records have ended. Called once a tick.
    package mutating func askAboutEndedUsers(now: Moment) {
        backgroundQuestions += memory.users.takeEnded(now: now)
    }

    mutating func askInBackground(_ question: BackgroundQuestion) {
        backgroundQuestions.append(question)
    }

    /// Asks about the credential that a chain began with.
    mutating func askInBackground(
        about chain: SessionChain, of user: [UInt8], for purpose: QuestionPurpose
    ) {
        guard let question = chain.question else { return }
        askInBackground(
            BackgroundQuestion(question: question, purpose: purpose, subject: .credential(chain.key, user: user)))
    }

    /// What came of one of them. What Authgear calls invalid is not remembered any longer.
    package mutating func conclude(_ asked: BackgroundQuestion, with reply: AuthgearReply, now: Moment) {
        tally.count(reply, to: asked.purpose)
        switch asked.subject {
        case .request(let ours): compare(ours, with: reply)
        case .credential(let key, let user):
            if let user { memory.users.concluded(about: user, with: reply, now: now) }
            switch reply {
            case .invalid, .silent: forget(key)
            case .valid(let identity):
                renewed(key, as: asked.question.credential.presentedKind, by: identity, now: now)
            case .unknown: break
            }
        }
    }

    /// What another event loop asked about was called invalid: nothing is remembered of it here either.
    package mutating func forget(_ asked: BackgroundQuestion, now: Moment) {
        guard case .credential(let key, let user) = asked.subject else { return }
        if let user { memory.users.concluded(about: user, with: .invalid, now: now) }
        forget(key)
    }

    private mutating func forget(_ key: SHA256Digest) {
        tokenAnswers.forget(key)
        sessionAnswers.forget(key)
        chains.forget(key)
    }

    /// Has Authgear write down that a session is used, when its record says that it was not for long: Authgear does so at each
    /// question.
    mutating func touch(_ chain: SessionChain, of user: [UInt8], now: Moment) {
        guard let due = touchDue(of: chain, now: now), due <= now.steady, let question = chain.question else { return }
        // Of both sessions, whichever was due, Authgear writes that they are used.
        let sessions = [chain.use, chain.singleSignOnUse].compactMap { $0?.session }
        for session in sessions { touches.insert(now.steady(after: Self.touchInterval), for: session, cost: 0) }
        askInBackground(
            BackgroundQuestion(
                question: question, purpose: .touch, subject: .credential(chain.key, user: user),
                session: sessions.first))
    }

    /// When that is to be done next, on the steady clock; nil where it is not. An answer is not kept beyond it: who is answered from
    /// memory uses a session, too.
    mutating func touchDue(of chain: SessionChain, now: Moment) -> Int64? {
        guard let span = settings.authgear?.touchAfter, chain.question != nil else { return nil }
        return min(
            touchDue(of: chain.use, after: span, now: now), touchDue(of: chain.singleSignOnUse, after: span, now: now))
    }

    private mutating func touchDue(of use: SessionUse?, after span: Duration, now: Moment) -> Int64 {
        guard let use else { return .max }
        let due = now.steady(at: use.touchDue(after: span))
        // Later than any that is remembered.
        guard due < now.steady(after: Self.touchInterval) else { return due }
        return max(due, touches.value(for: use.session) ?? .min)
    }

    static var touchInterval: Duration { .seconds(60) }
}

extension AuthgearQuestion {
    /// A question about what a request has, with what its client says of itself.
    convenience init(
        about credential: Presented, digest: SHA256Digest, of request: ResolveRequest, in head: RawSpan,
        wasValid: Bool
    ) {
        self.init(
            about: credential, digest: digest,
            userAgent: request.fields.userAgent.map { [UInt8](copying: head.extracting($0.range)) },
            forwardedFor: request.fields.forwardedFor.map { [UInt8](copying: head.extracting($0.range)) },
            wasValid: wasValid)
    }
}
