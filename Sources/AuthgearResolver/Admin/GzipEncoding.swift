import CZlib
import HTTP1

/// The content coding `gzip` (RFC 9110 section 8.4.1.3) of pages that are long enough to gain by it.
enum GzipEncoding {
    /// A page of fewer bytes would hardly be shorter.
    private static let minimumBytes = 1_024
    /// The fastest: lines that are much alike become a tenth of their length by it, and hardly less by slower ones.
    private static let level: CInt = 1

    /// Encodes an answer's body, if the client wants that.
    static func encode(_ answer: inout AdminAnswer, accepting acceptEncoding: String) {
        guard answer.body.count >= minimumBytes else { return }
        answer.fields.append(("Vary", "Accept-Encoding"))
        guard Preferences(acceptEncoding).wants(coding: "gzip"), let encoded = encoded(answer.body) else { return }
        answer.body = encoded
        answer.fields.append(("Content-Encoding", "gzip"))
    }

    /// One gzip member; nil when there is no memory for it.
    static func encoded(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        guard unsafe czlib_begin_gzip(&stream, level) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let capacity = Int(unsafe deflateBound(&stream, UInt(bytes.count)))
        let encoded = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            count = unsafe bytes.withUnsafeBytes { input in
                // zlib does not write to what it reads.
                unsafe stream.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(capacity)
                guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return 0 }
                return unsafe capacity - Int(stream.avail_out)
            }
        }
        return encoded.isEmpty ? nil : encoded
    }
}
