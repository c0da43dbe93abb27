/// Writes the head of a response: its status line, then one field line after another.
struct HeadWriter {
    private(set) var bytes: [UInt8]
    /// The header with the longest value that came from outside, and how long that is.
    private(set) var longestHeader: StaticString?
    private(set) var longestValue = 0

    /// - Parameter status: the code and its phrase, such as `200 OK`. Every answer's body is empty.
    init(status: StaticString) {
        self.bytes = []
        bytes.reserveCapacity(384)
        append("HTTP/1.1 ")
        append(status)
        append("\r\nContent-Length: 0\r\n")
    }

    mutating func add(_ name: StaticString, _ value: StaticString) {
        line(name) { $0.append(value) }
    }

    /// Adds a value of our own making: no check.
    mutating func add(_ name: StaticString, _ value: String) {
        line(name) { $0.bytes.append(contentsOf: value.utf8) }
    }

    /// Adds a boolean that somebody stated.
    mutating func add(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        add(name, value ? "true" as StaticString : "false")
    }

    /// Adds a value that came from outside.
    mutating func add(_ name: StaticString, checked value: [UInt8]) throws(HeaderRefusal) {
        try AnswerFormat.check(value)
        line(name) { $0.bytes.append(contentsOf: value) }
        measure(name, value.count)
    }

    /// Adds a list that came from outside; empty items are left out, and the line with them when there are no others.
    mutating func add(_ name: StaticString, _ items: [[UInt8]]?, separator: UInt8) throws(HeaderRefusal) {
        guard let items, items.contains(where: { !$0.isEmpty }) else { return }
        begin(name)
        let start = bytes.count
        for item in items where !item.isEmpty {
            try AnswerFormat.check(item)
            guard !item.contains(separator) else { throw .holdsSeparator }
            if bytes.count > start { bytes.append(separator) }
            bytes.append(contentsOf: item)
        }
        measure(name, bytes.count - start)
        end()
    }

    private mutating func measure(_ name: StaticString, _ length: Int) {
        guard length > longestValue else { return }
        longestValue = length
        longestHeader = name
    }

    private mutating func line(_ name: StaticString, value: (inout HeadWriter) -> Void) {
        begin(name)
        value(&self)
        end()
    }

    private mutating func begin(_ name: StaticString) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
