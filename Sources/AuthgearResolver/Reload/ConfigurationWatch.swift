import Bytes
import EventLoop
import ServiceLifecycle
import Trust

/// Has the configuration read again when the file, or one that it names, was changed and has been quiet for a second
/// (`reload.watch`).
///
/// It looks at the files' times instead of being told by inotify: what is looked at is what a path leads to, through every link on
/// the way, so that the `..data` of a ConfigMap, a renamed folder and a mounted volume are all the same to it.
struct ConfigurationWatch: Service {
    private static let pause = Duration.milliseconds(250)
    /// Until a file is tried again that was refused because Redis was out of reach, in nanoseconds: no file changes when it is there.
    private static let retryPause: Int64 = 10_000_000_000

    let reloader: Reloader
    let current: CurrentConfiguration

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var (change, endedAt) = (QuietChange<FileStamp?>(), now)
            while true {
                try await Task.sleep(for: Self.pause)
                // What changes while it is off is no reason when it is turned on: that was a reading.
                guard current.configuration.reload.isWatched else { continue }
                let read = reloader.files
                guard case .done(let looks) = await Aside.run({ FileStamp.all(read.keys) }) else { return }
                let isDue = change.look(looks, read: read, at: now)
                let isRetry = reloader.waitsForRedis && now - endedAt >= Self.retryPause
                guard isDue || isRetry else { continue }
                _ = await reloader.reload(isDue ? "a file changed" : "redis was out of reach")
                endedAt = now
            }
        }
    }

    private var now: Int64 { Moment.steadyNanoseconds() }
}

/// When a change is over: whoever replaces several files, or writes one in parts, is let finish.
package struct QuietChange<Look: Hashable> {
    /// How long nothing must change, in nanoseconds.
    static var quiet: Int64 { 1_000_000_000 }

    private var last: [String: Look] = [:]
    /// When a file last changed, or that was told, on the steady clock; nil while all are as they were read.
    private var since: Int64?

    package init() {}

    /// - Parameters:
    ///   - looks: what the files look like.
    ///   - read: what the same files looked like right before they were read last.
    /// - Returns: whether there was a change since then, and it is over. It is told again each second, as long as they are not read.
    package mutating func look(_ looks: [String: Look], read: [String: Look], at now: Int64) -> Bool {
        let hasMoved = looks.contains { path, look in last[path].map { $0 != look } ?? false }
        last = looks
        guard looks.contains(where: { path, look in read[path] != look }) else {
            since = nil
            return false
        }
        guard let began = since, !hasMoved else {
            since = now
            return false
        }
        guard now - began >= Self.quiet else { return false }
        since = now
        return true
    }
}
