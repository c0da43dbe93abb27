import Authentication
import Bytes
import Foundation
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import Redis

/// A thread that asks, and serves the line that it was given itself, as an event loop of the listener's does.
final class LineHost: Sendable {
    typealias Reply = @Sendable (RecordReply) -> Void

    private enum Job: Sendable {
        case take(CInt, @Sendable () -> RedisLine)
        case perform(@Sendable (RedisLine) -> Void)
        case ask([(RecordQuery, Reply)])
        case end(then: @Sendable () -> Void)
    }

    private let jobs = NIOLockedValueBox<[Job]>([])
    /// The thread polls one end and others write to the other.
    private let bell: (heard: CInt, rung: CInt)
    /// Who is asked while there is no line.
    let elsewhere = NIOLockedValueBox<(@Sendable (RecordQuery, @escaping Reply) -> Void)?>(nil)

    init() {
        var ends: [CInt] = [0, 0]
        _ = unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
        bell = (ends[0], ends[1])
        let body: @Sendable () -> Void = { [self] in
            var floor = Floor()
            while !floor.hasEnded {
                floor.wait(for: bell.heard)
                for job in jobs.withLockedValue({ jobs in
                    defer { jobs = [] }
                    return jobs
                }) {
                    floor.perform(job, elsewhere: elsewhere.withLockedValue { $0 })
                }
                floor.settle()
            }
        }
        Thread.detachNewThread(body)
    }

    var home: LineHome {
        LineHome(
            take: { [self] descriptor, make in post(.take(descriptor, make)) },
            perform: { [self] body in post(.perform(body)) })
    }

    /// Asks all in one turn.
    func ask(_ questions: [(RecordQuery, Reply)]) { post(.ask(questions)) }

    /// Breaks the line off and ends the thread.
    ///
    /// - Parameter then: called when nothing more will be told by the line.
    func end(then: @escaping @Sendable () -> Void) { post(.end(then: then)) }

    private func post(_ job: Job) {
        jobs.withLockedValue { $0.append(job) }
        _ = unsafe write(bell.rung, "x", 1)
    }

    /// What is the thread's own.
    private struct Floor {
        private var line: RedisLine?
        private var descriptor: CInt = -1
        private var waiters: [Int: Reply] = [:]
        private var number = 0
        private(set) var hasEnded = false

        mutating func wait(for bell: CInt) {
            let events = Int16(POLLIN) | (line?.hasOutput == true ? Int16(POLLOUT) : 0)
            var entries = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
            if line != nil { entries.append(pollfd(fd: descriptor, events: events, revents: 0)) }
            unsafe poll(&entries, nfds_t(entries.count), line?.deadline == nil ? 1000 : 1)
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while unsafe recv(bell, &buffer, buffer.count, 0) > 0 {}
            guard let line else { return }
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                let bytes = Array(buffer[..<count])
                line.receive(bytes.span.bytes, at: .now())
            } else if count == 0 || errno != EAGAIN {
                line.breakOff(at: .now())
            }
        }

        mutating func perform(_ job: Job, elsewhere: (@Sendable (RecordQuery, @escaping Reply) -> Void)?) {
            switch job {
            case .take(let descriptor, let make):
                // The one before may have been broken off a moment ago, with replies that nobody has had yet.
                line?.breakOff(at: .now())
                settle()
                self.descriptor = descriptor
                line = make()
            case .perform(let body): if let line { body(line) }
            case .ask(let questions):
                for (query, reply) in questions {
                    guard let line, !line.isOver else {
                        if let elsewhere { elsewhere(query, reply) } else { reply(.unavailable(.disconnected)) }
                        continue
                    }
                    number += 1
                    waiters[number] = reply
                    line.ask(query, number: number, at: .now())
                }
            case .end(let then):
                line?.breakOff(at: .now())
                hasEnded = true
                then()
            }
        }

        mutating func settle() {
            guard let line else { return }
            if let deadline = line.deadline, deadline <= .now() { line.pass(to: .now()) }
            if line.hasOutput {
                line.send { bytes in
                    unsafe bytes.withUnsafeBytes { bytes in
                        max(0, unsafe send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)))
                    }
                }
            }
            var replies: [NumberedReply] = []
            line.takeReplies(into: &replies)
            for reply in replies { waiters.removeValue(forKey: reply.number)?(reply.reply) }
            guard line.isOver else { return }
            close(descriptor)
            self.line = nil
        }
    }
}
