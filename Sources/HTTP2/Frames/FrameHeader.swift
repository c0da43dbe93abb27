/// The header of a frame (RFC 9113 section 4.1).
package struct FrameHeader {
    /// How many bytes it has itself.
    static let byteCount = 9
    /// The most bytes of a payload that may come (section 4.2).
    static let longestPayload = 16_384

    /// The payload's.
    let length: Int
    let type: UInt8
    let flags: UInt8
    let stream: Int32

    package init(length: Int, type: UInt8, flags: UInt8, stream: Int32) {
        (self.length, self.type, self.flags, self.stream) = (length, type, flags, stream)
    }

    /// As it is on the wire.
    static func bytes(_ header: FrameHeader) -> [UInt8] {
        let (length, stream) = (header.length, header.stream)
        return [16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [header.type, header.flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) }
    }
}
