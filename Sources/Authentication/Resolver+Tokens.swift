import Bytes
import JOSE

extension Resolver {
    /// A token of at most so many bytes is looked at for its form before it is looked for in memory: opaque ones are short.
    private static var shortToken: Int { 64 }

    /// Whether a token can be looked up at all, and is not too long to be.
    mutating func isCredential(_ kind: CredentialKind, _ token: RawSpan, _ findings: inout Findings) -> Bool {
        guard looksUp || BearerToken.isCompact(token) else { return false }
        findings.present(kind)
        guard token.byteCount > verifier.maximumTokenBytes else { return true }
        tally.count(TokenRefusal.tooLong)
        tally.describe(token)
        return false
    }

    /// Begins with a token: from memory when it was seen before, else by its signature or by its records.
    @inline(__always)
    mutating func beginToken(
        _ kind: CredentialKind, _ place: FieldValue, of request: ResolveRequest, in head: RawSpan,
        _ findings: inout Findings, now: Moment
    ) -> Attempt {
        let token = head.extracting(place.range)
        guard token.byteCount <= verifier.maximumTokenBytes else {
            _ = isCredential(kind, token, &findings)
            return .pass
        }
        let digest = SHA256Digest(of: token)
        if token.byteCount > Self.shortToken || BearerToken.isCompact(token) {
            if let answer = tokenAnswers.answer(for: digest, policies, memory.watches, now: now) {
                return .answer(answer)
            }
            if let reason = refusedTokens.reason(for: digest, under: policies, now: now) {
                findings.present(kind)
                return refuse(reason, token, &findings)
            }
        }
        guard isCredential(kind, token, &findings) else { return .pass }
        if BearerToken.isCompact(token) {
            let question = question(kind, place, digest, of: request, in: head)
            return verify(token, digest, question, &findings, now: now)
        }
        if let answer = remembered(digest, .accessToken, now: now) {
            renew(.accessToken, kind, place, digest, of: request, in: head, now: now)
            return .answer(answer)
        }
        let question = question(kind, place, digest, of: request, in: head)
        return start(.opaqueToken(digest, question), &findings, now: now)
    }

    /// Begins with a JWT that was kept.
    mutating func beginJWT(
        _ token: RawSpan, _ digest: SHA256Digest, _ question: AuthgearQuestion?, _ findings: inout Findings,
        now: Moment
    ) -> Attempt {
        if let answer = tokenAnswers.answer(for: digest, policies, memory.watches, now: now) { return .answer(answer) }
        if let reason = refusedTokens.reason(for: digest, under: policies, now: now) {
            return refuse(reason, token, &findings)
        }
        return verify(token, digest, question, &findings, now: now)
    }

    private mutating func verify(
        _ token: RawSpan, _ digest: SHA256Digest, _ question: AuthgearQuestion?, _ findings: inout Findings,
        now: Moment
    ) -> Attempt {
        if let grant = verifiedGrants.grant(for: digest, under: policies, now: now) {
            return lookUp(
                .jwt([UInt8](copying: token), digest, question), grant: grant, &findings, now: now)
        }
        switch verifier.verify(token, with: keys, now: now) {
        case .valid(let verified):
            signatures += 1
            return accept(verified, token, digest, question, &findings, now: now)
        case .refused(let refusal):
            tally.count(refusal)
            tally.describe(token)
            return .pass
        case .forged(let issuer):
            signatures += 1
            return refuse(.forged, issuer, token, digest, &findings)
        case .keyMissing(let key):
            return .wait(.key(key), prefetch: [], .token([UInt8](copying: token), digest, question))
        }
    }

    /// Goes on with a token, now that its key was looked for.
    mutating func resumeToken(
        _ token: [UInt8], _ digest: SHA256Digest, _ question: AuthgearQuestion?, after reply: KeyReply,
        _ findings: inout Findings, now: Moment
    ) -> Attempt {
        let key: MissingKey
        switch beginJWT(token.span.bytes, digest, question, &findings, now: now) {
        case .wait(.key(let missing), _, _): key = missing
        case let attempt: return attempt
        }
        // It is missing still.
        switch reply {
        case .absent:
            tally.count(TokenRefusal.keyUnknown)
            tally.describe(token.span.bytes)
        case .arrived, .unavailable: couldNotCheck(UnknownReason(key.cause), &findings)
        }
        return .pass
    }

    /// The answer of a token that was verified, remembered, and so is that it can't be given; or its session, when it ends with
    /// one.
    private mutating func accept(
        _ verified: borrowing VerifiedToken, _ token: RawSpan, _ digest: SHA256Digest,
        _ question: AuthgearQuestion?, _ findings: inout Findings, now: Moment
    ) -> Attempt {
        if let grant = VerifiedGrant(verified) {
            verifiedGrants.remember(grant, for: digest)
            return lookUp(
                .jwt([UInt8](copying: token), digest, question), grant: grant, &findings, now: now)
        }
        do throws(AnswerFault) {
            let answer = try settings.format.answer(for: Identity(verified), by: renderer)
            tokenAnswers.remember(
                answer, restingOn: Evidence(verified, under: policies.format), for: digest, policies, memory.watches,
                now: now)
            return .answer(answer)
        } catch {
            let reason: RefusedToken.Reason =
                switch error {
                case .refused(let refusal): .unstatable(refusal)
                case .tooLong(let answer): .tooLong(answer, until: verified.expiresAt)
                }
            return refuse(reason, verified.issuer, token, digest, &findings)
        }
    }

    /// Refuses a token for what it took a signature to find out, and remembers it.
    private mutating func refuse(
        _ reason: RefusedToken.Reason, _ issuer: IssuerID, _ token: RawSpan, _ digest: SHA256Digest,
        _ findings: inout Findings
    ) -> Attempt {
        refusedTokens.remember(RefusedToken(reason: reason, issuer: issuer, format: policies.format), for: digest)
        return refuse(reason, token, &findings)
    }

    private mutating func refuse(
        _ reason: RefusedToken.Reason, _ token: RawSpan, _ findings: inout Findings
    ) -> Attempt {
        switch reason {
        case .forged: tally.count(TokenRefusal.signatureWrong)
        case .unstatable(let refusal): tally.count(refusal)
        case .tooLong(let answer, _):
            note(.tooLong(answer), &findings)
            return .pass
        }
        tally.describe(token)
        return .pass
    }
}
