import Bytes
import CLibcrypto

/// The hash functions that signatures are made over (FIPS 180-4).
enum HashFunction: Sendable {
    case sha256, sha384, sha512

    /// Bytes in a digest.
    var digestBytes: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// Hashes the message; the first `digestBytes` bytes count. Allocates nothing.
    func digest(of message: RawSpan) -> InlineArray<64, UInt8> {
        var digest = InlineArray<64, UInt8>(repeating: 0)
        var bytes = digest.mutableSpan
        unsafe message.withUnsafeBytes { message in
            unsafe bytes.withUnsafeMutableBytes { digest in
                switch self {
                case .sha256: unsafe clibcrypto_sha256(message.baseAddress, message.count, digest.baseAddress)
                case .sha384: unsafe clibcrypto_sha384(message.baseAddress, message.count, digest.baseAddress)
                case .sha512: unsafe clibcrypto_sha512(message.baseAddress, message.count, digest.baseAddress)
                }
            }
        }
        return digest
    }

    /// libcrypto's name for it: static, never freed.
    var evp: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
