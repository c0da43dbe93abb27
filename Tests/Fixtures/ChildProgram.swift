import CSpawn
import Foundation
import Glibc
import Synchronization

/// A program that a test runs. It ends with the object at the latest.
///
/// Not Foundation's `Process`: with some 1,350 open files, which tests that run together have, it reads past the end of the
/// buffer that `readdir` fills, and children started at the same moment inherit each other's pipes.
package final class ChildProgram: Sendable {
    package struct NotStarted: Error { package var program: String, reason: String }

    package let pid: CInt
    /// Its exit status, 128 + n when signal n ended it; nil until it was asked for after the end. Who waits for the end and
    /// who sends a signal exclude each other, so that no signal goes to another process with the same number.
    private let outcome = Mutex<CInt?>(nil)

    /// Starts a program with these files, and no other.
    ///
    /// - Parameters:
    ///   - environment: all that it gets, by name; nil: what the tests have.
    ///   - input: a descriptor to read from; nil: nothing.
    ///   - output: where standard output and standard error go together; nil: nowhere.
    ///   - files: descriptors that it has from 3 on.
    package init(
        _ program: String, _ arguments: [String], in directory: String = "/tmp", environment: [String: String]? = nil,
        input: CInt? = nil, output: CInt? = nil, files: [CInt] = []
    ) throws {
        let (pid, error) = Spawner.shared.run {
            Self.spawn(program, arguments, directory, environment, input, output, files)
        }
        guard error == 0 else { throw NotStarted(program: program, reason: unsafe String(cString: strerror(error))) }
        self.pid = pid
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ directory: String, _ environment: [String: String]?, _ input: CInt?,
        _ output: CInt?, _ files: [CInt]
    ) -> Spawner.Outcome {
        let words = unsafe copy([program] + arguments)
        defer { unsafe words.forEach { unsafe free($0) } }
        let variables = unsafe copy(
            (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" })
        defer { unsafe variables.forEach { unsafe free($0) } }
        var pid: CInt = 0
        let error = unsafe spawn_program(
            &pid, program, words, variables, directory, input ?? -1, output ?? -1, files, CInt(files.count))
        return (pid, error)
    }

    deinit { kill() }

    /// Its exit status, 128 + n when signal n ended it; nil while it runs.
    package func status() -> CInt? {
        outcome.withLock { outcome in
            var status: CInt = 0
            guard outcome == nil else { return outcome }
            let ended = unsafe waitpid(pid, &status, WNOHANG)
            // Somebody else has heard of its end.
            if ended < 0, errno == ECHILD { outcome = -1 }
            guard ended == pid else { return outcome }
            let signal = status & 0x7F
            outcome = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            return outcome
        }
    }

    /// Blocks until it has ended.
    @discardableResult
    package func wait() -> CInt {
        while true {
            if let status = status() { return status }
            var information = unsafe siginfo_t()
            _ = unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT)
        }
    }

    package func signal(_ number: CInt) { signal(number, to: pid) }

    private func signal(_ number: CInt, to target: CInt) {
        guard status() == nil else { return }
        outcome.withLock { if $0 == nil { _ = Glibc.kill(target, number) } }
    }

    /// Ends it at once with all that it has started (its process group), and blocks until it is gone: an nginx whose master is killed
    /// leaves its workers.
    package func kill() {
        signal(SIGKILL, to: -pid)
        wait()
    }

    private static func copy(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}

/// The thread that starts all programs, which lasts as long as the tests: Envoy ends with the thread that started it
/// (`PR_SET_PDEATHSIG`, prctl(2)), and those that tests run on come and go.
private final class Spawner: Sendable {
    typealias Outcome = (pid: CInt, error: CInt)

    private final class Order: Sendable {
        let start: @Sendable () -> Outcome
        let outcome = Mutex<Outcome>((0, 0))
        let isDone = DispatchSemaphore(value: 0)

        init(_ start: @escaping @Sendable () -> Outcome) { self.start = start }
    }

    static let shared = Spawner()

    private let orders = Mutex<[Order]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                waiting.wait()
                let order = orders.withLock { $0.removeFirst() }
                order.outcome.withLock { $0 = order.start() }
                order.isDone.signal()
            }
        }
    }

    /// Blocks until it is done.
    func run(_ start: @escaping @Sendable () -> Outcome) -> Outcome {
        let order = Order(start)
        orders.withLock { $0.append(order) }
        waiting.signal()
        order.isDone.wait()
        return order.outcome.withLock { $0 }
    }
}
