import Bytes
import JOSE

// Cookies whose sessions other servers know (contract section 21).
extension Resolver {
    /// Begins with one whose bytes are at hand. Nothing is allocated for one whose answer is in memory.
    ///
    /// - Parameter place: whose it is.
    @inline(__always)
    mutating func begin(
        cookieOf place: Int, at value: FieldValue, in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Attempt {
        let value = head.extracting(value.range)
        guard value.byteCount <= CookieServer.maximumValueLength else { return refuseCookie(&findings) }
        let digest = SHA256Digest(of: value)
        let key = RefusedCredential.key(ofCookie: digest, of: otherCookieIssuers[place])
        if let answer = tokenAnswers.answer(for: key, policies: policies, watches: memory.watches, now: now) {
            if tokenAnswers.lastIsToBeRenewed { renew(asked(about: value, of: place, digest: digest), now: now) }
            return .answer(answer, of: digest)
        }
        findings.presentOther()
        if isRefused(key, findings: &findings, now: now) { return .pass }
        guard CookieServer.isCookieValue(value) else { return refuseCookie(&findings) }
        return ask(asked(about: value, of: place, digest: digest))
    }

    /// Begins with one that was kept while a credential before it waited.
    mutating func begin(
        cookieNamed name: [UInt8], asking question: ClaimsQuestion, findings: inout Findings, now: Moment
    ) -> Attempt {
        // A reload may have put another server in its place meanwhile, or none.
        guard let place = otherCookieNames.firstIndex(of: name) else { return .pass }
        let asked = asked(question.asked(of: AskedServer(.cookie, of: otherCookieIssuers[place])), of: place)
        if let answer = tokenAnswers.answer(for: asked.key, policies: policies, watches: memory.watches, now: now) {
            if tokenAnswers.lastIsToBeRenewed { renew(asked, now: now) }
            return .answer(answer, of: asked.credential.digest)
        }
        findings.presentOther()
        return isRefused(asked.key, findings: &findings, now: now) ? .pass : ask(asked)
    }

    /// Has one asked about again that was just answered from memory, once its answer is old: who uses it never waits.
    private mutating func renew(_ asked: AskedClaims, now: Moment) {
        tokenAnswers.postponeRenewal(of: asked.key, until: now.steady(after: Self.renewalPause))
        backgroundClaims.append(asked)
    }

    /// Whether it is known to have no answer, which is counted.
    private mutating func isRefused(_ key: SHA256Digest, findings: inout Findings, now: Moment) -> Bool {
        guard let reason = refusedTokens.reason(for: key, under: policies, now: now) else { return false }
        note(reason, of: .cookie, findings: &findings)
        return true
    }

    private mutating func refuseCookie(_ findings: inout Findings) -> Attempt {
        findings.presentOther()
        tally.count(.malformedCookie, of: .cookie)
        return .pass
    }

    /// Keeps one whose bytes are about to go; nil when it is refused already.
    mutating func keep(
        cookieOf place: Int, at value: FieldValue, in head: RawSpan, findings: inout Findings
    ) -> Credential? {
        let value = head.extracting(value.range)
        guard CookieServer.isCookieValue(value) else {
            _ = refuseCookie(&findings)
            return nil
        }
        findings.presentOther()
        return asked(about: value, of: place, digest: SHA256Digest(of: value)).credential
    }

    private func asked(about value: RawSpan, of place: Int, digest: SHA256Digest) -> AskedClaims {
        let server = AskedServer(.cookie, of: otherCookieIssuers[place])
        return asked(
            ClaimsQuestion(about: [UInt8](copying: value), digest: digest, of: server), of: place)
    }

    private func asked(_ question: ClaimsQuestion, of place: Int) -> AskedClaims {
        AskedClaims(.cookie(named: otherCookieNames[place], question), asking: question, under: policies.format)
    }
}
