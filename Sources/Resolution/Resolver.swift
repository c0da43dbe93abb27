package import Bytes
package import Tokens

/// Takes one event loop's requests and gives each its answer, or the one thing that the answer must wait for.
///
/// Takes values: the request's fields, the key ring, the time. Gives values: an `Answer`, or a `Parked` request with
/// what it needs. Imports Bytes and Tokens; there is no I/O, no clock and no logger here.
package struct Resolver: ~Copyable {
    /// How many cookies of one name are tried (contract section 2).
    static let maximumCookies = 4

    /// The keys that tokens are verified with; replaced whole when a set changed.
    var keys: KeyRing
    var verifier: TokenVerifier
    /// Nil when there is no session store: session cookies are no credential then.
    let sessions: SessionRules?
    let format: AnswerFormat
    let standardAnswers = StandardAnswers()
    var tokenCache: TokenCache
    var sessionCache: SessionCache
    var owners = SessionOwners()
    /// What was last answered for a session of which both records were read.
    var lastAnswer: SharedAnswer?
    /// Refusals and unknowns so far.
    package var tally = Tally()
    /// How many signatures were verified so far: the one thing here that is dear.
    package internal(set) var signatures = 0
    /// What was too long since somebody asked; nil while nothing was.
    private var longAnswers: LongAnswers?

    package init(
        verifier: TokenVerifier, keys: KeyRing, sessions: SessionRules?, format: AnswerFormat, caches: CacheRules
    ) {
        self.verifier = verifier
        self.keys = keys
        self.sessions = sessions
        self.format = format
        self.tokenCache = TokenCache(bound: caches.tokens)
        self.sessionCache = SessionCache(bound: caches.sessions, maximumAge: caches.sessionMaximumAge)
        tokenCache.keysChanged(to: keys)
    }

    /// Decides on a request: the first credential that is valid wins.
    ///
    /// - Parameters:
    ///   - arrival: what the request says; its places are offsets in `head`.
    ///   - head: the bytes of the request head.
    package mutating func resolve(_ arrival: Arrival, in head: RawSpan, now: Moment) -> Step {
        var findings = Findings()
        if let field = arrival.authorization, let place = BearerToken.extract(from: field, in: head) {
            let token = head.extracting(place.range)
            switch judge(token, &findings, now: now) {
            case .valid(let answer):
                return .answer(answer)
            case .opaque:
                break
            case .refused:
                tally.describe(token)
                findings.presentBearer()
            case .tooLong:
                findings.presentBearer()
            case .keyMissing(let key):
                findings.presentBearer()
                let cookies = sessionCookies(of: arrival, in: head, &findings)
                return .wait(
                    for: .key(key),
                    Parked(
                        endpoint: arrival.endpoint, findings: findings,
                        pursuit: .token([UInt8](copying: token)), cookies: cookies))
            }
        }
        guard arrival.firstCookie != nil else { return .answer(standardAnswers.answer(to: arrival.endpoint, findings)) }
        if let answer = rememberedSession(of: arrival, in: head, now: now) { return .answer(answer) }
        let cookies = sessionCookies(of: arrival, in: head, &findings)
        return pursue(cookies, findings, for: arrival.endpoint, now: now)
    }

    /// Goes on with a parked request, now that its key was looked for.
    package mutating func resume(_ parked: consuming Parked, with reply: KeyReply, now: Moment) -> Step {
        if case .token(let token) = parked.pursuit {
            switch judge(token.span.bytes, &parked.findings, now: now) {
            case .valid(let answer):
                return .answer(answer)
            case .opaque, .tooLong:
                break
            case .refused:
                tally.describe(token.span.bytes)
            case .keyMissing(let key):
                conclude(key, after: reply, &parked.findings)
                if reply == .absent { tally.describe(token.span.bytes) }
            }
        }
        return pursue(parked.cookies, parked.findings, for: parked.endpoint, now: now)
    }

    /// Goes on with a parked request, now that its record was looked up.
    package mutating func resume(_ parked: consuming Parked, with reply: RecordReply, now: Moment) -> Step {
        switch (parked.pursuit, reply) {
        case (.session(let cookie, let watch), .found(.session(let record))):
            if let session = check(record, against: cookie, watch, &parked.findings, now: now) {
                return lookUpUser(of: session, parked, now: now)
            }
        case (.session(let cookie, _), .missing):
            owners.forget(cookie.digest)
            tally.count(SessionRefusal.notFound)
        case (.user(let session, let watch), .found(.user(let user))) where !user.isStale(at: now.timestamp):
            if let answer = accept(session, of: user, watch, &parked.findings, now: now) { return .answer(answer) }
        case (.user(let session, _), .found(.user)), (.user(let session, _), .missing):
            if let answer = acceptAlone(session.record, &parked.findings) { return .answer(answer) }
        case (_, .unavailable(let failure)):
            couldNotCheck(UnknownReason(failure), &parked.findings)
        case (_, .unreadable(.mismatched)):
            couldNotCheck(.recordMismatched, &parked.findings)
        case (_, .unreadable), (_, .found), (.token, .missing):
            couldNotCheck(.recordUnreadable, &parked.findings)
        }
        return pursue(parked.cookies, parked.findings, for: parked.endpoint, now: now)
    }

    /// Ends the decision on a request that has waited for too long (`limits.decision_timeout`). It is this that is said, not
    /// what its first credentials came to: it may have had a valid one after them.
    package mutating func timeOut(_ parked: consuming Parked) -> Answer {
        tally.count(.decisionTimedOut)
        return standardAnswers.answer(for: .decisionTimedOut)
    }

    /// Takes a new key ring: a token signed by a key that is gone is no longer valid from the next request on.
    package mutating func publish(_ ring: KeyRing) {
        keys = ring
        tokenCache.keysChanged(to: ring)
    }

    /// The answer that states the identity; nil when it can't be stated.
    mutating func answer(stating identity: Identity, _ findings: inout Findings) -> Answer? {
        do throws(AnswerFault) {
            return try format.answer(for: identity)
        } catch {
            note(error, &findings)
            return nil
        }
    }

    /// There is no answer for somebody whose credential is good.
    mutating func note(_ fault: AnswerFault, _ findings: inout Findings) {
        switch fault {
        case .refused(let refusal):
            tally.count(refusal)
        case .tooLong(let answer):
            if longAnswers?.add(answer) == nil { longAnswers = LongAnswers(first: answer) }
            couldNotCheck(.answerTooLong, &findings)
        }
    }

    /// What was too long since the last call, for the log; nil when nothing was.
    package mutating func takeLongAnswers() -> LongAnswers? { longAnswers.take() }

    mutating func couldNotCheck(_ reason: UnknownReason, _ findings: inout Findings) {
        tally.count(reason)
        findings.couldNotCheck(reason)
    }

    /// What the token cache did and holds.
    package var tokenCacheFigures: CacheFigures { tokenCache.figures }
    /// What the session cache did and holds.
    package var sessionCacheFigures: CacheFigures { sessionCache.figures }
}
