import Bytes
import JOSE

extension Stage {
    static var digests: [Stage] {
        [digest("token", Samples.token()), digest("cookie", Array(Samples.cookie().utf8))]
    }

    static func digest(_ name: String, _ bytes: [UInt8]) -> Stage {
        Stage("SHA-256 of a \(name), \(bytes.count) bytes") {
            { times in
                var sum = 0
                for _ in 0..<times { sum &+= Int(truncatingIfNeeded: SHA256Digest(of: bytes.span.bytes).firstWord) }
                return sum
            }
        }
    }
}
