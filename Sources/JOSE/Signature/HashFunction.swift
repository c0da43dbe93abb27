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

    /// What stands before the digest in a DER-encoded `DigestInfo`, with NULL for the parameters (RFC 8017 section 9.2, note 1).
    var digestInfoPrefix: [UInt8] {
        let (size, identifier): (UInt8, UInt8) =
            switch self {
            case .sha256: (32, 1)
            case .sha384: (48, 2)
            case .sha512: (64, 3)
            }
        let algorithm: [UInt8] = [0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, identifier, 0x05, 0]
        return [0x30, 17 + size, 0x30, UInt8(algorithm.count)] + algorithm + [0x04, size]
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

extension Algorithm {
    /// What is applied to the message before it is signed; nil when the algorithm does that itself.
    var hash: HashFunction? {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .es512: .sha512
        case .edDSA: nil
        }
    }

    /// Whether it is RSASSA-PSS (RFC 7518 section 3.5).
    var isPSS: Bool {
        switch self {
        case .ps256, .ps384, .ps512: true
        default: false
        }
    }
}
