/// How many answers were too long, and the last of them.
package struct LongAnswers: Sendable {
    package private(set) var last: LongAnswer
    package private(set) var count = 1

    package init(first: LongAnswer) {
        last = first
    }

    mutating func add(_ answer: LongAnswer) {
        last = answer
        count += 1
    }
}
