import Bytes
import Tokens

/// What a token comes to.
enum TokenJudgement {
    case valid(Answer)
    /// Not a JWT, so no credential.
    case opaque
    /// Counted by its reason.
    case refused
    /// It is valid, and its answer would be too long: unknown, as the findings say.
    case tooLong
    case keyMissing(MissingKey)
}

extension Resolver {
    /// Judges a token: from memory when it was seen before, else by its signature.
    mutating func judge(_ token: RawSpan, _ findings: inout Findings, now: Moment) -> TokenJudgement {
        guard token.byteCount <= verifier.maximumTokenBytes else {
            return BearerToken.isCompact(token) ? refuse(.tooLong) : .opaque
        }
        let digest = SHA256Digest(of: token)
        if let answer = tokenCache.answer(for: digest, with: keys, now: now) { return .valid(answer) }
        if let reason = tokenCache.refusal(for: digest, with: keys, now: now) { return refuse(reason, &findings) }
        guard BearerToken.isCompact(token) else { return .opaque }
        switch verifier.verify(token, with: keys, now: now) {
        case .valid(let token):
            signatures += 1
            return accept(token, digest, &findings)
        case .refused(let refusal):
            return refuse(refusal)
        case .forged(let issuer):
            signatures += 1
            return refuse(.forged, issuer, digest, &findings)
        case .keyMissing(let key):
            return .keyMissing(key)
        }
    }

    /// The token's key is still missing after it was looked for.
    mutating func conclude(_ key: MissingKey, after reply: KeyReply, _ findings: inout Findings) {
        switch reply {
        case .absent: tally.count(TokenRefusal.keyUnknown)
        case .arrived, .unavailable: couldNotCheck(UnknownReason(key.cause), &findings)
        }
    }

    /// The answer of a token that was verified, remembered, and so is that it can't be given.
    private mutating func accept(
        _ token: borrowing VerifiedToken, _ digest: SHA256Digest, _ findings: inout Findings
    ) -> TokenJudgement {
        do throws(AnswerFault) {
            let answer = try format.answer(for: Identity(token))
            tokenCache.remember(answer, of: token, for: digest)
            return .valid(answer)
        } catch {
            let reason: RefusedToken.Reason =
                switch error {
                case .refused(let refusal): .unstatable(refusal)
                case .tooLong(let answer): .tooLong(answer, until: token.expiresAt)
                }
            return refuse(reason, token.issuer, digest, &findings)
        }
    }

    /// Refuses a token for what it took a signature to find out, and remembers it.
    private mutating func refuse(
        _ reason: RefusedToken.Reason, _ issuer: Int, _ digest: SHA256Digest, _ findings: inout Findings
    ) -> TokenJudgement {
        tokenCache.remember(RefusedToken(reason: reason, issuer: issuer), for: digest)
        return refuse(reason, &findings)
    }

    private mutating func refuse(_ reason: RefusedToken.Reason, _ findings: inout Findings) -> TokenJudgement {
        switch reason {
        case .forged: tally.count(TokenRefusal.signatureWrong)
        case .unstatable(let refusal): tally.count(refusal)
        case .tooLong(let answer, _):
            note(.tooLong(answer), &findings)
            return .tooLong
        }
        return .refused
    }

    private mutating func refuse(_ refusal: TokenRefusal) -> TokenJudgement {
        tally.count(refusal)
        return .refused
    }
}
