/// Why a verified value can't be a header.
package enum HeaderRefusal: UInt8, CaseIterable, Error, Sendable {
    /// It is longer than `AnswerFormat.maximumValueLength`.
    case tooLong
    /// It holds a byte outside printable ASCII, or a space at an end.
    case unprintable
    /// An item of a list holds the list's separator.
    case holdsSeparator

    package var reason: StaticString {
        switch self {
        case .tooLong: "header_too_long"
        case .unprintable: "header_unprintable"
        case .holdsSeparator: "header_holds_separator"
        }
    }
}
