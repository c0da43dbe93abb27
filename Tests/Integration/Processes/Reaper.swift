import Fixtures
import Foundation

/// Sees to it that no process and no file outlives the run of the tests, even when it crashes: a shell that reads process
/// ids from a pipe, and ends those that are left when the pipe's other end is gone.
final class Reaper: Sendable {
    static let shared = Reaper()

    private let input: FileHandle
    private let shell: ChildProgram

    func watch(_ pid: Int32) { write("+ \(pid)\n") }

    func forget(_ pid: Int32) { write("- \(pid)\n") }

    private static let script = """
        pids=
        while read -r change pid; do
            rest=
            for each in $pids; do [ "$each" = "$pid" ] || rest="$rest $each"; done
            pids=$rest
            [ "$change" = + ] && pids="$pids $pid"
        done
        [ -n "$pids" ] && kill -TERM $pids && sleep 1 && kill -KILL $pids
        rm -rf "$0"
        """

    private init() {
        let pipe = Pipe()
        input = pipe.fileHandleForWriting
        do {
            shell = try ChildProgram(
                "/bin/sh", ["-c", Self.script, Scratch.root], input: pipe.fileHandleForReading.fileDescriptor)
        } catch {
            fatalError("\(error)")
        }
    }

    private func write(_ line: String) {
        try? input.write(contentsOf: Data(line.utf8))
    }
}
