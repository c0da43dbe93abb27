/// The questions that wait, of one kind: about credentials that were valid here before, or about those that never were.
///
/// A question is known by its number, which grows with the time at which it was asked.
struct QuestionLane {
    /// So many failures in a row open the breaker.
    static let failureLimit = 5
    /// While it is open, a question is an attempt so often, in nanoseconds, where nothing else tells when the server is there again.
    static let attemptInterval: Int64 = 1_000_000_000
    /// How many comparisons wait: a request's credentials are long.
    static let comparisonLimit = 64

    /// How many of the lane's questions are sent and not answered.
    var sent = 0
    /// How many may be.
    let sentLimit: Int
    /// Failures in a row.
    var failures = 0
    /// Until when nothing is sent.
    var pausedUntil: Int64 = .min
    /// While the breaker is open at a plain pace: when the next question is an attempt.
    var nextAttempt: Int64 = .min
    /// In ascending order; those before `head` have left.
    private var numbers: [Int] = []
    private var head = 0

    init(sentLimit: Int) {
        self.sentLimit = sentLimit
    }

    /// While it is open, questions fail at once.
    var isBreakerOpen: Bool { failures >= Self.failureLimit }

    var waiting: Int { numbers.count - head }
    var first: Int? { head < numbers.count ? numbers[head] : nil }

    /// Adds a number, before those that are greater.
    mutating func add(_ number: Int) {
        var index = numbers.count
        while index > head, numbers[index - 1] > number { index -= 1 }
        numbers.insert(number, at: index)
    }

    mutating func removeFirst() -> Int? {
        guard let first else { return nil }
        head += 1
        // Each number is moved about once on average.
        if head * 2 > numbers.count {
            numbers.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func removeLast() -> Int? {
        first == nil ? nil : numbers.removeLast()
    }

    mutating func remove(_ number: Int) {
        guard let index = numbers[head...].firstIndex(of: number) else { return }
        numbers.remove(at: index)
    }

    mutating func removeAll() -> [Int] {
        defer { (numbers, head) = ([], 0) }
        return Array(numbers[head...])
    }
}
