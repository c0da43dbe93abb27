/// Whether one worker may answer from memory, decided from the lease that the owner of the feed gives and from the worker's own
/// proofs of its data connection. All times are nanoseconds of the steady clock.
///
/// The lease says that every change at one server, up to a second before its end, has been told to this worker. What the worker
/// has read is that server's as long as its own data connection is proven to lead there. So memory is believed up to the
/// earlier of the lease's end and one second after the sending of its own last proof, while both name one server.
package struct MemoryLease {
    package enum Action: Hashable, Sendable {
        case none
        /// What was read since trust began may be answered from memory until then.
        case trust(until: Int64)
        /// Nothing that was read may be answered from memory any more.
        case distrust
        /// The data connection leads to another server than the feed: what it says is not to be believed.
        case failed
    }

    /// The end of the lease, and the server that it is of; nil while changes are not told.
    private var lease: (until: Int64, server: ServerID)?
    /// When the data connection's last whole proof was sent, and the server that it named.
    private var proof: (sent: Int64, server: ServerID)?
    private var isTrusted = false

    package init() {}

    /// Whether memory was last said to be trusted; the trust itself ends with its time.
    package var isOn: Bool { isTrusted }

    /// The owner of the feed gives a lease, behind all changes that it stands for.
    package mutating func leased(until: Int64, of server: ServerID, at now: Int64) -> Action {
        lease = (until, server)
        return renew(at: now)
    }

    /// Changes are not told any more, or any record may have changed.
    package mutating func revoked() -> Action {
        lease = nil
        return end()
    }

    /// A heartbeat on the worker's own data connection is answered.
    ///
    /// - Parameters:
    ///   - sent: when it was sent.
    ///   - server: the server, when the whole proof holds; nil when the server does not say all of it.
    package mutating func proven(sent: Int64, by server: ServerID?, at now: Int64) -> Action {
        guard let server else {
            proof = nil
            return end()
        }
        proof = (sent, server)
        return renew(at: now)
    }

    /// The worker's own data connection is gone.
    package mutating func connectionLost() -> Action {
        proof = nil
        return end()
    }

    private mutating func renew(at now: Int64) -> Action {
        // A lease that has ended says nothing of where the feed leads by now.
        guard let lease, let proof, now <= lease.until else { return .none }
        guard lease.server == proof.server else {
            // The lease stays: it is the feed's, and the next data connection may lead to its server. The proof goes with this one.
            self.proof = nil
            isTrusted = false
            return .failed
        }
        isTrusted = true
        // Neither alone: the lease says nothing of a data connection that was moved to another server, and the proof nothing of
        // changes that were not told.
        return .trust(until: min(lease.until, proof.sent + TrackingState.lease))
    }

    private mutating func end() -> Action {
        defer { isTrusted = false }
        // Told once: forgetting is dear, and between two trusts nothing new is remembered.
        return isTrusted ? .distrust : .none
    }
}
