package import Bytes

/// Where the client's own method and URI stand, and its browser's word.
package enum OriginalSource: String, CaseIterable, Sendable {
    /// Nowhere.
    case none
    /// `X-Original-Method`, `X-Original-URI`.
    case nginx
    /// `X-Forwarded-Method`, `X-Forwarded-URI`.
    case traefik
    /// In the request itself, whose path goes on behind ours with the client's.
    case envoy
}

/// Which fields are looked at because the configuration needs them, beside those of every request.
///
/// In place, so that who passes it on counts no reference. All other fields cost one comparison of a length.
package struct FurtherFields: Sendable {
    /// A bit for the length of each name.
    private var lengths: UInt64 = 0
    private var wanted: UInt16 = 0
    package private(set) var source = OriginalSource.none
    /// Whether the names of all other fields bear on the answer as well, where a front does not keep them by itself.
    package var namesCount = false
    private var names = InlineArray<3, ConfiguredName>(repeating: ConfiguredName())

    /// None.
    package init() {}

    /// Looks at the client's own request.
    package mutating func look(atOriginal source: OriginalSource) {
        self.source = source
        guard source == .nginx || source == .traefik else { return }
        look(at: .originalMethod)
        look(at: .originalURI)
    }

    /// Looks at a field with a name of its own.
    package mutating func look(at field: RequestFields.Further) {
        wanted |= 1 << field.rawValue
        note(length: fixedName(of: field).utf8CodeUnitCount)
    }

    /// Looks at a field under the name that the configuration has for it.
    ///
    /// - Parameter name: 1 to 63 bytes, in lower case.
    package mutating func look(at field: RequestFields.Further, named name: String) {
        guard let place = Self.place(of: field) else { return }
        wanted |= 1 << field.rawValue
        names[place] = ConfiguredName(name)
        note(length: names[place].length)
    }

    private mutating func note(length: Int) {
        if (1..<64).contains(length) { lengths |= 1 << UInt64(length) }
    }

    /// The field that a name is, in any case of letters; nil for all that nobody asks for.
    @inline(__always)
    func field(_ bytes: RawSpan, at start: Int, length: Int) -> RequestFields.Further? {
        guard lengths != 0, length < 64, lengths >> UInt64(length) & 1 == 1 else { return nil }
        return find(bytes.extracting(start..<start + length))
    }

    private func find(_ name: RawSpan) -> RequestFields.Further? {
        var rest = wanted
        while rest != 0 {
            let number = UInt8(rest.trailingZeroBitCount)
            rest &= rest - 1
            guard let field = RequestFields.Further(rawValue: number) else { continue }
            let isThis =
                Self.place(of: field).map { names[$0].matches(name) } ?? name.equalsIgnoringCase(fixedName(of: field))
            if isThis { return field }
        }
        return nil
    }

    private static func place(of field: RequestFields.Further) -> Int? {
        switch field {
        case .csrfToken: 0
        case .apiToken: 1
        case .certificate: 2
        default: nil
        }
    }

    private func fixedName(of field: RequestFields.Further) -> StaticString {
        switch field {
        case .originalMethod: source == .traefik ? "x-forwarded-method" : "x-original-method"
        case .originalURI: source == .traefik ? "x-forwarded-uri" : "x-original-uri"
        case .origin: "origin"
        case .fetchSite: "sec-fetch-site"
        case .fetchMode: "sec-fetch-mode"
        case .accept: "accept"
        case .proof: "dpop"
        case .requestMethod: "access-control-request-method"
        case .traceParent: "traceparent"
        case .traceState: "tracestate"
        case .csrfToken, .apiToken, .certificate: ""
        }
    }
}

/// A field's name that the configuration has.
private struct ConfiguredName: Sendable {
    let length: Int
    private let letters: InlineArray<64, UInt8>

    init(_ name: String = "") {
        let name = Array(name.utf8)
        length = name.count < 64 ? name.count : 0
        letters = InlineArray { $0 < name.count ? name[$0] : 0 }
    }

    /// Whether a name is this one, in any case of letters.
    func matches(_ name: RawSpan) -> Bool {
        guard length > 0, name.byteCount == length else { return false }
        for offset in 0..<length where name[byte: offset].lowercased != letters[offset] { return false }
        return true
    }
}
