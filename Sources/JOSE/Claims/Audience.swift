import Bytes

/// `aud`: a string or an array of strings (RFC 7519 section 4.1.3).
enum Audience {
    /// Whether it is as it should be, and whether it holds one that is expected.
    enum Match {
        case malformed
        case none
        case one
    }

    /// - Parameter text: a JSON string or array that a reader has passed over before.
    static func match(_ text: RawSpan, _ expected: [[UInt8]]) -> Match {
        do throws(JSONError) {
            var reader = JSONReader(text)
            if let single = try reader.readString() { return holds(expected, single) ? .one : .none }
            guard try reader.enterArray() else { return .malformed }
            var match = Match.none
            while try reader.nextElement() {
                guard let element = try reader.readString() else { return .malformed }
                if holds(expected, element) { match = .one }
            }
            return match
        } catch {
            return .malformed
        }
    }

    private static func holds(_ expected: [[UInt8]], _ text: borrowing JSONString) -> Bool {
        for audience in expected where text.equals(audience.span.bytes) { return true }
        return false
    }
}
