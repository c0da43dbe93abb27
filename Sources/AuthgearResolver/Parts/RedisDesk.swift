import Authentication
import EventLoop
import NIOCore
import Redis
import Worker

/// Where an event loop's questions reach Redis while it has no line of its own: on a thread of NIO's, whose replies leave
/// for the loop's mailbox. So it is with TLS.
package final class RedisDesk {
    let store: RedisStore
    private let eventLoop: any EventLoop
    private let mailbox: WorkerMailbox
    /// What Redis replied in this tick of NIO's loop.
    private var replies: [NumberedReply] = []
    /// What the loop is to ask itself, on the line that it has by now.
    private var returned: [Question] = []

    init(_ store: RedisStore, on eventLoop: any EventLoop, for mailbox: WorkerMailbox) {
        self.store = store
        self.eventLoop = eventLoop
        self.mailbox = mailbox
    }

    /// Asks all of them in one write; what Redis answers together goes back together. So a turn of the loop that asks costs
    /// two changes of threads, however many requests it had.
    func ask(_ questions: [Question]) {
        for question in questions {
            store.lookUp(question.query) { outcome in self.note(outcome, question) }
        }
    }

    private func note(_ outcome: LookUpOutcome, _ question: Question) {
        if replies.isEmpty, returned.isEmpty {
            let desk = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.execute { desk.value.send() }
        }
        switch outcome {
        case .reply(let reply): replies.append(NumberedReply(number: question.number, reply: reply))
        case .elsewhere(let asked):
            let asked = Int64(clamping: asked.uptimeNanoseconds)
            returned.append(Question(number: question.number, query: question.query, asked: asked))
        }
    }

    private func send() {
        if !replies.isEmpty { mailbox.post(.records(replies)) }
        if !returned.isEmpty { mailbox.post(.questions(returned)) }
        replies.removeAll()
        returned.removeAll()
    }
}
