package import Bytes
package import Tokens

/// Takes one event loop's requests and gives each its answer, or the one thing that the answer must wait for.
///
/// Takes values: the request's fields, the key ring, the time. Gives values: an `Answer`, or a `Parked` request with
/// what it needs. Imports Bytes and Tokens; there is no I/O, no clock and no logger here.
package struct Resolver: ~Copyable {
    /// The keys that tokens are verified with; replaced whole when a set changed.
    package private(set) var keys: KeyRing

    package init(keys: KeyRing) {
        self.keys = keys
    }

    /// Decides on a request.
    ///
    /// - Parameters:
    ///   - arrival: what the request says; its places are offsets in `head`.
    ///   - head: the bytes of the request head.
    package mutating func resolve(_ arrival: Arrival, in head: RawSpan, now: Timestamp) -> Step {
        fatalError()
    }

    /// Goes on with a parked request, now that its look-up is answered.
    package mutating func resume(_ parked: consuming Parked, with reply: RecordReply, now: Timestamp) -> Step {
        fatalError()
    }

    /// Goes on with a parked request, now that its key was looked for.
    package mutating func resume(_ parked: consuming Parked, with reply: KeyReply, now: Timestamp) -> Step {
        fatalError()
    }

    /// Takes a new key ring; tokens signed by a key that is gone are no longer valid from the next request on.
    package mutating func publish(_ ring: KeyRing) {
        keys = ring
    }
}

/// How far the decision on a request has come.
package enum Step: ~Copyable {
    case answer(Answer)
    /// The request waits for one thing. Exactly one `resume` must follow.
    case wait(for: Need, Parked)
}

/// The one thing that a parked request waits for.
package enum Need: Sendable {
    case record(RecordQuery)
    case key(MissingKey)
}

/// A request that waits: what is left of its decision. It can be resumed once, and only by the resolver that parked it.
package struct Parked: ~Copyable {
    var todo = 0
}
