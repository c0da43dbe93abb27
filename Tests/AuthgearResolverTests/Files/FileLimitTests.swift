import AuthgearResolver
import Glibc
import Testing

/// They change a limit of the whole test process, so they take turns, and put it back.
@Suite(.serialized) struct FileLimitTests {
    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    /// What two loops and three addresses need beside connections.
    private static let reserve: rlim_t = 147

    private func limit() -> rlimit {
        var limit = rlimit()
        unsafe getrlimit(Self.files, &limit)
        return limit
    }

    private func restoring(_ body: (rlimit) throws -> Void) rethrows {
        var before = limit()
        defer { unsafe setrlimit(Self.files, &before) }
        try body(before)
    }

    private func raise(forConnections connections: Int) throws -> Int {
        try FileLimit.raise(forConnections: connections, loops: 2, addresses: 3)
    }

    @Test func `what is enough stays as it is`() throws {
        try restoring { before in
            #expect(before.rlim_cur > 300)
            let fits = try raise(forConnections: 1)
            #expect(fits == 1)
            #expect(limit().rlim_cur == before.rlim_cur)
        }
    }

    @Test func `it rises to what is needed, or to what the system allows`() throws {
        try restoring { before in
            let wanted = Int(before.rlim_cur)
            let fits = try raise(forConnections: wanted)
            let after = limit().rlim_cur
            #expect(after == min(before.rlim_cur + Self.reserve, before.rlim_max))
            #expect(fits == min(wanted, Int(after - Self.reserve)))
        }
    }

    @Test func `as many connections fit as files beside the reserve`() throws {
        try restoring { before in
            let fits = try raise(forConnections: 1 << 40)
            #expect(fits == Int(limit().rlim_cur - Self.reserve))
        }
    }

    @Test func `what leaves too few connections is refused, in numbers`() throws {
        let error = FileLimitError(limit: 100, needed: 163, connections: 16)
        let sentence = "at most 100 files may be open, and at least 163 are needed: 16 for connections, "
        #expect("\(error)".hasPrefix(sentence))
    }
}
