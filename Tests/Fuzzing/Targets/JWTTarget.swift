import Bytes
import JOSE

extension FuzzTarget {
    /// No token is valid that the one key did not sign, and one that it signed is valid only when its claims are right.
    ///
    /// An input of one line is a token; of two, a header and a payload, which are signed here; of three, a header, a payload and
    /// a signature, encoded here.
    static let jwt = FuzzTarget(name: "jwt") { input in
        let lines = [UInt8](copying: input).split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        switch lines.count {
        case 2: JWTBench.shared?.checkSigned(header: Array(lines[0]), payload: Array(lines[1]))
        case 3: JWTBench.shared?.checkForeign(lines.map { Base64URL.encode(Array($0).span.bytes) })
        default: JWTBench.shared?.checkForeign([[UInt8](copying: input)])
        }
    }
}
