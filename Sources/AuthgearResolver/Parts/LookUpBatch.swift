import Listener
import NIOCore
import Resolution
import Sessions

/// What the requests of one turn of an event loop ask of Redis: it goes to Redis' thread together, and what Redis answers
/// together comes back together. So a turn costs two changes of threads and one write, however many requests it had.
///
/// Confined to the loop that asks.
final class LookUpBatch {
    typealias Question = (query: RecordQuery, ticket: Ticket)

    private let desk: NIOLoopBoundBox<RedisDesk?>
    private var questions: [Question] = []

    init(for desk: NIOLoopBoundBox<RedisDesk?>) {
        self.desk = desk
    }

    func add(_ query: RecordQuery, _ ticket: Ticket) {
        questions.append((query, ticket))
    }

    func send() {
        guard !questions.isEmpty else { return }
        let (desk, questions) = (desk, questions)
        self.questions = []
        desk.eventLoop.execute { desk.value?.ask(questions) }
    }
}
