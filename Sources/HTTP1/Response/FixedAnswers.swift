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
