import Bytes
import JOSE

extension Resolver {
    /// A token of at most so many bytes is looked at for its form before it is looked for in memory: opaque ones are short.
    private static var shortToken: Int { 64 }

    /// Whether a token can be verified or looked up at all, and is not too long to be.
    mutating func isCredential(
        _ kind: CredentialKind, token: RawSpan, isCompact: Bool, findings: inout Findings
    ) -> Bool {
        guard isCompact ? verifier.hasIssuers || introspects : kind == .bearer ? takesOpaqueBearer(token) : looksUp
        else {
            return false
        }
        findings.present(kind)
        guard token.byteCount > verifier.maximumTokenBytes else { return true }
        tally.count(TokenRefusal.tooLong)
        tally.describe(token)
        return false
    }

    /// Begins with a token: from memory when it was seen before, else by its signature or by its records.
    @inline(__always)
    mutating func beginToken(
        _ kind: CredentialKind, at place: FieldValue, of request: ResolveRequest, in head: RawSpan,
        findings: inout Findings, now: Moment
    ) -> Attempt {
        let token = head.extracting(place.range)
        guard token.byteCount <= verifier.maximumTokenBytes else {
            _ = isCredential(kind, token: token, isCompact: BearerToken.isCompact(token), findings: &findings)
            return .pass
        }
        let digest = SHA256Digest(of: token)
        // From memory before its form is looked at, for most are known. A short one is likely opaque, whose answer is
        // kept under another key.
        if token.byteCount > Self.shortToken || BearerToken.isCompact(token) {
            if let answer = tokenAnswers.answer(for: digest, policies: policies, watches: memory.watches, now: now) {
                return .answer(answer, of: digest, then: renewal(of: token))
            }
            if let reason = refusedTokens.reason(for: digest, under: policies, now: now) {
                findings.present(kind)
                return refuse(token, as: .token, for: reason, findings: &findings)
            }
        }
        // What an endpoint said of an opaque token has a key of its own, for which its form need not be looked at either;
        // but a list of tokens comes first.
        if apiTokens == nil,
            let attempt = introspected(token, as: kind, digest: digest, findings: &findings, now: now)
        {
            return attempt
        }
        let isCompact = BearerToken.isCompact(token)
        if !isCompact, apiTokens != nil {
            if let attempt = beginOpaque(token, as: kind, digest: digest, findings: &findings, now: now)
                ?? introspected(token, as: kind, digest: digest, findings: &findings, now: now)
            {
                return attempt
            }
        }
        guard isCredential(kind, token: token, isCompact: isCompact, findings: &findings) else { return .pass }
        if isCompact {
            let question = question(about: kind, at: place, digest: digest, of: request, in: head)
            return verify(token, digest: digest, question: question, findings: &findings, now: now)
        }
        if let answer = remembered(digest, as: .accessToken, now: now) {
            renew(.accessToken, kind: kind, at: place, digest: digest, of: request, in: head, now: now)
            return .answer(answer, of: digest)
        }
        let question = question(about: kind, at: place, digest: digest, of: request, in: head)
        let introspection = introspection(of: token, as: kind, digest: digest)
        return start(.opaqueToken(digest, question, introspection), findings: &findings, now: now)
    }

    /// Begins with a JWT that was kept.
    mutating func beginJWT(
        _ token: RawSpan, digest: SHA256Digest, question: AuthgearQuestion?, findings: inout Findings,
        now: Moment
    ) -> Attempt {
        if let answer = tokenAnswers.answer(for: digest, policies: policies, watches: memory.watches, now: now) {
            return .answer(answer, of: digest, then: renewal(of: token))
        }
        if let reason = refusedTokens.reason(for: digest, under: policies, now: now) {
            return refuse(token, as: .token, for: reason, findings: &findings)
        }
        return verify(token, digest: digest, question: question, findings: &findings, now: now)
    }

    /// What comes with the use of a JWT whose answer was just found in memory.
    @inline(__always)
    private func renewal(of token: RawSpan) -> Afterwards {
        tokenAnswers.lastIsToBeRenewed ? .renewal(of: [UInt8](copying: token), isCompact: true) : .nothing
    }

