import Fixtures
import Logging
import Telemetry
import Testing

@Suite struct `The log's limit` {
    private static let reachable = Condition(good: "up", bad: "down", badLevel: .error)
    private static let nanoseconds = 1e9

    /// A member of a condition: nothing but somebody.
    private final class Member {}

    private let lines = TestLog()
    private let log: LimitedLog
    private let first = Member()
    private let second = Member()

    init() {
        log = LimitedLog(lines.logger)
    }

    private func occur(_ message: String = "trouble", at second: Double, address: String = "a", detail: Int = 0) {
        let now = UInt64(second * Self.nanoseconds)
        log.event(.warning, message, address: address, detail: detail, at: now) { .init([.reason: "r"]) }
    }

    private func tell(_ member: Member, _ problem: String?, at second: Double, address: String = "a") {
        log.condition(
            Self.reachable, address: address, member: ObjectIdentifier(member), problem: problem,
            metadata: .init(problem.map { [.reason: $0] } ?? [:]), at: UInt64(second * Self.nanoseconds))
    }

    private func catchUp(at second: Double) {
        log.catchUp(at: UInt64(second * Self.nanoseconds))
    }

    // MARK: Events

    @Test func `an event is a line a minute, which says how many were left out`() {
        for tenth in 0..<600 { occur(at: Double(tenth) / 10) }
        #expect(lines.lines == ["warning trouble reason=r"])
        occur(at: 60)
        #expect(lines.lines.dropFirst() == ["warning trouble left_out=599 reason=r"])
    }

    @Test func `what was left out is told when the minute is over, and nothing more`() {
        for _ in 0..<3 { occur(at: 1) }
        for second in 2..<200 { catchUp(at: Double(second)) }
        #expect(lines.lines == ["warning trouble reason=r", "warning trouble left_out=1 reason=r"])
    }

    @Test func `other kinds and addresses have minutes of their own`() {
        occur(at: 0)
        occur("other", at: 0)
        occur(at: 0, address: "b")
        occur(at: 0, detail: 1)
        #expect(lines.lines.count == 4)
    }

    @Test func `subjects are bounded`() {
        for number in 0..<10_050 { occur(at: 0, address: "\(number)") }
        #expect(lines.lines.count == 10_000)
    }

    @Test func `lines that are held back are counted, and those that are written in their name are not subtracted`() {
        for _ in 0..<3 { occur(at: 1) }
        #expect(log.suppressed == 2)
        catchUp(at: 100)
        #expect(log.suppressed == 2)
        for number in 0..<10_050 { occur(at: 200, address: "\(number)") }
        #expect(log.suppressed == 2 + 51, "of 10,000 subjects one was there")
    }

    @Test func `of a condition, what is no news is not held back`() {
        tell(first, "refused", at: 0)
        tell(first, "refused", at: 1)
        tell(second, "refused", at: 2)
        #expect(log.suppressed == 0)
        tell(first, "reset", at: 3)
        #expect(log.suppressed == 1)
        for number in 0..<10_050 { tell(first, "refused", at: 4, address: "\(number)") }
        #expect(log.suppressed == 1 + 51)
    }

    // MARK: Conditions

    @Test func `event loops that share a condition have one line`() {
        tell(first, nil, at: 0)
        tell(second, nil, at: 0)
        #expect(lines.lines == ["info up"])
        tell(first, "refused", at: 1)
        tell(second, "refused", at: 1)
        #expect(lines.lines.dropFirst() == ["error down reason=refused"])
        tell(first, nil, at: 70)
        #expect(lines.lines.count == 2)
        tell(second, nil, at: 71)
        #expect(lines.lines.dropFirst(2) == ["info up"])
        for second in 72..<200 { catchUp(at: Double(second)) }
        #expect(lines.lines.count == 3)
    }

    @Test func `a condition that flaps is two lines a minute, and the last says how things are`() {
        tell(first, nil, at: 0)
        for tenth in 1...300 { tell(first, tenth.isMultiple(of: 2) ? nil : "refused", at: Double(tenth) / 10) }
        #expect(lines.lines == ["info up", "error down reason=refused"])
        for second in 31..<200 { catchUp(at: Double(second)) }
        #expect(lines.lines.dropFirst(2) == ["info up left_out=298"])
    }

    @Test func `an end that came within the minute is told after it`() {
        tell(first, "refused", at: 0)
        tell(first, nil, at: 1)
        tell(first, "refused", at: 2)
        for second in 3..<60 { catchUp(at: Double(second)) }
        #expect(lines.lines == ["error down reason=refused", "info up"])
        catchUp(at: 60)
        #expect(lines.lines.dropFirst(2) == ["error down reason=refused"])
    }

    @Test func `a new reason is news, and one that another has already is none`() {
        tell(first, "refused", at: 0)
        tell(second, "reset", at: 61)
        tell(first, "reset", at: 122)
        tell(first, "reset", at: 183)
        #expect(lines.lines == ["error down reason=refused", "error down reason=reset"])
    }

    @Test func `of who is gone nothing is said any more, and who comes to the address later begins anew`() {
        tell(first, "gone", at: 0)
        tell(first, nil, at: 1)
        tell(first, "gone again", at: 2)
        log.forget(Self.reachable, address: "a", member: ObjectIdentifier(first))
        catchUp(at: 100)
        #expect(lines.lines == ["error down reason=gone", "info up"])
        tell(second, nil, at: 101)
        tell(second, "new", at: 102)
        #expect(lines.lines.dropFirst(2) == ["info up", "error down reason=new"])
    }

    @Test func `what is bad for others stays so when one is gone`() {
        tell(first, "gone", at: 0)
        tell(second, "gone", at: 1)
        log.forget(Self.reachable, address: "a", member: ObjectIdentifier(first))
        tell(second, nil, at: 2)
        #expect(lines.lines == ["error down reason=gone", "info up"])
    }
}
