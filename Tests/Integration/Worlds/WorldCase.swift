import Foundation

/// One case: a request in a world, what it came to, and what it was to come to.
struct WorldCase {
    /// The world, by its place in the batch.
    let world: Int
    let request: RandomRequest
    private(set) var answer: WorldAnswer?
    private(set) var expected: [WorldAnswer] = []

    init(world: Int, request: RandomRequest) {
        (self.world, self.request) = (world, request)
    }

    /// So long before a request was sent and after it was answered the clocks may be read.
    private static let margin = WorldSettings.second / 2

    static func now() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1_000_000) * 1_000 }

    /// Takes an answer that was given between two moments: what is right at either will do.
    mutating func take(_ response: Response, in world: RandomWorld, from start: Int64, to end: Int64) {
        answer = WorldAnswer(response)
        expected = [start - Self.margin, end + Self.margin].map { moment in
            WorldOracle(world: world, now: moment).answer(to: request)
        }
    }

    var isRight: Bool { answer.map { answer in expected.contains(where: answer.isAsExpected) } ?? false }

    /// Whether it has to be asked again before a difference is one: the store was away, or time passed a limit meanwhile.
    var isVague: Bool {
        guard let answer, let first = expected.first, let last = expected.last else { return true }
        return answer.isAway || !first.isAsExpected(last)
    }

    var isExpectedValid: Bool { expected.first?.fields.contains("session-valid: true") == true }
}
