import EventLoop
import Worker

extension Configuration {
    /// What can't change while the process runs, and does in another configuration: a problem for each key.
    ///
    /// - Parameter places: where the other one's keys stand.
    func restartProblems(with other: Configuration, places: [String: Place]) -> [Problem] {
        let changes: [(key: String, isChanged: Bool, holds: String)] = [
            (
                "listen", other.listen != listen || other.secured != secured || other.calls != calls,
                (listen.map(\.description) + secured.map { "https://\($0)" } + calls.map(\.description))
                    .joined(separator: ", ")
            ),
            ("admin.listen", other.admin.listen != admin.listen, "\(admin.listen)"),
            ("admin.control", other.admin.control != admin.control, admin.control ?? "none"),
            ("threads", other.threads != threads, threads.description),
            ("scheduling", other.scheduling != scheduling, scheduling.rawValue),
            (
                "jwks.snapshot.file", other.jwks.snapshotFile != jwks.snapshotFile, jwks.snapshotFile ?? "none"
            ),
            ("sessions.store", other.sessions.store.kind != sessions.store.kind, sessions.store.kind.rawValue),
            ("log.format", other.log.format != log.format, log.format.rawValue),
        ]
        return changes.filter(\.isChanged).map { key, _, holds in
            Problem(
                at: Self.place(of: key, in: places), key: key, "takes a restart to change",
                allowed: "\(holds), as it is while the process runs, or a restart")
        }
    }

    /// Where a key stands, or else the section that it would stand in, or else the file's start.
    private static func place(of key: String, in places: [String: Place]) -> Place {
        places[key] ?? key.firstIndex(of: ".").flatMap { places[String(key[..<$0])] } ?? .start
    }
}

extension Configuration.Threads: CustomStringConvertible {
    package var description: String {
        switch self {
        case .auto: "auto"
        case .count(let count): "\(count)"
        }
    }
}
