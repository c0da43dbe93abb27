/// What stands in for the resolver when that is in trouble; it writes down what it is asked.
protocol ResolverInTrouble: Sendable {
    /// Where a gateway asks it.
    var address: Address { get }
    /// What it was asked so far, with the bodies that came with it.
    var questions: [String] { get }
    /// What a client sends to be let in while it is well.
    var credential: [String] { get }

    /// From now on it is like this. What it had open ends.
    func become(_ mood: ResolverMood)
}

/// How a resolver is.
enum ResolverMood: String, CaseIterable, Sendable {
    /// It lets in.
    case well
    /// It says 503.
    case unavailable
    /// It says 500, as what stands in its place may.
    case fails
    /// Its bytes are no HTTP: something else listens where it should.
    case babbles
    /// It closes each connection at once, or in the middle of an answer.
    case resets, stops
    /// It says nothing.
    case hangs
    /// Nobody listens any more.
    case refuses

    static let outages: [ResolverMood] = [.unavailable, .fails, .babbles, .resets, .stops, .hangs, .refuses]
}

extension ResolverMood {
    /// What something else than a resolver says when it is spoken to.
    static let babble = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nx-authgear-user-id: u\r\n\r\n"
}

extension GatewayProgram {
    /// A resolver in trouble that can be asked as it asks.
    func makeResolverInTrouble() throws -> any ResolverInTrouble {
        guard asksByHTTP2 else { return try MoodyResolver() }
        let relay = try MoodyRelay(for: self)
        return asksByTLS ? try SecuredFront(before: relay) : relay
    }
}
