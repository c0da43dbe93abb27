/// The statuses that refuse a request as HTTP (contract section 3). After each of them the connection closes.
package enum ErrorStatus: UInt8, CaseIterable, Sendable {
    case badRequest
    case requestTimeout
    case contentTooLarge
    case targetTooLong
    case headerFieldsTooLarge
    case notImplemented
    case versionNotSupported

    package var code: Int {
        switch self {
        case .badRequest: 400
        case .requestTimeout: 408
        case .contentTooLarge: 413
        case .targetTooLong: 414
        case .headerFieldsTooLarge: 431
        case .notImplemented: 501
        case .versionNotSupported: 505
        }
    }

    /// The reason phrase, as RFC 9110 section 15 and RFC 6585 section 5 name it.
    package var phrase: StaticString {
        switch self {
        case .badRequest: "Bad Request"
        case .requestTimeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .targetTooLong: "URI Too Long"
        case .headerFieldsTooLarge: "Request Header Fields Too Large"
        case .notImplemented: "Not Implemented"
        case .versionNotSupported: "HTTP Version Not Supported"
        }
    }
}
