import Glibc
import ServiceLifecycle

/// Gives the memory that only the start needed back to the system: at once, and again when the process has settled.
///
/// Reading a command line and a configuration runs through much code that is never needed again: of 36 MB resident after
/// the start, 20 were pages of code. They are copies of files, so letting go of them costs nothing but a page fault for
/// each that is still in use.
struct StartUpPages: Service {
    private static let pause = Duration.seconds(1)

    func run() async throws {
        Self.release()
        try? await cancelWhenGracefulShutdown {
            try await Task.sleep(for: Self.pause)
            Self.release()
        }
        await StartSignal.waitForEnd()
    }

    /// Lets go of every mapping that is code: of nothing else is it sure that the file holds the same bytes.
    private static func release() {
        guard let maps = try? File.contents(of: "/proc/self/maps", limit: 1 << 20) else { return }
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            guard let pages = code(in: line) else { continue }
            _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: pages.lowerBound), pages.count, MADV_DONTNEED)
        }
    }

    /// The addresses of a line such as `7f3a4000-7f3b8000 r-xp 00002000 fe:01 1234 /usr/lib/libc.so.6`; nil when they are
    /// not code of a file.
    private static func code(in line: Substring) -> Range<UInt>? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}
