import Dispatch
import Fixtures
import Foundation

/// Programs that tests run. What blocks does so on a thread of its own, never on one of Swift's.
enum Program {
    struct Failure: Error { var output: String }

    /// Runs a program to its end; gives what it prints.
    @discardableResult
    static func run(_ path: String, _ arguments: [String], in directory: String = "/tmp") async throws -> String {
        try await offThread {
            let (program, output) = try launch(path, arguments, in: directory)
            let printed = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
            guard program.wait() == 0 else { throw Failure(output: printed) }
            return printed
        }
    }

    /// Starts a program, and waits until it has printed a text. What it prints afterwards is lost.
    static func start(
        _ path: String, _ arguments: [String], in directory: String, until text: String
    ) async throws -> ChildProgram {
        try await offThread {
            let (program, output) = try launch(path, arguments, in: directory)
            var printed = ""
            while !printed.contains(text) {
                let more = output.availableData
                guard !more.isEmpty else { throw Failure(output: printed) }
                printed += String(decoding: more, as: UTF8.self)
            }
            return program
        }
    }

    /// Ends a program at once, and waits until it is gone.
    static func kill(_ program: ChildProgram) async {
        try? await offThread { program.kill() }
    }

    private static func launch(
        _ path: String, _ arguments: [String], in directory: String
    ) throws -> (ChildProgram, FileHandle) {
        var ends: [CInt] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure(output: "no pipe") }
        defer { close(ends[1]) }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        return (try ChildProgram(path, arguments, in: directory, output: ends[1]), output)
    }

    private static func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}
