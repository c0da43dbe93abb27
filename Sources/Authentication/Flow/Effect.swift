package import JOSE

/// The one thing that a request waits for.
package enum Effect: Hashable, Sendable {
    case record(RecordQuery)
    case key(MissingKey)
    case question(AuthgearQuestion)
    case claims(ClaimsQuestion)

    /// How many bytes of the request it holds.
    package var memory: Int {
        switch self {
        case .record: 0
        case .key(let key): key.kid?.count ?? 0
        case .question(let question): question.memory
        case .claims(let question): question.value.count
        }
    }
}

/// What came of an effect.
package enum EffectReply: Sendable {
    case record(RecordReply)
    case key(KeyReply)
    case question(AuthgearReply)
    case claims(ClaimsReply)
}

/// A record that was read in advance and has come.
package struct ArrivedRecord: Sendable {
    package let query: RecordQuery
    package let reply: RecordReply

    package init(query: RecordQuery, reply: RecordReply) {
        self.query = query
        self.reply = reply
    }

    fileprivate var user: UserRecord? { if case .found(.user(let user)) = reply { user } else { nil } }

    fileprivate func answers(_ effect: Effect) -> Bool {
        if case .record(let other) = effect {
            query == other && query.absenceNeedsProof == other.absenceNeedsProof
        } else {
            false
        }
    }
}

/// Those that have come with the record that a request waited for: seldom more than one, which takes no memory of its own.
package struct ArrivedRecords: Sendable {
    private var first: ArrivedRecord?
    private var others: [ArrivedRecord] = []

    package init() {}

    package mutating func add(_ record: consuming ArrivedRecord) {
        if first == nil { first = record } else { others.append(record) }
    }

    /// Whether this very record is among them, and no other of a user's, which might count before it.
    func includeAlone(_ user: UserRecord) -> Bool {
        guard first?.user == nil || first?.user === user, others.allSatisfy({ $0.user == nil || $0.user === user })
        else { return false }
        return first?.user != nil || others.contains { $0.user != nil }
    }

    /// Takes out the reply to an effect, if it is there. Each is given once: who asks for a record again wants it newer.
    package mutating func take(for effect: Effect) -> EffectReply? {
        if first?.answers(effect) == true { return first.take().map { .record($0.reply) } }
        guard let index = others.firstIndex(where: { $0.answers(effect) }) else { return nil }
        return .record(others.remove(at: index).reply)
    }
}

/// How far the decision on a request has come.
package enum Step: ~Copyable {
    case answer(Answer)
    /// At most one `resume` follows; a request whose client has gone may be dropped.
    case wait(for: Effect, Parked)
}

/// What the answer to a waiting request depends on beside its credentials.
///
/// An object, because most requests have none.
final class AskedContext: Sendable {
    /// The access policy that is asked about; nil: none. By its name: it may stand at another place when the request goes on.
    let policy: String?
    /// Under which scheme a token was presented; nil: none was.
    let presented: TokenScheme?
    /// Where a browser goes after a log-in; nil: it is none.
    let returnPath: [UInt8]?
    /// The client's own names for what is ours to say; nil where nobody has to be told of them.
    let spelled: SpelledNames?

    init(policy: String?, presented: TokenScheme?, returnPath: [UInt8]?, spelled: SpelledNames?) {
        (self.policy, self.presented, self.returnPath, self.spelled) = (policy, presented, returnPath, spelled)
    }

    /// How many bytes of the request it keeps.
    var memory: Int { (returnPath?.count ?? 0) + (spelled?.length ?? 0) }
}

/// A request that waits: what is left of its decision. It can be resumed once, and only by the resolver that parked it.
///
/// One word, so that a `Step` is small: most requests are answered at once, and none of those moves what one that waits keeps.
package struct Parked: ~Copyable {
    let state: ParkedState

    init(_ state: ParkedState) { self.state = state }

    /// What the request is likely to ask for next: who reads it now spares a wait.
    package var prefetch: [RecordQuery] { state.prefetch }

    /// What the credential is that the wait is about, as metrics call it.
    package var credential: StaticString { state.flow.presented(isDPoP: false).kind.label }

    /// How many bytes of the request it keeps. Some may be the effect's, too: what is shared is counted by both.
    package var memory: Int { state.memory }
}

/// What a request that waits keeps.
final class ParkedState {
    let endpoint: Endpoint
    /// What the credentials before this one came to.
    var findings: Findings
    /// The credential that the wait is about.
    var flow: Flow
    var prefetch: [RecordQuery]
    /// The credentials that come after it; the next one stands last.
    var rest: [LaterCredential]
    /// What Authgear is asked once the request is answered; nil: nothing.
    var shadow: AuthgearQuestion?
    /// What its answer depends on beside the credential; nil: nothing.
    var asked: AskedContext?
    /// Whether the credential that the wait is about came under the scheme `DPoP`.
    var isDPoP: Bool
    /// What its sender has to prove possession with; nil: nothing.
    let proof: KeptProof?

    init(
        endpoint: Endpoint, findings: Findings, flow: Flow, prefetch: [RecordQuery], rest: [LaterCredential],
        isDPoP: Bool, proof: KeptProof?
    ) {
        self.endpoint = endpoint
        self.findings = findings
        self.flow = flow
        self.prefetch = prefetch
        self.rest = rest
        self.isDPoP = isDPoP
        self.proof = proof
    }

    var memory: Int {
        let beside = (shadow?.memory ?? 0) + (asked?.memory ?? 0) + (proof?.bytes.count ?? 0)
        return flow.memory + rest.reduce(beside) { $0 + $1.memory }
    }
}

/// A credential that is tried if those before it are not valid.
enum LaterCredential {
    /// What the header for API tokens holds.
    case apiToken(SHA256Digest)
    case credential(Credential)

    /// What its sender may have to prove; nil for an API token, for which nothing is proved.
    var presented: PresentedToken? {
        switch self {
        case .apiToken: nil
        case .credential(let credential): PresentedToken(credential, isDPoP: false)
        }
    }

    var isToken: Bool {
        if case .credential(let credential) = self { credential.presentedKind == .token } else { false }
    }

    /// How many bytes of the request it keeps.
    var memory: Int { if case .credential(let credential) = self { credential.memory } else { 0 } }
}
