import Bytes
import JOSE

// Tokens that this resolver itself knows (contract section 16). They are looked for before anybody is asked, and need nobody.
extension Resolver {
    /// Takes another list, between two requests; nil: none are known any more.
    package mutating func adopt(_ list: APITokenList?) {
        guard list !== settings.apiTokens else { return }
        settings.apiTokens = list
        apiTokens = list.map(ListedTokens.init)
    }

    /// Whether a bearer token that is no JWT counts as a credential.
    func takesOpaqueBearer(_ token: RawSpan) -> Bool {
        looksUp || apiTokens != nil || introspector(forOpaque: token) != nil
    }

    /// Begins with a token that is no JWT; nil when somebody else is to be asked about it.
    ///
    /// - Parameter kind: where it was; nobody takes API tokens from cookies.
    @inline(__always)
    mutating func beginOpaque(
        _ token: RawSpan, as kind: CredentialKind, digest: SHA256Digest, findings: inout Findings, now: Moment
    ) -> Attempt? {
        guard apiTokens != nil else { return nil }
        if kind == .bearer, let attempt = beginListed(digest, as: kind, findings: &findings, now: now) {
            return attempt
        }
        guard isForNobodyElse(token, as: kind) else { return nil }
        findings.present(kind)
        tally.count(.apiTokenUnknown, of: .apiToken)
        return .pass
    }

    /// Whether a token that is not listed, and no JWT, ends here.
    func isForNobodyElse(_ token: RawSpan, as kind: CredentialKind) -> Bool {
        guard apiTokens != nil else { return false }
        // Without a store a cookie is no credential at all, whatever it holds.
        return looksUp ? APIToken.isOwn(token) : kind == .bearer && introspector(forOpaque: token) == nil
    }

    /// Begins with the value of the header for API tokens, which nobody else takes.
    mutating func beginAPIToken(_ digest: SHA256Digest, findings: inout Findings, now: Moment) -> Attempt {
        if let attempt = beginListed(digest, as: .apiToken, findings: &findings, now: now) { return attempt }
        findings.present(.apiToken)
        // A reload may have ended it all while another credential of the request waited.
        if apiTokens != nil { tally.count(.apiTokenUnknown, of: .apiToken) }
        return .pass
    }

    /// What the list says of a token; nil when it is not listed.
    @inline(__always)
    private mutating func beginListed(
        _ digest: SHA256Digest, as kind: CredentialKind, findings: inout Findings, now: Moment
    ) -> Attempt? {
        switch apiTokens?.find(digest, at: now.timestamp) {
        case .answer(let answer): return .answer(answer, of: digest)
        case .unlisted, nil: return nil
        case .expired:
            findings.present(kind)
            tally.count(.apiTokenExpired, of: .apiToken)
            return .pass
        case .unanswered(let secret):
            findings.present(kind)
            return answerListed(secret, digest: digest, findings: &findings)
        }
    }

    private mutating func answerListed(_ secret: Int, digest: SHA256Digest, findings: inout Findings) -> Attempt {
        guard let (token, end) = apiTokens?.token(of: secret) else { return .pass }
        do throws(AnswerFault) {
            var answer = try makeAnswer(for: token.identity, on: token.terms(until: end), statement: nil, boundTo: nil)
            answer.origin = AnswerOrigin(.apiToken)
            apiTokens?.remember(answer, of: secret)
            return .answer(answer, of: digest)
        } catch {
            note(error, findings: &findings)
            return .pass
        }
    }
}

// The header for API tokens (`tokens.static.header`).
extension Resolver {
    /// The digest of the header's value; nil where there is none, or it can't be one.
    @inline(__always)
    func apiTokenDigest(of request: ResolveRequest, in head: RawSpan) -> SHA256Digest? {
        guard let place = request.fields.single(.apiToken), apiTokens != nil else { return nil }
        return SHA256Digest(of: head.extracting(place.range))
    }

    /// Whether the request presents what nobody else is to see.
    func presentsAPIToken(_ request: ResolveRequest, in head: RawSpan) -> Bool {
        guard let apiTokens else { return false }
        if apiTokenDigest(of: request, in: head) != nil { return true }
        guard let field = request.fields.authorization, let place = BearerToken.extract(from: field, in: head) else {
            return false
        }
        let token = head.extracting(place.range)
        return !BearerToken.isCompact(token) && (APIToken.isOwn(token) || apiTokens.list.has(SHA256Digest(of: token)))
    }
}
