import Bytes
import CNghttp2

/// Header compression by libnghttp2 (RFC 7541), of whole header blocks.
package enum HeaderCompression {
    /// The fields of a header block, as `name: value`; nil when it is malformed.
    package static func fields(of block: [UInt8]) -> [[UInt8]]? {
        var inflater: OpaquePointer?
        unsafe nghttp2_hd_inflate_new(&inflater)
        defer { unsafe nghttp2_hd_inflate_del(inflater) }
        var fields: [[UInt8]] = []
        return unsafe block.withUnsafeBufferPointer { block in
            var offset = 0
            while true {
                var field = unsafe nghttp2_nv()
                var flags: CInt = 0
                let rest = unsafe UnsafeBufferPointer(rebasing: block[offset...])
                let count = unsafe nghttp2_hd_inflate_hd2(inflater, &field, &flags, rest.baseAddress, rest.count, 1)
                guard count >= 0 else { return nil }
                offset += count
                if UInt32(flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue != 0 {
                    let name = unsafe Array(UnsafeBufferPointer(start: field.name, count: field.namelen))
                    let value = unsafe Array(UnsafeBufferPointer(start: field.value, count: field.valuelen))
                    fields.append(name + Array(": ".utf8) + value)
                }
                if UInt32(flags) & NGHTTP2_HD_INFLATE_FINAL.rawValue != 0 { return fields }
                if count == 0, UInt32(flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue == 0 { return fields }
            }
        }
    }

    /// A header block with one field, whose value is by the Huffman code where that is shorter.
    package static func block(_ name: String, _ value: [UInt8]) -> [UInt8] {
        var deflater: OpaquePointer?
        unsafe nghttp2_hd_deflate_new(&deflater, 4_096)
        defer { unsafe nghttp2_hd_deflate_del(deflater) }
        var (name, value) = (Array(name.utf8), value)
        var block = [UInt8](repeating: 0, count: 2 * (name.count + value.count) + 100)
        let count = unsafe name.withUnsafeMutableBufferPointer { name in
            unsafe value.withUnsafeMutableBufferPointer { value in
                var field = unsafe nghttp2_nv(
                    name: name.baseAddress, value: value.baseAddress, namelen: name.count, valuelen: value.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
                let room = block.count
                return unsafe block.withUnsafeMutableBufferPointer { block in
                    unsafe nghttp2_hd_deflate_hd(deflater, block.baseAddress, room, &field, 1)
                }
            }
        }
        return Array(block.prefix(max(0, count)))
    }
}
