package import NIOCore

/// Commands as the Redis serialization protocol writes them: an array of bulk strings.
///
/// They are written straight into the connection's buffer. hiredis's formatter, which makes the same bytes (a test holds
/// that), would cost an array of pointers, a malloc, a copy and a free for each command.
extension ByteBuffer {
    /// Appends any command; the first argument is its name.
    package mutating func writeCommand(_ arguments: [[UInt8]]) {
        writeStaticString("*")
        writeLine(arguments.count)
        for argument in arguments {
            writeStaticString("$")
            writeLine(argument.count)
            writeBytes(argument)
            writeStaticString("\r\n")
        }
    }

    /// Appends `GET key`.
    package mutating func writeGet(_ key: [UInt8]) {
        writeStaticString("*2\r\n$3\r\nGET\r\n$")
        write(key)
    }

    /// Appends `PTTL key`.
    package mutating func writeTimeToLive(_ key: [UInt8]) {
        writeStaticString("*2\r\n$4\r\nPTTL\r\n$")
        write(key)
    }

    private mutating func write(_ key: [UInt8]) {
        writeLine(key.count)
        writeBytes(key)
        writeStaticString("\r\n")
    }

    /// Appends a number and the end of its line, at once when they fit into eight bytes.
    private mutating func writeLine(_ number: Int) {
        guard number < 1_000_000 else {
            writeString("\(number)\r\n")
            return
        }
        // From the last byte to the first, which is the least significant.
        var (bytes, count, rest) = (UInt64(0x0A0D), 2, number)
        repeat {
            bytes = bytes << 8 | UInt64(0x30 + rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        writeInteger(bytes, endianness: .little)
        moveWriterIndex(to: writerIndex - (8 - count))
    }
}
