package import Authentication
import EventLoop
import Glibc
import NIOCore
package import Redis
import Worker

/// An event loop of the listener's speaks with Redis itself.
extension RedisLine: StoreLine {
    package func ask(_ query: RecordQuery, number: Int, at now: Int64) {
        ask(query, number: number, at: NIODeadline(steady: now))
    }

    package func receive(_ bytes: RawSpan, at now: Int64) {
        receive(bytes, at: NIODeadline(steady: now))
    }

    package func breakOff(at now: Int64) {
        breakOff(at: NIODeadline(steady: now))
    }

    package func pass(to now: Int64) {
        pass(to: NIODeadline(steady: now))
    }

    package var nextPass: Int64? {
        deadline.map { Int64(clamping: $0.uptimeNanoseconds) }
    }
}

extension NIODeadline {
    /// The same clock, which Listener reads itself.
    fileprivate init(steady: Int64) {
        self = .uptimeNanoseconds(UInt64(clamping: steady))
    }
}

extension LineHome {
    /// The event loop that reads this mailbox.
    static func eventLoop(behind mailbox: WorkerMailbox) -> LineHome {
        LineHome(
            take: { descriptor, line in
                if !mailbox.post(.store(descriptor, line)) { close(descriptor) }
            },
            perform: { body in
                mailbox.post(
                    .line { line in
                        if let line = line as? RedisLine { body(line) }
                    })
            })
    }
}
