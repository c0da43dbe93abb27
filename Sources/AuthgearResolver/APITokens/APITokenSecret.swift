import Authentication
import Bytes
package import JOSE

/// A new secret: 256 bits of the system's random generator, as text.
package struct APITokenSecret {
    /// `agr_` and 43 characters of base64url. To be shown once, and kept nowhere.
    package let text: String

    package init() {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        text = "\(APIToken.prefix)" + String(decoding: Base64URL.encode(bytes.span.bytes), as: UTF8.self)
    }

    package var digest: SHA256Digest { SHA256Digest(of: Array(text.utf8).span.bytes) }
}
