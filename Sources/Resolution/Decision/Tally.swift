import Tokens

/// How many credentials were refused, and how many could not be checked, by reason. A plain value; `/metrics` adds up
/// those of all event loops.
package struct Tally: Sendable {
    /// One count per `TokenRefusal`, in its order; so for the others.
    package private(set) var tokens = [Int](repeating: 0, count: TokenRefusal.allCases.count)
    package private(set) var sessions = [Int](repeating: 0, count: SessionRefusal.allCases.count)
    package private(set) var headers = [Int](repeating: 0, count: HeaderRefusal.allCases.count)
    package private(set) var unknowns = [Int](repeating: 0, count: UnknownReason.allCases.count)

    package init() {}

    mutating func count(_ refusal: TokenRefusal) { tokens[Int(refusal.rawValue)] += 1 }
    mutating func count(_ refusal: SessionRefusal) { sessions[Int(refusal.rawValue)] += 1 }
    mutating func count(_ refusal: HeaderRefusal) { headers[Int(refusal.rawValue)] += 1 }
    mutating func count(_ reason: UnknownReason) { unknowns[Int(reason.rawValue)] += 1 }

    /// Every reason to refuse, with the kind of credential that it is about and how often it occurred.
    package func forEachRefusal(_ body: (_ credential: StaticString, _ reason: StaticString, _ count: Int) -> Void) {
        for refusal in TokenRefusal.allCases { body("token", refusal.reason, tokens[Int(refusal.rawValue)]) }
        for refusal in SessionRefusal.allCases { body("session", refusal.reason, sessions[Int(refusal.rawValue)]) }
        for refusal in HeaderRefusal.allCases { body("any", refusal.reason, headers[Int(refusal.rawValue)]) }
    }

    /// Adds another event loop's counts to these.
    package mutating func merge(_ other: Tally) {
        for index in tokens.indices { tokens[index] += other.tokens[index] }
        for index in sessions.indices { sessions[index] += other.sessions[index] }
        for index in headers.indices { headers[index] += other.headers[index] }
        for index in unknowns.indices { unknowns[index] += other.unknowns[index] }
    }
}
