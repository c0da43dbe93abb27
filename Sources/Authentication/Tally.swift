import JOSE

/// How many credentials were refused, and how many could not be checked, by reason. A plain value; `/metrics` adds up
/// those of all event loops.
package struct Tally: Sendable {
    /// One count per `TokenRefusal`, in its order; so for the others.
    package private(set) var tokens = [Int](repeating: 0, count: TokenRefusal.allCases.count)
    /// One count per `RecordRefusal`, for each `RefusedCredential`.
    private var records = [Int](
        repeating: 0, count: RefusedCredential.allCases.count * recordRefusals)
    /// One count per `ProofRefusal`, for each `RefusedCredential`.
    private var proofs = [Int](repeating: 0, count: RefusedCredential.allCases.count * proofRefusals)
    package private(set) var headers = [Int](repeating: 0, count: HeaderRefusal.allCases.count)
    /// One per result of `AuthgearReply`, for each `QuestionPurpose`.
    private var questions = [Int](
        repeating: 0, count: QuestionPurpose.allCases.count * (2 + AuthgearFailure.allCases.count))
    package internal(set) var shadow = ShadowTally()
    package private(set) var unknowns = [Int](repeating: 0, count: UnknownReason.allCases.count)
    /// How many sessions were answered without what their users' missing records would say (`sessions.missing_user: partial`).
    package private(set) var partialAnswers = 0

    /// Questions to servers that answer with claims, by `AskedServer.Purpose`: for each server one count per result of
    /// `ClaimsReply`.
    private var askedServers = [NamedCounts](
        repeating: NamedCounts(kinds: 2 + AskFailure.allCases.count), count: AskedServer.Purpose.allCases.count)

    /// The access policies' names, and for each how often it let a credential in, and refused one for each reason.
    private var policies: [String] = []
    private var policyCounts: [Int] = []

    /// So many notes are kept; what is refused beyond is counted alone.
    private static let maximumNotes = 100

    /// What was refused since somebody took the notes; nil when nobody will.
    private var notes: [RefusalNote]?

    /// Whether the request that is decided on is observed, and what of it was refused first since then.
    private var isObserved = false
    private var firstObserved: ObservedRefusal?

    package init(takesNotes: Bool = false) {
        notes = takesNotes ? [] : nil
    }

    /// Whether each refusal is noted; those that were are dropped when it is not.
    package var takesNotes: Bool {
        get { notes != nil }
        set { notes = newValue ? notes ?? [] : nil }
    }

    mutating func count(_ refusal: TokenRefusal) {
        tokens[Int(refusal.rawValue)] += 1
        note("token", reason: refusal.reason)
    }

    mutating func count(_ refusal: RecordRefusal, of credential: RefusedCredential) {
        records[Self.index(refusal, of: credential)] += 1
        note(credential.label, reason: refusal.reason)
    }

    /// How many credentials were refused for what their records say.
    package func refusals(_ refusal: RecordRefusal, of credential: RefusedCredential) -> Int {
        records[Self.index(refusal, of: credential)]
    }

    private static func index(_ refusal: RecordRefusal, of credential: RefusedCredential) -> Int {
        Int(credential.rawValue) * recordRefusals + Int(refusal.rawValue)
    }

    /// Kept, because each list of all cases is made when it is asked for.
    private static let recordRefusals = RecordRefusal.allCases.count
    private static let proofRefusals = ProofRefusal.allCases.count

    mutating func count(_ refusal: ProofRefusal, of credential: RefusedCredential) {
        proofs[Int(credential.rawValue) * Self.proofRefusals + Int(refusal.rawValue)] += 1
        note(credential.label, reason: refusal.reason)
    }

    /// How many credentials were refused for what their senders did not prove.
    package func refusals(_ refusal: ProofRefusal, of credential: RefusedCredential) -> Int {
        proofs[Int(credential.rawValue) * Self.proofRefusals + Int(refusal.rawValue)]
    }

    mutating func count(_ refusal: HeaderRefusal) {
        headers[Int(refusal.rawValue)] += 1
        note("any", reason: refusal.reason)
    }

    private mutating func note(_ credential: StaticString, reason: StaticString) {
        if isObserved, firstObserved == nil { firstObserved = ObservedRefusal(credential: credential, reason: reason) }
        guard let count = notes?.count, count < Self.maximumNotes else { return }
        notes?.append(RefusalNote(credential: credential, reason: reason))
    }

    mutating func beginObservation() { (isObserved, firstObserved) = (true, nil) }

    /// - Returns: what was refused first; nil when nothing was.
    mutating func endObservation() -> ObservedRefusal? {
        isObserved = false
        return firstObserved
    }

    /// Adds to the last note which token it is about.
    mutating func describe(_ token: RawSpan) {
        guard let last = notes?.indices.last else { return }
        let facts = TokenFacts(token)
        notes?[last].issuer = facts.issuer
        notes?[last].keyID = facts.keyID
    }

    /// What was refused since the last call; nil when nothing was, or nobody wants to know.
    package mutating func takeNotes() -> [RefusalNote]? {
        guard let taken = notes, !taken.isEmpty else { return nil }
        notes = []
        return taken
    }

    mutating func count(_ reply: AuthgearReply, to purpose: QuestionPurpose) {
        let result =
            switch reply {
            case .valid: 0
            case .invalid, .silent: 1
            case .unknown(let failure): 2 + Int(failure.rawValue)
            }
        questions[Int(purpose.rawValue) * (2 + AuthgearFailure.allCases.count) + result] += 1
    }

    /// Every purpose and result of questions to Authgear, and how often it occurred.
    package func forEachQuestion(_ body: (_ purpose: StaticString, _ result: StaticString, _ count: Int) -> Void) {
        let results: [StaticString] =
            ["valid", "invalid"] + AuthgearFailure.allCases.map { UnknownReason($0).text }
        for purpose in QuestionPurpose.allCases {
            for (number, result) in results.enumerated() {
                body(purpose.label, result, questions[Int(purpose.rawValue) * results.count + number])
            }
        }
    }

    mutating func count(_ reason: UnknownReason) { unknowns[Int(reason.rawValue)] += 1 }

    mutating func countPartialAnswer() { partialAnswers += 1 }

    private static let resultsOfPolicy = PolicyRefusal.allCases.count + 1

    /// Counts for these access policies from now on; those that there were go on.
    mutating func setPolicies(_ names: [String]) {
        guard names != policies else { return }
        var counts: [Int] = []
        for name in names { counts += self.counts(ofPolicy: name) }
        (policies, policyCounts) = (names, counts)
    }

    private func counts(ofPolicy name: String) -> [Int] {
        guard let place = policies.firstIndex(of: name) else { return Array(repeating: 0, count: Self.resultsOfPolicy) }
        return Array(policyCounts[place * Self.resultsOfPolicy..<(place + 1) * Self.resultsOfPolicy])
    }

    /// - Parameter refusal: the number of a `PolicyRefusal`; 0 where the policy lets in.
    @inline(__always)
    mutating func count(policy: Int, refusal: UInt8) {
        policyCounts[policy * Self.resultsOfPolicy + Int(refusal)] += 1
    }

    /// Every access policy and what it says, and how often it did.
    package func forEachPolicy(_ body: (_ policy: String, _ reason: StaticString, _ count: Int) -> Void) {
        for (place, policy) in policies.enumerated() {
            let counts = policyCounts[(place * Self.resultsOfPolicy)...]
            body(policy, "allowed", counts[counts.startIndex])
            for refusal in PolicyRefusal.allCases {
                body(policy, refusal.reason, counts[counts.startIndex + Int(refusal.rawValue)])
            }
        }
    }

    /// Every reason to refuse, with the kind of credential that it is about and how often it occurred.
    package func forEachRefusal(_ body: (_ credential: StaticString, _ reason: StaticString, _ count: Int) -> Void) {
        for refusal in TokenRefusal.allCases { body("token", refusal.reason, tokens[Int(refusal.rawValue)]) }
        for credential in RefusedCredential.allCases {
            for refusal in credential.recordRefusals {
                body(credential.label, refusal.reason, refusals(refusal, of: credential))
            }
            for refusal in credential.proofRefusals {
                body(credential.label, refusal.reason, refusals(refusal, of: credential))
            }
        }
        for refusal in HeaderRefusal.allCases { body("any", refusal.reason, headers[Int(refusal.rawValue)]) }
    }

    /// Adds another event loop's counts to these.
    package mutating func merge(_ other: Tally) {
        for index in tokens.indices { tokens[index] += other.tokens[index] }
        for index in records.indices { records[index] += other.records[index] }
        for index in proofs.indices { proofs[index] += other.proofs[index] }
        for index in headers.indices { headers[index] += other.headers[index] }
        for index in questions.indices { questions[index] += other.questions[index] }
        shadow.merge(other.shadow)
        for index in unknowns.indices { unknowns[index] += other.unknowns[index] }
        partialAnswers += other.partialAnswers
        for index in askedServers.indices { askedServers[index].merge(other.askedServers[index]) }
        merge(policiesOf: other)
    }
}

