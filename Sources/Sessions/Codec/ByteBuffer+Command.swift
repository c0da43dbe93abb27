package import NIOCore

/// Commands as the Redis serialization protocol writes them: an array of bulk strings.
///
/// They are written straight into the connection's buffer. hiredis's formatter, which makes the same bytes (a test holds
/// that), would cost an array of pointers, a malloc, a copy and a free for each command.
extension ByteBuffer {
    /// Appends any command; the first argument is its name.
    package mutating func writeCommand(_ arguments: [[UInt8]]) {
        writeLength("*", arguments.count)
        for argument in arguments {
            writeLength("$", argument.count)
            writeBytes(argument)
            writeStaticString("\r\n")
        }
    }

    /// Appends `GET key`.
    package mutating func writeGet(_ key: [UInt8]) {
        writeStaticString("*2\r\n$3\r\nGET\r\n")
        writeLength("$", key.count)
        writeBytes(key)
        writeStaticString("\r\n")
    }

    private mutating func writeLength(_ sign: StaticString, _ count: Int) {
        writeStaticString(sign)
        writeDecimal(count)
        writeStaticString("\r\n")
    }

    private mutating func writeDecimal(_ number: Int) {
        if number >= 10 { writeDecimal(number / 10) }
        writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
