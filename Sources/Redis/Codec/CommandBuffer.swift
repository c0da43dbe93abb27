import Bytes

/// Commands on their way to the server, as the Redis serialization protocol writes them: an array of bulk strings each.
///
/// They are written straight into one buffer. hiredis's formatter, which makes the same bytes (a test holds that), would cost
/// an array of pointers, a malloc, a copy and a free for each command.
package struct CommandBuffer {
    /// Those that are written, and those that are not.
    private var bytes: [UInt8] = []
    private var written = 0

    /// So many written bytes stand at most before those that the system did not take.
    private static let keptBytes = 64 << 10

    package init() {}

    /// Whether all is written.
    package var isEmpty: Bool { written == bytes.count }

    /// What is not written.
    package var unwritten: ArraySlice<UInt8> { bytes[written...] }

    /// Appends any command; the first argument is its name.
    package mutating func append(_ arguments: [[UInt8]]) {
        bytes.append(UInt8(ascii: "*"))
        endLine(after: arguments.count)
        for argument in arguments {
            bytes.append(UInt8(ascii: "$"))
            append(bulk: argument)
        }
    }

    /// Appends `GET key`.
    package mutating func appendGet(of key: [UInt8]) {
        bytes.append(copying: ("*2\r\n$3\r\nGET\r\n$" as StaticString).rawSpan)
        append(bulk: key)
    }

    /// Appends `PTTL key`.
    package mutating func appendTimeToLive(of key: [UInt8]) {
        bytes.append(copying: ("*2\r\n$4\r\nPTTL\r\n$" as StaticString).rawSpan)
        append(bulk: key)
    }

    /// A bulk string, from its length on.
    private mutating func append(bulk string: [UInt8]) {
        endLine(after: string.count)
        bytes.append(contentsOf: string)
        endLine()
    }

    /// Appends a number and the end of its line.
    private mutating func endLine(after number: Int) {
        var (digits, start, rest) = (InlineArray<20, UInt8>(repeating: 0), 20, UInt(number))
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        } while rest > 0
        bytes.append(copying: digits.span.bytes.extracting(droppingFirst: start))
        endLine()
    }

    private mutating func endLine() {
        bytes.append(copying: ("\r\n" as StaticString).rawSpan)
    }

    /// Gives the bytes to whoever writes them, who says how many are written.
    package mutating func send(by write: (RawSpan) -> Int) {
        written += write(bytes.span.bytes.extracting(droppingFirst: written))
        if written == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
            written = 0
        } else if written > Self.keptBytes {
            bytes.removeFirst(written)
            written = 0
        }
    }
}
