import Bytes
import EventLoop
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.
package import Telemetry

/// What the system says of the process at one moment (proc(5)): the figures that every program exports.
package struct ProcessFigures: Sendable {
    /// Processor time, in seconds.
    package var processorSeconds = 0.0
    package var residentBytes = 0
    package var openFiles = 0
    package var maximumFiles = 0
    /// In seconds since the epoch.
    package var startedAt = 0.0

    package init() {}

    /// Those of this process. What can't be had is zero, such as all that is in `/proc` where that is not mounted.
    package static var current: ProcessFigures {
        var figures = ProcessFigures()
        figures.processorSeconds = Double(ProcessorTime.ofProcess) / 1e9
        figures.residentBytes = residentPages.map { $0 * Int(sysconf(CInt(_SC_PAGESIZE))) } ?? 0
        figures.openFiles = openFileCount ?? 0
        figures.maximumFiles = FileLimit.current ?? 0
        figures.startedAt = start ?? 0
        return figures
    }

    package func write(to page: inout PrometheusPage) {
        page.add(.processTime, seconds: processorSeconds)
        page.add(.residentMemory, value: residentBytes)
        page.add(.openFiles, value: openFiles)
        page.add(.maximumFiles, value: maximumFiles)
        page.add(.processStart, seconds: startedAt)
    }

    /// The second number of `/proc/self/statm`.
    private static var residentPages: Int? {
        text(of: "/proc/self/statm").flatMap { text in
            text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
    }

    /// As many as `/proc/self/fd` has entries. Since Linux 6.2 that is the folder's size; before, all of them are read, which takes a
    /// microsecond each.
    private static var openFileCount: Int? {
        var status = stat()
        guard unsafe stat("/proc/self/fd", &status) == 0 else { return nil }
        if status.st_size > 0 { return Int(status.st_size) }
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Itself, its parent, and the descriptor by which it is read.
        return max(0, count - 3)
    }

    /// When the process was started; found out once, for it would differ by what it is rounded to.
    private static let start: Double? = {
        // The second field is the program's name in parentheses, which may have spaces and parentheses of its own. Behind it, the start
        // is the twentieth: ticks since the system's.
        guard let line = text(of: "/proc/self/stat"), let name = line.lastIndex(of: ")"),
            case let fields = line[name...].split(separator: " ").dropFirst(), fields.count > 19,
            let ticks = Double(fields[fields.startIndex + 19])
        else { return nil }
        let system = Double(Timestamp.systemStart.microseconds) / 1e6
        return system + ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
    }()

    private static func text(of path: String) -> String? {
        (try? File.contents(of: path, limit: 4 << 10)).map { String(decoding: $0, as: UTF8.self) }
    }
}
