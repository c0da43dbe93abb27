import Bytes
import CNghttp2

/// A header list in the codec's form, made of field lines (RFC 9112 section 5): what answers are rendered in, so that one that is
/// kept is the same for each front.
@safe struct HeaderList: ~Copyable {
    private(set) var start: UnsafeMutablePointer<nghttp2_nv>
    private(set) var count = 0
    private var capacity = 32

    private static let statusName: StaticString = ":status"

    init() {
        unsafe start = .allocate(capacity: 32)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// Takes lines, up to an empty one. They have to stay where they are while the list is used.
    ///
    /// - Parameter hasStatus: the first line is a status line.
    mutating func set(to lines: RawSpan, hasStatus: Bool) {
        count = 0
        var offset = 0
        if hasStatus {
            offset = 12
            unsafe lines.withUnsafeBytes { lines in
                unsafe add(Self.statusName.rawPart, UnsafeRawBufferPointer(rebasing: lines[9..<12]))
            }
            offset = lines.firstIndex(of: UInt8(ascii: "\n"), from: offset).map { $0 + 1 } ?? lines.byteCount
        }
        while offset < lines.byteCount, let end = lines.firstIndex(of: UInt8(ascii: "\r"), from: offset), end > offset {
            guard let colon = lines.firstIndex(of: UInt8(ascii: ":"), from: offset) else { break }
            let value = min(colon + 2, end)
            unsafe lines.withUnsafeBytes { lines in
                unsafe add(
                    UnsafeRawBufferPointer(rebasing: lines[offset..<colon]),
                    UnsafeRawBufferPointer(rebasing: lines[value..<end]))
            }
            offset = end + 2
        }
    }

    private mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if count == capacity { grow() }
        // The codec takes copies, with names in lower case. It writes to neither.
        unsafe (start + count).initialize(
            to: nghttp2_nv(
                name: Self.bytes(name), value: Self.bytes(value), namelen: name.count, valuelen: value.count,
                flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
        count += 1
    }

    private static func bytes(_ part: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        unsafe UnsafeMutableRawPointer(mutating: part.baseAddress)?.assumingMemoryBound(to: UInt8.self)
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: start, count: count)
        unsafe start.deallocate()
        unsafe start = larger
        capacity *= 2
    }
}

extension StaticString {
    fileprivate var rawPart: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
