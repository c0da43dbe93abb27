/// Why a verified value can't be a header.
package enum HeaderRefusal: UInt8, CaseIterable, Error, Sendable {
    /// It holds a byte outside printable ASCII, or a space at an end.
    case unprintable
    /// An item of a list holds the list's separator.
    case holdsSeparator

    package var reason: StaticString {
        switch self {
        case .unprintable: "header_unprintable"
        case .holdsSeparator: "header_holds_separator"
        }
    }
}
