package import Bytes

/// Writes answers as HTTP/1.1 response heads without a body, from the status line to the end of the last own field line. The
/// connection adds what depends on it (`Date`, and `Connection` where it must stand) and the empty line.
package struct HTTP1Renderer: ResponseRenderer {
    /// What the buffer of a gateway takes: 32 KiB in `nginx/locations.conf` (`proxy_buffer_size`).
    package let maximumLength = 32 << 10
    /// For `Date`, `Connection` and the empty line.
    package let reservedLength = 64

    package init() {}

    package func render(_ status: ResponseStatus, fields: consuming ResponseFields) -> [UInt8] {
        var bytes = fields.lines(behind: Self.start(status))
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    package func render(added fields: ResponseFields) -> [UInt8] {
        // The line break before the first line comes behind the last one.
        fields.lines.isEmpty ? [] : fields.lines.dropFirst(2) + Array("\r\n".utf8)
    }

    private static func start(_ status: ResponseStatus) -> StaticString {
        switch status {
        case .ok: "HTTP/1.1 200 OK\r\nContent-Length: 0"
        case .unauthorized: "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0"
        case .forbidden: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0"
        case .notFound: "HTTP/1.1 404 Not Found\r\nContent-Length: 0"
        case .serviceUnavailable: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0"
        }
    }

    package func values(of names: [String], in answer: [UInt8]) -> [[UInt8]?] {
        let beginnings = names.map { Array("\($0): ".utf8) }
        var values: [[UInt8]?] = Array(repeating: nil, count: names.count)
        for line in answer.split(whereSeparator: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) {
            for (index, beginning) in beginnings.enumerated() where line.starts(with: beginning) {
                values[index] = Array(line.dropFirst(beginning.count))
            }
        }
        return values
    }
}

/// The answers that the listener gives by itself, each without its last lines, but `100 Continue`, which has none.
package struct FixedAnswers {
    package let proceed = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    package let notFound = Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n".utf8)
    /// One per status, in their order.
    private let errors = ErrorStatus.allCases.map { status in
        Array("HTTP/1.1 \(status.code) \(status.phrase)\r\nContent-Length: 0\r\n".utf8)
    }

    package init() {}

    package func error(_ status: ErrorStatus) -> [UInt8] {
        errors[Int(status.rawValue)]
    }
}
