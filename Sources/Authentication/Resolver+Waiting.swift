package import Bytes
import JOSE

// Requests that wait for what decides on them.
extension Resolver {
    /// Goes on with a parked request, now that what it waits for is there.
    ///
    /// - Parameter arrived: what came with it of what was read in advance, and has not changed since: the request goes on with
    ///   that at once, as if it had asked for it and waited.
    package mutating func resume(
        _ parked: consuming Parked, with reply: EffectReply, arrived: ArrivedRecords = ArrivedRecords(), now: Moment
    ) -> Step {
        let state = parked.state
        switch goOn(state, with: reply, arrived: arrived, now: now) {
        case .answer(var answer):
            if let asked = state.asked {
                conclude(&answer, to: state.endpoint, in: asked, now: now)
            } else {
                deliver(&answer, spelled: nil, now: now)
            }
            return .answer(answer)
        case .wait(let effect, let parked): return .wait(for: effect, parked)
        }
    }

    /// - Parameter state: what the request keeps, which it keeps on if it waits again. Little of it is read until then.
    private mutating func goOn(
        _ state: ParkedState, with reply: EffectReply, arrived: consuming ArrivedRecords, now: Moment
    ) -> Step {
        var findings = state.findings
        // Which one is being decided on; nil: the one that the wait was about.
        var later: LaterCredential?
        var attempt = resume(state.flow, with: reply, arrived: arrived, findings: &findings, now: now)
        while true {
            switch consume attempt {
            case .answer(let answer, let digest, let afterwards):
                // What is bound is not compared: the other server has no proof.
                if answer.binding != nil { state.shadow = nil }
                if answer.binding != nil || state.isDPoP {
                    let token = later.map(\.presented) ?? state.flow.presented(isDPoP: state.isDPoP)
                    guard let token,
                        admits(answer, of: token, keeping: state.proof, findings: &findings, now: now)
                    else {
                        attempt = .pass
                        continue
                    }
                }
                perform(afterwards, digest: digest, now: now)
                return .answer(shadowed(answer, by: state.shadow))
            case .wait(let effect, let prefetch, let flow):
                // It came in the same trip, and would be told in this turn: without parking, nothing can come between.
                if let reply = arrived.take(for: effect) {
                    attempt = resume(flow, with: reply, findings: &findings, now: now)
                    continue
                }
                (state.findings, state.flow, state.prefetch) = (findings, flow, prefetch)
                return .wait(for: effect, Parked(state))
            case .pass:
                guard let next = state.rest.popLast() else {
                    let answer = standardAnswers.answer(to: state.endpoint, findings: findings)
                    return .answer(shadowed(answer, by: state.shadow))
                }
                (later, state.isDPoP) = (next, false)
                attempt =
                    switch next {
                    case .apiToken(let digest): beginAPIToken(digest, findings: &findings, now: now)
                    case .credential(let credential): begin(credential, findings: &findings, now: now)
                    }
            }
        }
    }

    /// Ends the decision on a request that has waited for too long (`limits.decision_timeout`). It is this that is said, not
    /// what its first credentials came to: it may have had a valid one after them.
    package mutating func timeOut(_ parked: consuming Parked) -> Answer {
        tally.count(.decisionTimedOut)
        return standardAnswers.answer(for: .decisionTimedOut)
    }

    /// Keeps what is left of a request whose head is about to go.
    ///
    /// - Parameters:
    ///   - scheme: of the token that the wait is about; nil for a cookie.
    ///   - apiToken: what comes before the cookies.
    ///   - others: those of other servers that are left; nil: all, unless cookies may not be looked at.
    mutating func park(
        until effect: Effect, prefetch: [RecordQuery] = [], flow: Flow, under scheme: TokenScheme? = nil,
        apiToken: SHA256Digest? = nil, before cookies: inout CookieCredentials, _ others: OtherCookies? = nil,
        of request: ResolveRequest, in head: RawSpan, findings: Findings, now: Moment
    ) -> Step {
        var findings = findings
        var rest: [LaterCredential] = []
        if let apiToken {
            findings.present(.apiToken)
            rest.append(.apiToken(apiToken))
        }
        while let (kind, place) = cookies.next() {
            // What is wrong at sight is counted now, in its order, and not kept.
            if let credential = keep(kind, at: place, of: request, in: head, findings: &findings) {
                rest.append(.credential(credential))
            }
        }
        var others = others ?? (cookies.areUsable ? OtherCookies(in: request.fields.cookies) : nil)
        while let (server, place) = others?.next(named: otherCookieNames, in: head) {
            if let credential = keep(cookieOf: server, at: place, in: head, findings: &findings) {
                rest.append(.credential(credential))
            }
        }
        rest.reverse()
        let hasToken = flow.presented(isDPoP: false).kind.isToken || rest.contains(where: \.isToken)
        return .wait(
            for: effect,
            Parked(
                ParkedState(
                    endpoint: request.endpoint, findings: findings, flow: flow, prefetch: prefetch, rest: rest,
                    isDPoP: scheme == .dpop, proof: keptProof(of: request, in: head, hasToken: hasToken, now: now))))
    }
}
