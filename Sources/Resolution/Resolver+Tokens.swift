import Bytes
import Tokens

/// What a token comes to.
enum TokenJudgement {
    case valid(Answer)
    /// Not a JWT, so no credential.
    case opaque
    /// Counted by its reason.
    case refused
    case keyMissing(MissingKey)
}

extension Resolver {
    /// Judges a token: from memory when it was seen before, else by its signature.
    mutating func judge(_ token: RawSpan, now: Timestamp) -> TokenJudgement {
        guard token.byteCount <= verifier.maximumTokenBytes else {
            return BearerToken.isCompact(token) ? refuse(.tooLong) : .opaque
        }
        let digest = SHA256Digest(of: token)
        if let answer = tokenCache.answer(for: digest, with: keys, now: now) { return .valid(answer) }
        if let refusal = tokenCache.refusal(for: digest, now: now) { return refuse(refusal) }
        guard BearerToken.isCompact(token) else { return .opaque }
        switch verifier.verify(token, with: keys, now: now) {
        case .valid(let token):
            guard let answer = answer(stating: Identity(token)) else { return .refused }
            tokenCache.remember(answer, of: token, for: digest)
            return .valid(answer)
        case .refused(let refusal):
            if refusal == .signatureWrong { tokenCache.remember(refusal, for: digest) }
            return refuse(refusal)
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

    private mutating func refuse(_ refusal: TokenRefusal) -> TokenJudgement {
        tally.count(refusal)
        return .refused
    }
}
