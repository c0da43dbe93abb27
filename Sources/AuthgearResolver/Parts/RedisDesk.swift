import Listener
import NIOCore
import Resolution
import Sessions

/// Where an event loop's questions reach Redis, on a thread of NIO's, and the replies leave for the loop's mailbox.
package final class RedisDesk {
    let store: RedisStore
    private let eventLoop: any EventLoop
    private let mailbox: Mailbox
    /// What Redis replied in this tick of NIO's loop.
    private var replies: [(Ticket, RecordReply)] = []

    init(_ store: RedisStore, on eventLoop: any EventLoop, for mailbox: Mailbox) {
        self.store = store
        self.eventLoop = eventLoop
        self.mailbox = mailbox
    }

    func ask(_ questions: [LookUpBatch.Question]) {
        for question in questions {
            store.lookUp(question.query) { reply in self.note(reply, question.ticket) }
        }
    }

    private func note(_ reply: RecordReply, _ ticket: Ticket) {
        if replies.isEmpty {
            let desk = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.execute { desk.value.send() }
        }
        replies.append((ticket, reply))
    }

    private func send() {
        mailbox.post(.records(replies))
        replies.removeAll()
    }
}
