import Bytes
import Glibc
import NIOCore

/// The machine's cores.
package enum Processors {
    /// How many of them this process may use: no more than its affinity allows (`taskset -c 0` makes it 1), nor than its
    /// control group does (a container's limit). At least 1.
    package static var available: Int {
        let limit = max(System.coreCount, 1)
        return min(allowed ?? limit, limit)
    }

    /// How many it may run on, whatever share of them it may use: its affinity may name some that are not there. At least 1.
    package static var allowedAndOnline: Int {
        let online = max(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 1)
        return min(allowed ?? online, online)
    }

    /// How many its affinity allows; nil when the system doesn't say.
    private static var allowed: Int? {
        guard let bytes = try? File.contents(of: "/proc/self/status", limit: 64 << 10) else { return nil }
        return allowed(status: String(decoding: bytes, as: UTF8.self))
    }

    /// How many cores `Cpus_allowed` of `/proc/<pid>/status` allows: the bits of a number in hexadecimal, 32 bits to a
    /// group. Nil when there is no such line, or no core.
    package static func allowed(status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else {
            return nil
        }
        let digits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
}
