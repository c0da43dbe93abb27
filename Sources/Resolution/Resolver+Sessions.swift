package import Bytes
import Tokens

extension Resolver {
    /// The answer of the request's first session cookie, when it is in memory. Nothing is allocated for it.
    mutating func rememberedSession(of arrival: Arrival, in head: RawSpan, now: Moment) -> Answer? {
        guard let name = sessions?.cookieName, sessionCache.mayAnswer(at: now) else { return nil }
        var fields = arrival.cookies
        while let field = fields.next(in: head) {
            var scanner = CookieScanner(field)
            if let value = scanner.next(named: name, in: head) {
                return sessionCache.answer(for: SHA256Digest(of: head.extracting(value.range)), now: now)
            }
        }
        return nil
    }

    /// The cookies that may prove a session, in order, at most `maximumCookies`; malformed ones are refused here.
    mutating func sessionCookies(
        of arrival: Arrival, in head: RawSpan, _ findings: inout Findings
    ) -> ArraySlice<SessionCookie> {
        guard let sessions else { return [] }
        var cookies: ArraySlice<SessionCookie> = []
        var tried = 0
        var fields = arrival.cookies
        while tried < Self.maximumCookies, let field = fields.next(in: head) {
            var scanner = CookieScanner(field)
            while tried < Self.maximumCookies, let value = scanner.next(named: sessions.cookieName, in: head) {
                tried += 1
                findings.presentCookie()
                do throws(SessionRefusal) {
                    cookies.append(try SessionCookie(head.extracting(value.range)))
                } catch {
                    tally.count(error)
                }
            }
        }
        return cookies
    }

    /// Goes for the first of the cookies; without any, the decision has come to its end.
    mutating func pursue(
        _ cookies: ArraySlice<SessionCookie>, _ findings: Findings, for endpoint: Endpoint, now: Moment
    ) -> Step {
        guard let sessions, let cookie = cookies.first else {
            return .answer(standardAnswers.answer(to: endpoint, findings))
        }
        let query = sessions.sessionQuery(id: cookie.id)
        let pursuit = Pursuit.session(cookie, sessionCache.watch(query, now: now))
        return .wait(
            for: .record(query),
            Parked(
                endpoint: endpoint, findings: findings, pursuit: pursuit, ahead: owners.query(for: cookie.digest),
                cookies: cookies.dropFirst()))
    }

    /// The session, when the cookie proves it, it lasts still, and its user can be named in a header: also in the key of
    /// the user's record nothing else gets.
    mutating func check(
        _ record: SessionRecord, against cookie: SessionCookie, _ watch: RecordWatch?, _ findings: inout Findings,
        now: Moment
    ) -> FoundSession? {
        do throws(SessionRefusal) {
            try sessions?.check(record, against: cookie, now: now.timestamp)
        } catch {
            tally.count(error)
            owners.forget(cookie.digest)
            return nil
        }
        do throws(AnswerFault) {
            try format.check(userID: record.userID)
        } catch {
            note(error, &findings)
            return nil
        }
        return FoundSession(record: record, digest: cookie.digest, watch: watch)
    }

    mutating func lookUpUser(of session: FoundSession, _ parked: consuming Parked, now: Moment) -> Step {
        guard let sessions else { return pursue(parked.cookies, parked.findings, for: parked.endpoint, now: now) }
        let query = sessions.userQuery(id: session.record.userID)
        owners.remember(query, for: session.digest)
        parked.pursuit = .user(of: session, sessionCache.watch(query, now: now))
        parked.ahead = nil
        return .wait(for: .record(query), parked)
    }

    /// The answer of a session whose user's record is at hand, remembered; nil when it is refused.
    mutating func accept(
        _ session: FoundSession, of user: UserRecord, _ watch: RecordWatch?, _ findings: inout Findings, now: Moment
    ) -> Answer? {
        guard !user.isDisabled else {
            tally.count(SessionRefusal.userDisabled)
            return nil
        }
        guard let sessions, let answer = answer(for: session.record, of: user, &findings) else { return nil }
        sessionCache.remember(
            answer, for: session.digest, restingOn: session.watch, watch,
            lastValidAt: min(sessions.expiry(of: session.record), user.lastFreshAt), now: now)
        return answer
    }

    /// The answer that states who they are. Requests that share both records, one after another, share it.
    private mutating func answer(
        for session: SessionRecord, of user: UserRecord, _ findings: inout Findings
    ) -> Answer? {
        if let last = lastAnswer, last.session === session, last.user === user { return last.answer }
        guard let answer = answer(stating: Identity(session, user: user), &findings) else { return nil }
        lastAnswer = SharedAnswer(session: session, user: user, answer: answer)
        return answer
    }

    /// The answer of a session whose user's record is missing; nil when there is none.
    mutating func acceptAlone(_ session: SessionRecord, _ findings: inout Findings) -> Answer? {
        guard session.claims.describeUser || sessions?.missingUser == .partial else {
            couldNotCheck(.userMissing, &findings)
            return nil
        }
        return answer(stating: Identity(session), &findings)
    }
}

// MARK: - What the store tells of changes

extension Resolver {
    /// Whether sessions may be answered from memory at this moment.
    package func trustsSessions(at now: Moment) -> Bool {
        sessionCache.mayAnswer(at: now)
    }

    /// The store tells of changes, and has told of all up to now: sessions may be answered from memory until that moment of the
    /// steady clock, in nanoseconds.
    package mutating func trustSessions(until steady: Int64) {
        sessionCache.trust(until: steady)
    }

    /// The store can't tell of changes any more: what is remembered of sessions is forgotten, and each is read again.
    package mutating func distrustSessions() {
        sessionCache.distrust()
    }

    /// The record under this key of the store changed, or is gone.
    package mutating func recordChanged(_ key: [UInt8]) {
        sessionCache.recordChanged(key)
    }
}
