import Bytes
import Redis

/// Where a worker's connections lead when Sentinels say it: what was heard of them last, and which server is next to be tried. At each
/// attempt they are asked anew, by the worker that owns the connections to them.
struct PrimarySearch {
    enum Step: Hashable {
        /// The Sentinels are being asked.
        case wait(until: Int64)
        case connect(to: NodeAddress)
        /// There is nothing to connect to, for this reason.
        case fail(String)
    }

    let group: SentinelGroup
    /// How long an attempt waits for the Sentinels, in nanoseconds.
    private let patience: Int64
    private(set) var view: PrimaryView?
    /// Where the connections lead; nil until there was an attempt.
    private(set) var node: NodeAddress?
    /// Set while an attempt waits for the Sentinels: until then.
    private var waitsUntil: Int64?
    /// Set when they have answered to an attempt that was not made yet.
    private var isFresh = false
    private var isWanted = false
    /// By which the servers are tried in turn that have no majority.
    private var attempts = 0

    /// - Parameter timeout: for one connection, in nanoseconds.
    init(_ group: SentinelGroup, timeout: Int64) {
        self.group = group
        // Each has its turn, however many don't answer.
        patience = timeout.addingSaturated(SentinelTopology.turn * Int64(group.hosts.count))
    }

    /// Whether the Sentinels are to be asked, once.
    mutating func takeWish() -> Bool {
        defer { isWanted = false }
        return isWanted
    }

    /// An attempt is due.
    mutating func step(at now: Int64) -> Step {
        guard isFresh || waitsUntil.map({ now >= $0 }) ?? false else {
            isWanted = isWanted || waitsUntil == nil
            let until = waitsUntil ?? now + patience
            waitsUntil = until
            return .wait(until: until)
        }
        (isFresh, waitsUntil) = (false, nil)
        switch view?.choice {
        case .majority(let node): return connect(to: node)
        case .minority(let nodes):
            attempts += 1
            return nodes.isEmpty ? .fail(unheard) : connect(to: nodes[(attempts - 1) % nodes.count])
        case .unreachable, .unknownName: return .fail(view?.problem ?? unheard)
        case nil: return .fail(unheard)
        }
    }

    private var unheard: String { "the Sentinels of \(group.service) did not answer in time" }

    private mutating func connect(to node: NodeAddress) -> Step {
        self.node = node
        return .connect(to: node)
    }

    enum Consequence: Hashable {
        case nothing
        /// The attempt that waits can be made.
        case attempt
        /// The connections lead to a server that is not the primary any more.
        case move
    }

    /// The Sentinels have been asked.
    mutating func learn(_ view: PrimaryView) -> Consequence {
        self.view = view
        if case .majority(let primary) = view.choice {
            attempts = 0
            if let node, node != primary {
                isFresh = true
                return .move
            }
        }
        guard waitsUntil != nil else { return .nothing }
        isFresh = true
        return .attempt
    }
}