    private mutating func verify(
        _ token: RawSpan, digest: SHA256Digest, question: AuthgearQuestion?, findings: inout Findings,
        now: Moment
    ) -> Attempt {
        // A signature is dearer than all else here: one that was verified is not verified again.
        if let grant = verifiedGrants.grant(for: digest, under: policies, now: now) {
            if grant.hash != nil {
                return lookUp(
                    .jwt([UInt8](copying: token), digest, question), grant: grant, findings: &findings, now: now)
            }
            if let asked = asked(about: grant, token: token, digest: digest, question: question) { return ask(asked) }
        }
        switch verifier.verify(token, with: keys, now: now) {
        case .valid(let verified):
            signatures += 1
            return accept(verified, token: token, digest: digest, question: question, findings: &findings, now: now)
        case .refused(let refusal):
            tally.count(refusal)
            tally.describe(token)
            return .pass
        case .forged(let issuer):
            signatures += 1
            return refuse(for: .forged, issuer: issuer, token: token, digest: digest, findings: &findings)
        case .keyMissing(let key):
            let token = KeylessToken([UInt8](copying: token), digest: digest, question: question, of: key.issuer)
            return .wait(.key(key), prefetch: [], .token(token))
        }
    }

    /// Goes on with a token, now that its key was looked for.
    mutating func resume(
        _ token: KeylessToken, after reply: KeyReply, findings: inout Findings, now: Moment
    ) -> Attempt {
        let bytes = token.bytes
        let key: MissingKey
        switch beginJWT(
            bytes.span.bytes, digest: token.digest, question: token.question, findings: &findings, now: now)
        {
        case .wait(.key(let missing), let prefetch, let flow):
            // The configuration has changed: whatever came of it, the key was not looked for where it is to be by now.
            guard missing.issuer == token.issuer else { return .wait(.key(missing), prefetch: prefetch, flow) }
            key = missing
        case let attempt: return attempt
        }
        // It is missing still.
        switch reply {
        case .absent:
            tally.count(TokenRefusal.keyUnknown)
            tally.describe(bytes.span.bytes)
        case .arrived, .unavailable: couldNotCheck(UnknownReason(key.cause), findings: &findings)
        }
        return .pass
    }

    /// The answer of a token that was verified, remembered, and so is that it can't be given; or its session, when it ends with
    /// one.
    private mutating func accept(
        _ verified: borrowing VerifiedToken, token: RawSpan, digest: SHA256Digest,
        question: AuthgearQuestion?, findings: inout Findings, now: Moment
    ) -> Attempt {
        if verified.grantHash != nil {
            let grant = VerifiedGrant(verified, keepsStatement: statesMore(verified.statement), now: now)
            // Before the look-up, which may have to wait: who repeats the token meanwhile spares the signature.
            verifiedGrants.remember(grant, for: digest)
            return lookUp(
                .jwt([UInt8](copying: token), digest, question), grant: grant, findings: &findings, now: now)
        }
        if let asked = asked(about: verified, token: token, digest: digest, question: question, now: now) {
            return ask(asked)
        }
        do throws(AnswerFault) {
            var answer = try makeAnswer(
                for: Identity(verified), on: CredentialTerms(verified.statement, until: verified.expiresAt),
                statement: verified.statement, boundTo: verified.binding)
            answer.origin = AnswerOrigin(.token, of: verified.issuer)
            tokenAnswers.remember(
                answer, restingOn: Evidence(verified, under: policies.format), for: digest, policies: policies,
                watches: memory.watches,
                now: now)
            return .answer(answer, of: digest)
        } catch {
            let reason = RefusedToken.Reason(error, until: verified.expiresAt)
            return refuse(for: reason, issuer: verified.issuer, token: token, digest: digest, findings: &findings)
        }
    }

    /// Refuses a token for what it took a signature to find out, and remembers it.
    private mutating func refuse(
        for reason: RefusedToken.Reason, issuer: IssuerID, token: RawSpan, digest: SHA256Digest,
        findings: inout Findings
    ) -> Attempt {
        refusedTokens.remember(RefusedToken(reason: reason, issuer: issuer, format: policies.format), for: digest)
        return refuse(token, as: .token, for: reason, findings: &findings)
    }

    /// - Parameter kind: what it is by its form, which whoever found the reason knows.
    mutating func refuse(
        _ token: RawSpan, as kind: RefusedCredential, for reason: RefusedToken.Reason, findings: inout Findings
    ) -> Attempt {
        note(reason, of: kind, findings: &findings)
        if case .tooLong = reason { return .pass }
        // Of an opaque token there is nothing to describe.
        if kind == .token { tally.describe(token) }
        return .pass
    }

    /// Counts why a credential has no answer.
    mutating func note(
        _ reason: RefusedToken.Reason, of kind: RefusedCredential, findings: inout Findings
    ) {
        switch reason {
        case .forged: tally.count(TokenRefusal.signatureWrong)
        case .unstatable(let refusal): note(.refused(refusal), findings: &findings)
        case .asked(let refusal): count(refusal, of: kind)
        case .tooLong(let answer, _): note(.tooLong(answer), findings: &findings)
        }
    }
}
