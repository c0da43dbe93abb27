import AuthgearResolver
import Glibc
import Testing

/// They change a limit of the whole test process, so they take turns, and put it back.
@Suite(.serialized) struct FileLimitTests {
    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private func limit() -> rlimit {
        var limit = rlimit()
        unsafe getrlimit(Self.files, &limit)
        return limit
    }

    private func restoring(_ body: (rlimit) -> Void) {
        var before = limit()
        body(before)
        unsafe setrlimit(Self.files, &before)
    }

    @Test func `what is enough stays as it is`() {
        restoring { before in
            #expect(before.rlim_cur > 300)
            #expect(FileLimit.raise(forConnections: 1, loops: 2) == 1)
            #expect(limit().rlim_cur == before.rlim_cur)
        }
    }

    @Test func `it rises to what is needed, or to what the system allows`() {
        restoring { before in
            let wanted = Int(before.rlim_cur)
            let fits = FileLimit.raise(forConnections: wanted, loops: 2)
            let after = limit().rlim_cur
            #expect(after == min(before.rlim_cur + 272, before.rlim_max))
            #expect(fits == min(wanted, Int(after) - 272))
        }
    }

    @Test func `as many connections fit as files beside the reserve`() {
        restoring { before in
            let fits = FileLimit.raise(forConnections: 1 << 40, loops: 2)
            #expect(fits == Int(limit().rlim_cur) - 272)
        }
    }
}