extension Tally {
    /// Counts questions to these servers from now on; those that there were go on.
    mutating func setServers(_ names: [AskedServer.Purpose: [String]]) {
        for purpose in AskedServer.Purpose.allCases {
            // Two cookies may be asked about at one place.
            let unique = (names[purpose] ?? []).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            askedServers[Int(purpose.rawValue)].set(unique)
        }
    }

    mutating func count(_ reply: ClaimsReply, from server: String, for purpose: AskedServer.Purpose) {
        let result =
            switch reply {
            case .active: 0
            case .inactive: 1
            case .unknown(let failure): 2 + Int(failure.rawValue)
            }
        askedServers[Int(purpose.rawValue)].count(result, of: server)
    }

    /// Every server that is asked over HTTP, for what, every result, and how often it occurred.
    package func forEachServerQuestion(
        _ body: (_ server: String, _ purpose: StaticString, _ result: StaticString, _ count: Int) -> Void
    ) {
        let results: [StaticString] = ["valid", "invalid"] + AskFailure.allCases.map { UnknownReason($0).text }
        for purpose in AskedServer.Purpose.allCases {
            askedServers[Int(purpose.rawValue)].forEach { server, kind, count in
                body(server, purpose.label, results[kind], count)
            }
        }
    }
}

extension Tally {
    /// By their names: at a reload one event loop may have other policies than another.
    private mutating func merge(policiesOf other: Tally) {
        setPolicies(policies + other.policies.filter { !policies.contains($0) })
        for (place, policy) in policies.enumerated() {
            for (result, count) in other.counts(ofPolicy: policy).enumerated() {
                policyCounts[place * Self.resultsOfPolicy + result] += count
            }
        }
    }
}

/// Why a credential of an observed request was refused.
package struct ObservedRefusal: Sendable {
    /// As metrics have it: `token`, `session`, …, or `any`.
    package let credential: StaticString
    package let reason: StaticString
}

/// Why one credential was refused, for an operator who looks into it: never the credential, nor whom it names.
package struct RefusalNote: Sendable {
    /// As metrics have it: `token`, `session`, …, or `any`.
    package let credential: StaticString
    package let reason: StaticString
    /// What the token claims as `iss`, unverified; nil when it can't be read.
    package internal(set) var issuer: [UInt8]?
    /// The token's `kid`, unverified; nil when it can't be read.
    package internal(set) var keyID: [UInt8]?
}
