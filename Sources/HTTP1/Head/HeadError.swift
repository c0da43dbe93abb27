/// Why a request head is refused: one case per rule of RFC 9112 and RFC 9110.
package enum HeadError: UInt8, CaseIterable, Error, Sendable {
    /// The request line is not `method SP target SP HTTP/x.y` with exactly one space each (RFC 9112 section 3).
    case badRequestLine
    /// The method is not a token, or it is CONNECT, which no path of ours can have (RFC 9110 section 9.3.6).
    case badMethod
    /// The target has a byte that no target may have, a fragment, or is neither a path nor an absolute `http` URI.
    case badTarget
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    case versionNotSupported
    /// The request line alone is longer than a head may be.
    case targetTooLong
    /// The head is longer than `limits.header_bytes`.
    case headTooLarge
    /// A line ends with a bare CR or a bare LF (RFC 9112 section 2.2).
    case badLineEnd
    /// A line begins with white space: obsolete line folding (RFC 9112 section 5.2), or white space before the first field.
    case foldedField
    /// A field name is empty, not a token, or followed by something else than the colon (RFC 9112 section 5.1).
    case badFieldName
    /// A field value has a control byte (RFC 9110 section 5.5).
    case badFieldValue
    /// HTTP/1.1 without `Host` (RFC 9112 section 3.2).
    case hostMissing
    /// More than one `Host`.
    case hostRepeated
    /// The value of `Host` has a byte that no host and port have.
    case badHost
    /// More than one `Content-Length`, equal or not.
    case contentLengthRepeated
    /// The value of `Content-Length` is not a number.
    case badContentLength
    /// `Content-Length` and `Transfer-Encoding` together (RFC 9112 section 6.1).
    case lengthAndTransferEncoding
    /// `Transfer-Encoding` more than once, empty, or in HTTP/1.0 (RFC 9112 section 6.1).
    case badTransferEncoding
    /// A transfer coding other than `chunked`.
    case codingNotSupported
    /// The value of `Connection` is not a list of tokens (RFC 9110 section 7.6.1).
    case badConnection
    /// More than one `Authorization`.
    case authorizationRepeated
    /// More than one of the fields that say what the client's own request is, or of the API token's.
    case furtherRepeated

    /// The status that the request is answered with before the connection closes.
    package var status: ErrorStatus {
        switch self {
        case .versionNotSupported: .versionNotSupported
        case .targetTooLong: .targetTooLong
        case .headTooLarge: .headerFieldsTooLarge
        case .codingNotSupported: .notImplemented
        default: .badRequest
        }
    }
}

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
