import Dispatch
import Foundation

/// Programs that tests run. What blocks does so on a thread of its own, never on one of Swift's.
enum Program {
    struct Failure: Error { var output: String }

    /// Runs a program to its end; gives what it prints.
    @discardableResult
    static func run(_ path: String, _ arguments: [String], in directory: String = "/tmp") async throws -> String {
        try await offThread {
            let (process, output) = try launch(path, arguments, in: directory)
            let printed = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Failure(output: printed) }
            return printed
        }
    }

    /// Starts a program, and waits until it has printed a text.
    static func start(
        _ path: String, _ arguments: [String], in directory: String, until text: String
    ) async throws -> Process {
        try await offThread {
            let (process, output) = try launch(path, arguments, in: directory)
            var printed = ""
            while !printed.contains(text) {
                let more = output.availableData
                guard !more.isEmpty else { throw Failure(output: printed) }
                printed += String(decoding: more, as: UTF8.self)
            }
            output.readabilityHandler = { handle in
                if handle.availableData.isEmpty { handle.readabilityHandler = nil }
            }
            return process
        }
    }

    /// Ends a program at once, and waits until it is gone.
    static func kill(_ process: Process) async {
        try? await offThread {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    private static func launch(
        _ path: String, _ arguments: [String], in directory: String
    ) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private static func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}
