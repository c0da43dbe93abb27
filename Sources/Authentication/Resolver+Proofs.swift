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

    /// Whether an answer may be given to who sent the credential: for what is bound to no key, always. If so, what comes with its use
    /// is done, which nothing is before: who has stolen a token and not its key keeps nothing alive, and has nobody asked.
    ///
    /// - Parameters:
    ///   - digest: the credential's.
    ///   - scheme: nil for a cookie.
    @inline(__always)
    mutating func admits(
        _ answer: Answer, of kind: CredentialKind, at place: FieldValue, digest: SHA256Digest,
        under scheme: TokenScheme?, then afterwards: Afterwards, of request: ResolveRequest, in head: RawSpan,
        findings: inout Findings, now: Moment
    ) -> Bool {
        if answer.binding != nil || scheme == .dpop {
            guard
                proves(
                    answer, of: kind, at: place, digest: digest, under: scheme, of: request, in: head,
                    findings: &findings, now: now)
            else { return false }
        }
        if case .nothing = afterwards { return true }
        perform(afterwards, digest: digest, now: now)
        return true
    }

    /// Does what comes with the use of a credential, whose sender has proved that it is his.
    mutating func perform(_ afterwards: Afterwards, digest: SHA256Digest, now: Moment) {
        switch afterwards {
        case .nothing: break
        case .renewal(let token, isCompact: true): renewClaims(ofJWT: token.span.bytes, digest: digest, now: now)
        case .renewal(let token, isCompact: false): renewIntrospection(of: token.span.bytes, digest: digest, now: now)
        case .use(let chain, let user):
            touch(chain, of: user, now: now)
            if chain.asksInBackground { askInBackground(about: chain, of: user, for: .user) }
        }
    }

    private mutating func proves(
        _ answer: Answer, of kind: CredentialKind, at place: FieldValue, digest: SHA256Digest,
        under scheme: TokenScheme?, of request: ResolveRequest, in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Bool {
        admits(
            answer.binding, of: kind, token: head.extracting(place.range), digest: digest, isDPoP: scheme == .dpop,
            with: PresentedProof(request.fields, arrivedAt: now.timestamp), in: head, findings: &findings, now: now)
    }

    private mutating func admits(
        _ binding: KeyBinding?, of kind: CredentialKind, token: RawSpan, digest: SHA256Digest, isDPoP: Bool,
        with proof: PresentedProof, in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Bool {
        findings.present(kind)
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
        let bytes = proof?.bytes ?? []
        return admits(
            answer.binding, of: token, with: proof?.proof ?? PresentedProof(RequestFields(), arrivedAt: now.timestamp),
            in: bytes.span.bytes,
            findings: &findings, now: now)
    }

    private mutating func admits(
        _ binding: KeyBinding?, of token: PresentedToken, with proof: PresentedProof, in bytes: RawSpan,
        findings: inout Findings, now: Moment
    ) -> Bool {
        if binding != nil { boundAnswers += 1 }
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

    /// The key first, as it is the scheme that says how the token is to be taken; that its proof is used last, so that a request
    /// that is refused for something else leaves it good for another one.
    private mutating func prove(
        _ binding: KeyBinding?, of token: PresentedToken, with proof: PresentedProof, in bytes: RawSpan, now: Moment
    ) throws(ProofFailure) {
        var use: ReplayCache.Use?
        if token.isDPoP {
            guard let key = binding?.key else { throw .refused(.proofUnbound) }
            // A reload may have taken it away while the request waited.
            guard let rules = settings.dpop else { throw .unchecked }
            use = try verify(proof, in: bytes, by: rules, of: token, boundTo: key)
        } else if binding?.key != nil {
            throw .unchecked
        }
        if let certificate = binding?.certificate {
            do throws(ProofFailure) {
                try prove(certificate, with: proof, in: bytes)
            } catch {
                // Where several checks fail the first one is the reason, and that it was used before is a check of the key's.
                if let use { try judge(ruling(on: use, isRecorded: false, now: now.timestamp), isUsed: false) }
                throw error
            }
        }
        if let use { try judge(ruling(on: use, isRecorded: true, now: now.timestamp), isUsed: true) }
    }

    private func prove(
        _ certificate: KeyBinding.Thumbprint, with proof: PresentedProof, in bytes: RawSpan
    ) throws(ProofFailure) {
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

    /// All checks of a proof but whether it was used before.
    private mutating func verify(
        _ presented: PresentedProof, in bytes: RawSpan, by rules: DPoPRules, of token: PresentedToken,
        boundTo binding: KeyBinding.Thumbprint
    ) throws(ProofFailure) -> ReplayCache.Use {
        guard case .at(let place) = presented.proof else { throw .refused(.proofMissing) }
        let field = bytes.extracting(place.range)
        guard !PresentedProof.isList(field) else { throw .refused(.proofMissing) }
        guard let proof = DPoPProof(field) else { throw .refused(.proofMalformed) }
        let known = proofKeys.value(for: proof.headerDigest)
        let key = if let known { known } else { try readyKey(of: proof, by: rules) }
        guard rules.allow(key.algorithm) else { throw .refused(.proofAlgorithm) }
        do throws(ProofRefusal) {
            try rules.check(proof, by: key, for: presented, in: bytes, token: token.digest, boundTo: binding)
        } catch {
            throw .refused(error)
        }
        signatures += 1
        guard key.verifies(proof), let issuedAt = proof.issuedAt else { throw .refused(.proofSignature) }
        // Only now, so that nobody fills either memory who does not have the key of a good token.
        if known == nil { proofKeys.insert(key, for: proof.headerDigest, cost: CacheRules.proofKeyBytes) }
        guard let identifier = proof.identifier else { throw .refused(.proofReplayed) }
        return ReplayCache.Use(
            key: key.thumbprint, identifier: identifier, issuedAt: issuedAt, arrivedAt: presented.arrivedAt)
    }

    /// The key of a proof that is seen for the first time. It is made ready only for an algorithm that is allowed: before, nothing
    /// was done with its numbers.
    private mutating func readyKey(of proof: borrowing DPoPProof, by rules: DPoPRules) throws(ProofFailure) -> ProofKey
    {
        guard let header = proof.header else { throw .refused(.proofMalformed) }
        guard rules.allow(header.algorithm) else { throw .refused(.proofAlgorithm) }
        // A key that is made ready, and a signature that is verified, count as what a turn may do of both.
        signatures += 1
        guard let key = ProofKey(header) else { throw .refused(.proofMalformed) }
        return key
    }

    private func judge(_ ruling: ReplayCache.Ruling, isUsed: Bool) throws(ProofFailure) {
        switch ruling {
        case .first: return
        case .replayed: throw .refused(.proofReplayed)
        case .tooOld: throw .refused(.proofTime)
        // What is refused for something else needs no room.
        case .full: if isUsed { throw .memoryFull }
        }
    }

    private mutating func ruling(
        on use: ReplayCache.Use, isRecorded: Bool, now: Timestamp
    ) -> ReplayCache.Ruling {
        // A deadline may be noticed a little late.
        let window = ReplayCache.Window(
            age: settings.dpop?.maximumAge ?? .zero, patience: settings.decisionTimeout + .seconds(1))
        if isRecorded {
            return replays?.record(use, within: window, now: now) ?? ownReplays.record(use, within: window, now: now)
        }
        return replays?.ruling(on: use, within: window, now: now)
            ?? ownReplays.ruling(on: use, within: window, now: now)
    }
}

// What is kept of a request that waits.
extension Resolver {
    /// What it has to prove possession with; nil where it has no token that could be bound.
    func keptProof(of request: ResolveRequest, in head: RawSpan, hasToken: Bool, now: Moment) -> KeptProof? {
        guard hasToken, settings.dpop != nil || settings.clientCertificate != nil else { return nil }
        return PresentedProof(request.fields, arrivedAt: now.timestamp).kept(of: head)
    }
}
