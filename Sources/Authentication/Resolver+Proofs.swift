import Bytes
import JOSE

// Tokens that are bound to a key (contract sections 23 and 24). What a token comes to is remembered as ever; whether its sender has the
// key is asked at each request, whatever the answer came from.
extension Resolver {
    /// Where the token of an `Authorization` field is, and under which scheme. `DPoP` is one only where proofs are checked.
    @inline(__always)
    func presentedToken(
        _ request: ResolveRequest, in head: RawSpan
    ) -> (place: FieldValue, scheme: TokenScheme)? {
        guard let field = request.fields.authorization else { return nil }
        if let place = BearerToken.extract(from: field, in: head) { return (place, .bearer) }
        guard settings.dpop != nil, let place = BearerToken.extractDPoP(from: field, in: head) else { return nil }
        return (place, .dpop)
    }

    /// Whether an answer may be given to who sent the credential: for what is bound to no key, always.
    ///
    /// - Parameter scheme: nil for a cookie.
    @inline(__always)
    mutating func admits(
        _ answer: Answer, of kind: CredentialKind, at place: FieldValue, under scheme: TokenScheme?,
        of request: ResolveRequest, in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Bool {
        guard answer.binding != nil || scheme == .dpop else { return true }
        return admits(
            answer.binding, of: kind, token: head.extracting(place.range), isDPoP: scheme == .dpop,
            with: PresentedProof(request.fields), in: head, findings: &findings, now: now)
    }

    private mutating func admits(
        _ binding: KeyBinding?, of kind: CredentialKind, token: RawSpan, isDPoP: Bool, with proof: PresentedProof,
        in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Bool {
        findings.present(kind)
        let digest = SHA256Digest(of: token)
        var refused = RefusedCredential.accessToken
        if BearerToken.isCompact(token) {
            refused = .token
        } else if binding == nil, APIToken.isOwn(token) || apiTokens?.list.has(digest) == true {
            refused = .apiToken
        }
        let isAdmitted = admits(
            binding, of: PresentedToken(digest: digest, kind: refused, isDPoP: isDPoP), with: proof, in: head,
            findings: &findings, now: now)
        if !isAdmitted { tally.describe(token) }
        return isAdmitted
    }

    /// The same for a request that has waited.
    ///
    /// - Parameter proof: nil where none could be needed when it began to wait.
    mutating func admits(
        _ answer: Answer, of token: PresentedToken, keeping proof: KeptProof?, findings: inout Findings, now: Moment
    ) -> Bool {
        guard answer.binding != nil || token.isDPoP else { return true }
        let bytes = proof?.bytes ?? []
        return admits(
            answer.binding, of: token, with: proof?.proof ?? PresentedProof(RequestFields()), in: bytes.span.bytes,
            findings: &findings, now: now)
    }

    private mutating func admits(
        _ binding: KeyBinding?, of token: PresentedToken, with proof: PresentedProof, in bytes: RawSpan,
        findings: inout Findings, now: Moment
    ) -> Bool {
        do throws(ProofFailure) {
            try prove(binding, of: token, with: proof, in: bytes, now: now)
            return true
        } catch {
            switch error {
            case .refused(let refusal):
                tally.count(refusal, of: token.kind)
                findings.refuse(refusal)
            case .unchecked where token.kind == .token: tally.count(TokenRefusal.confirmationUnchecked)
            case .unchecked: tally.count(RecordRefusal.confirmationUnchecked, of: token.kind)
            case .memoryFull: couldNotCheck(.proofMemoryFull, findings: &findings)
            }
            return false
        }
    }

    /// The key first, as it is the scheme that says how the token is to be taken.
    private mutating func prove(
        _ binding: KeyBinding?, of token: PresentedToken, with proof: PresentedProof, in bytes: RawSpan, now: Moment
    ) throws(ProofFailure) {
        if token.isDPoP {
            guard let key = binding?.key else { throw .refused(.proofUnbound) }
            // A reload may have taken it away while the request waited.
            guard let rules = settings.dpop else { throw .unchecked }
            try prove(key, of: token, by: rules, with: proof, in: bytes, now: now)
        } else if binding?.key != nil {
            throw .unchecked
        }
        guard let certificate = binding?.certificate else { return }
        guard let rules = settings.clientCertificate else { throw .unchecked }
        switch proof.certificate {
        case .missing: throw .refused(.certificateMissing)
        case .several: throw .refused(.certificateMalformed)
        case .at(let place):
            guard let digest = rules.digest(of: bytes.extracting(place.range)) else {
                throw .refused(.certificateMalformed)
            }
            guard certificate.matches(digest) else { throw .refused(.certificateMismatch) }
        }
    }

    private mutating func prove(
        _ key: KeyBinding.Thumbprint, of token: PresentedToken, by rules: DPoPRules, with presented: PresentedProof,
        in bytes: RawSpan, now: Moment
    ) throws(ProofFailure) {
        guard case .at(let place) = presented.proof else { throw .refused(.proofMissing) }
        let field = bytes.extracting(place.range)
        // A list: who joins two fields to one writes it so.
        guard field.firstIndex(of: UInt8(ascii: ",")) == nil else { throw .refused(.proofMissing) }
        guard let proof = DPoPProof(field) else { throw .refused(.proofMalformed) }
        let known = proofHeaders.value(for: proof.headerDigest)
        // A key that is made ready, and a signature that is verified, count as what a turn may do of both.
        if known == nil { signatures += 1 }
        guard let header = known ?? proof.header else { throw .refused(.proofMalformed) }
        do throws(ProofRefusal) {
            try rules.check(
                proof, header, method: presented.method, target: presented.target, in: bytes, token: token.digest,
                key: key, now: now.timestamp)
        } catch {
            throw .refused(error)
        }
        signatures += 1
        guard header.verifies(proof), let issuedAt = proof.issuedAt else { throw .refused(.proofSignature) }
        // Only now, so that nobody fills either memory who does not have the key of a good token.
        if known == nil { proofHeaders.insert(header, for: proof.headerDigest, cost: CacheRules.proofHeaderBytes) }
        let use = ReplayCache.Use(key: header.thumbprint, identifier: proof.identifier, issuedAt: issuedAt)
        switch remember(use, goodFor: rules.maximumAge, now: now.timestamp) {
        case .first: return
        case .replayed: throw .refused(.proofReplayed)
        case .tooOld: throw .refused(.proofTime)
        case .full: throw .memoryFull
        }
    }

    private mutating func remember(
        _ use: ReplayCache.Use, goodFor age: Duration, now: Timestamp
    ) -> ReplayCache.Ruling {
        replays?.record(use, goodFor: age, now: now) ?? ownReplays.record(use, goodFor: age, now: now)
    }
}

// What is kept of a request that waits.
extension Resolver {
    /// What it has to prove possession with; nil where it has no token that could be bound.
    func keptProof(of request: ResolveRequest, in head: RawSpan, hasToken: Bool) -> KeptProof? {
        guard hasToken, !settings.proofMethods.isEmpty else { return nil }
        return PresentedProof(request.fields).kept(of: head)
    }
}
