import Listener
import NIOCore
import Resolution
import Sessions

/// Where an event loop's questions reach Redis while it has no line of its own: on a thread of NIO's, whose replies leave
/// for the loop's mailbox. So it is with TLS.
package final class RedisDesk {
    let store: RedisStore
    private let eventLoop: any EventLoop
    private let mailbox: Mailbox
    /// What Redis replied in this tick of NIO's loop.
    private var replies: [(Int, RecordReply)] = []

    init(_ store: RedisStore, on eventLoop: any EventLoop, for mailbox: Mailbox) {
        self.store = store
        self.eventLoop = eventLoop
        self.mailbox = mailbox
    }

    /// Asks all of them in one write; what Redis answers together goes back together. So a turn of the loop that asks costs
    /// two changes of threads, however many requests it had.
    func ask(_ questions: [Question]) {
        for question in questions {
            store.lookUp(question.query) { reply in self.note(reply, question.number) }
        }
    }

    private func note(_ reply: RecordReply, _ number: Int) {
        if replies.isEmpty {
            let desk = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.execute { desk.value.send() }
        }
        replies.append((number, reply))
    }

    private func send() {
        mailbox.post(.records(replies))
        replies.removeAll()
    }
}
