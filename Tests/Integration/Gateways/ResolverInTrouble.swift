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
    /// It closes each connection at once, or in the middle of an answer.
    case resets, stops
    /// It says nothing.
    case hangs
    /// Nobody listens any more.
    case refuses

    static let outages: [ResolverMood] = [.unavailable, .resets, .stops, .hangs, .refuses]
}

extension GatewayProgram {
    /// A resolver in trouble that can be asked as it asks.
    func makeResolverInTrouble() throws -> any ResolverInTrouble {
        asksByCalls ? try MoodyCalls() : try MoodyResolver()
    }
}
