import EventLoop
import Testing

@Suite final class MailboxTests {
    private let mailbox = Mailbox<Int>()
    private let poller = Poller()

    init() {
        let isHeard = poller.add(mailbox.bell, as: 0, for: [.input, .edge])
        #expect(isHeard)
    }

    private var hasRung: Bool { poller.wait(milliseconds: 0) > 0 }

    private func taken() -> [Int] {
        var list: [Int] = []
        mailbox.take(into: &list)
        return list
    }

    @Test func `one ring is for all messages until they are taken`() {
        #expect(!mailbox.hasMessages)
        mailbox.post(1)
        #expect(hasRung && mailbox.hasMessages)
        mailbox.post(2)
        #expect(!hasRung)
        #expect(taken() == [1, 2])
        #expect(!mailbox.hasMessages)
        mailbox.post(3)
        #expect(hasRung)
        #expect(taken() == [3])
    }

    @Test func `a message that wakes nobody waits, and keeps its place before one that wakes`() {
        mailbox.post(1, wakes: false)
        #expect(!hasRung && mailbox.hasMessages)
        mailbox.post(2)
        mailbox.post(3, wakes: false)
        #expect(hasRung)
        #expect(taken() == [1, 2, 3])
    }

    @Test func `many messages that wake nobody wake all the same, once`() {
        for number in 1..<16 { mailbox.post(number, wakes: false) }
        #expect(!hasRung)
        mailbox.post(16, wakes: false)
        #expect(hasRung)
        mailbox.post(17, wakes: false)
        #expect(!hasRung)
        #expect(taken() == Array(1...17))
        mailbox.post(18, wakes: false)
        #expect(!hasRung)
    }

    @Test func `what was posted before the end is given, and nothing after it is taken`() {
        #expect(mailbox.post(1, wakes: false))
        #expect(mailbox.close() == [1])
        #expect(!mailbox.post(2) && !mailbox.post(3, wakes: false))
    }
}
