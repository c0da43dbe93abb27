import Bytes
import JOSE

extension KeySet {
    /// Reads what a fetch brought; what is wrong with it becomes a failed fetch.
    init(fetched bytes: [UInt8]) throws(FetchFailure) {
        do {
            try self.init(jwks: bytes.span.bytes)
        } catch {
            throw .keySet(error)
        }
    }

    func hasKey(kid: [UInt8]) -> Bool {
        !keys(kid: kid).isEmpty
    }
}
