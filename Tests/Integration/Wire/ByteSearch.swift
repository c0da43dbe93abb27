import Glibc

/// Where bytes stand among others, found by the C library: what the standard library has is slow without optimization.
enum ByteSearch {
    /// The place of the first occurrence of at least one byte.
    static func range(of pattern: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
        return unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var offset = 0
            while offset + pattern.count <= bytes.count {
                guard let found = unsafe memchr(base + offset, CInt(first), bytes.count - offset) else { return nil }
                offset = unsafe UnsafeRawPointer(found) - base
                guard offset + pattern.count <= bytes.count else { return nil }
                let isHere = unsafe pattern.withUnsafeBytes { wanted in
                    unsafe wanted.baseAddress.map { unsafe memcmp(base + offset, $0, pattern.count) == 0 } ?? false
                }
                if isHere { return offset..<offset + pattern.count }
                offset += 1
            }
            return nil
        }
    }
}
