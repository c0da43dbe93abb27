/// Cuts a stream of bytes into lines, however the stream came in pieces.
///
/// A line ends with LF, or CR LF, or the stream's end. Of a line that is longer than the limit only two bytes more than the
/// limit are kept: enough to see that it is too long, even if the last were a CR. Empty lines are left out.
package struct LineSplitter {
    private let maximumBytes: Int
    /// The line that has begun.
    private var line: [UInt8] = []

    package init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes the next bytes, and hands over each line that they end.
    package mutating func append(_ bytes: ArraySlice<UInt8>, body: ([UInt8]) -> Void) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            finish(body: body)
            rest = rest[end...].dropFirst()
        }
        keep(rest)
    }

    /// Hands over the line that has begun, if there is one.
    package mutating func finish(body: ([UInt8]) -> Void) {
        if line.count <= maximumBytes + 1, line.last == UInt8(ascii: "\r") { line.removeLast() }
        if !line.isEmpty { body(line) }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        line += bytes.prefix(maximumBytes + 2 - line.count)
    }
}
