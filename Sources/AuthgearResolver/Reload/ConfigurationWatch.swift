import NIOCore
import ServiceLifecycle
import Trust

/// Has the configuration read again when the file, or one that it names, was changed and has been quiet for a second
/// (`reload.watch`).
///
/// It looks at the files' times instead of being told by inotify: what is looked at is what a path leads to, through every link on
/// the way, so that the `..data` of a ConfigMap, a renamed folder and a mounted volume are all the same to it.
struct ConfigurationWatch: Service {
    private static let pause = Duration.milliseconds(250)

    let reloader: Reloader
    let current: CurrentConfiguration

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var change = QuietChange(looksAt(reloader.files), at: now)
            while true {
                try await Task.sleep(for: Self.pause)
                // Also while it is off: what changed then is no reason when it is turned on.
                let isDue = change.look(looksAt(reloader.files), at: now)
                guard isDue, current.configuration.reload.isWatched else { continue }
                _ = await reloader.reload("a file changed")
            }
        }
    }

    private var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    private func looksAt(_ files: Set<String>) -> [String: FileStamp?] {
        Dictionary(uniqueKeysWithValues: files.map { ($0, FileStamp(path: $0)) })
    }
}

/// When a change is over: whoever replaces several files, or writes one in parts, is let finish.
package struct QuietChange<Look: Hashable> {
    /// How long nothing must change, in nanoseconds.
    static var quiet: Int64 { 1_000_000_000 }

    private var last: [String: Look]
    /// When the last change was seen, on the steady clock; nil when it was dealt with.
    private var changedAt: Int64?

    package init(_ looks: [String: Look], at now: Int64) {
        last = looks
    }

    /// - Returns: whether there was a change, and it is over. Each change is told once. A file that was not looked at before is no
    ///   change.
    package mutating func look(_ looks: [String: Look], at now: Int64) -> Bool {
        let isChanged = looks.contains { path, look in last[path].map { $0 != look } ?? false }
        last = looks
        if isChanged { changedAt = now }
        guard let since = changedAt, now - since >= Self.quiet else { return false }
        changedAt = nil
        return true
    }
}
