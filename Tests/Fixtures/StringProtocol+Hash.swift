import Bytes
import JOSE

extension StringProtocol {
    /// Its SHA-256 in lower-case hexadecimal digits, as which Authgear's records hold secrets.
    package var sha256: String { SHA256Digest(of: Array(utf8).span.bytes).hex }
}
