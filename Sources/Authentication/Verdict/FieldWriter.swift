import Bytes
import JOSE

/// Writes the fields of a verdict, one after another, and checks the values that came from outside.
struct FieldWriter {
    private(set) var fields = ResponseFields()
    /// How long the longest value is that came from outside, and where its header's name stands among the fields.
    private(set) var longestValue = 0
    private var longestName = 0..<0

    /// Nil where nothing came from outside.
    var longestHeader: String? {
        longestName.isEmpty ? nil : String(decoding: fields.lines[longestName], as: UTF8.self)
    }

    mutating func add(_ name: StaticString, value: StaticString) {
        fields.add(name)
        fields.append(value)
    }

    /// Adds a value of our own making: no check.
    mutating func add(_ name: StaticString, text value: String) {
        fields.add(name)
        fields.append(value)
    }

    /// Adds a field without a value.
    mutating func add(_ name: FieldName) { fields.add(name) }

    /// Adds a number in decimal digits.
    mutating func add(_ name: FieldName, number: Int64) {
        fields.add(name)
        fields.append(number)
    }

    /// Adds a boolean that somebody stated.
    mutating func add(_ name: FlagName, _ value: Bool?) {
        if let value { fields.add(name, value) }
    }

    /// Adds a value that came from outside.
    mutating func add(_ name: FieldName, checked value: [UInt8]) throws(HeaderRefusal) {
        try Self.check(value)
        fields.add(name)
        fields.append(value)
        measure()
    }

    /// Adds a list that came from outside; empty items are left out, and the field with them when there are no others.
    mutating func add(_ name: FieldName, list items: [[UInt8]]?, separator: UInt8) throws(HeaderRefusal) {
        guard let items else { return }
        var isEmpty = true
        for item in items where !item.isEmpty {
            try Self.check(item)
            guard item.span.bytes.firstIndex(of: separator) == nil else { throw .holdsSeparator }
            if isEmpty { fields.add(name) } else { fields.append(separator) }
            isEmpty = false
            fields.append(item)
        }
        if !isEmpty { measure() }
    }

    private mutating func measure() {
        guard fields.lastLength > longestValue else { return }
        longestValue = fields.lastLength
        longestName = fields.lastName..<fields.lastValue - 2
    }

    /// Adds a header that a claim becomes; nothing when nothing is stated, or nothing that a header can say.
    mutating func add(_ header: ClaimHeader, from claims: ClaimsSet) throws(HeaderRefusal) {
        guard let value = try ClaimHeaderValue.bytes(of: header, in: claims), !value.isEmpty else { return }
        fields.add(header.name)
        fields.append(value)
        measure()
    }

    /// Adds those of these that are not there yet, without a value.
    mutating func complete(_ names: [String]) {
        for name in names where !fields.has(name) { fields.add(name) }
    }

    /// Checks a value, or an item of a list.
    static func check(_ value: [UInt8]) throws(HeaderRefusal) {
        guard value.span.bytes.isPrintable, value.first != UInt8(ascii: " "), value.last != UInt8(ascii: " ") else {
            throw .unprintable
        }
    }
}

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
