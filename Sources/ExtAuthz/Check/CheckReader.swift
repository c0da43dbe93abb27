import Bytes
package import HTTP1

/// Reads an `envoy.service.auth.v3.CheckRequest`: the client's request as Envoy hands it on. Takes the message's bytes;
/// gives the fields that bear on the decision, as a front of HTTP does, what the route asks, and which of the client's fields
/// must not reach the backend. Imports Bytes, and HTTP1 for the names of fields.
///
/// Kept and used again: a message of the usual size allocates nothing but what its route says of the mode.
package struct CheckReader: Sendable {
    /// Why there is nothing to decide on.
    package enum Fault: Error, Hashable {
        /// The bytes are no `CheckRequest`.
        case malformed
        /// The client's request is refused, as one over HTTP would be.
        case refused(ErrorStatus)
    }

    /// The numbers of the fields that are read, by message.
    private enum Number {
        static let attributes: UInt64 = 1
        static let (request, extensions): (UInt64, UInt64) = (4, 10)
        static let http: UInt64 = 2
        static let (method, headers, path, headerMap): (UInt64, UInt64, UInt64, UInt64) = (2, 3, 4, 13)
        /// Of an entry of a map.
        static let (key, value): (UInt64, UInt64) = (1, 2)
        /// Of a `HeaderValue`.
        static let (headerKey, headerValue, rawValue): (UInt64, UInt64, UInt64) = (1, 2, 3)
    }

    /// The fields of the client's request, and their bytes.
    package private(set) var fields = FieldCollector()
    /// What the context extensions say of what is asked.
    package private(set) var mode = CheckMode.Words()
    /// The names of the client's fields that a backend may take for ours, in lower case, each with a line break behind.
    package private(set) var spelledNames: [UInt8] = []

    private var headerBytes = 0
    private var fault: ErrorStatus?
    private var joined: [UInt8] = []

    package init() {}

    /// - Parameters:
    ///   - limit: the most bytes that the client's header list may have, with 32 for each field.
    ///   - further: which fields are looked at beside those of every request.
    package mutating func read(
        _ message: RawSpan, limit: Int, lookingAt further: FurtherFields, own: OwnNames
    ) throws(Fault) {
        fields.begin()
        spelledNames.removeAll(keepingCapacity: true)
        (mode, headerBytes, fault) = (CheckMode.Words(), 0, nil)
        do throws(MalformedMessage) {
            guard let http = try places(in: message) else { return }
            try readHTTP(http, in: message, limit: limit, lookingAt: further, own: own)
        } catch {
            throw .malformed
        }
        do throws(HeadError) {
            try fields.checkFields()
        } catch {
            fault = fault ?? error.status
        }
        if let fault { throw .refused(fault) }
        fields.takeOriginal(lookingAt: further)
    }

    /// Where the client's request stands; nil when it is not there. A message that may come once and comes twice would have to
    /// be merged; no writer makes that.
    private mutating func places(in message: RawSpan) throws(MalformedMessage) -> Range<Int>? {
        var http: Range<Int>?
        guard let attributes = try Self.only(Number.attributes, of: 0..<message.byteCount, in: message) else {
            return nil
        }
        if let request = try Self.only(Number.request, of: attributes, in: message) {
            http = try Self.only(Number.http, of: request, in: message)
        }
        var reader = MessageReader(at: attributes)
        while let field = try reader.next(in: message) {
            guard field.number == Number.extensions, let entry = field.bytes else { continue }
            try readExtension(entry, in: message)
        }
        return http
    }

    /// The only field of a number, which holds a message; nil when there is none.
    private static func only(
        _ number: UInt64, of message: Range<Int>, in bytes: RawSpan
    ) throws(MalformedMessage) -> Range<Int>? {
        var (reader, found) = (MessageReader(at: message), nil as Range<Int>?)
        while let field = try reader.next(in: bytes) {
            guard field.number == number, let place = field.bytes else { continue }
            guard found == nil else { throw MalformedMessage() }
            found = place
        }
        return found
    }

    private mutating func readExtension(_ entry: Range<Int>, in message: RawSpan) throws(MalformedMessage) {
        let (key, value) = try Self.pair(Number.key, Number.value, of: entry, in: message)
        let name = message.extracting(key)
        if name.equals("endpoint") { mode.endpoint = String(decoding: message.extracting(value)) }
        if name.equals("policy") { mode.policy = String(decoding: message.extracting(value)) }
    }

    /// The last values of two fields that hold bytes; empty where there is none.
    private static func pair(
        _ first: UInt64, _ second: UInt64, of entry: Range<Int>, in message: RawSpan
    ) throws(MalformedMessage) -> (Range<Int>, Range<Int>) {
        var (reader, values) = (MessageReader(at: entry), (0..<0, 0..<0))
        while let field = try reader.next(in: message) {
            guard let place = field.bytes else { continue }
            if field.number == first { values.0 = place }
            if field.number == second { values.1 = place }
        }
        return values
    }
}

// The client's request.
extension CheckReader {
    private mutating func readHTTP(
        _ http: Range<Int>, in message: RawSpan, limit: Int, lookingAt further: FurtherFields, own: OwnNames
    ) throws(MalformedMessage) {
        // With both shapes, the one that keeps lines apart counts.
        let map = try Self.only(Number.headerMap, of: http, in: message)
        var reader = MessageReader(at: http)
        while let field = try reader.next(in: message) {
            guard let place = field.bytes else { continue }
            switch field.number {
            case Number.method: fields.set(method: message.extracting(place))
            case Number.path: fields.set(target: message.extracting(place))
            case Number.headers:
                let (name, value) = try Self.pair(Number.key, Number.value, of: place, in: message)
                guard map == nil else { continue }
                add(name, value, in: message, limit: limit, lookingAt: further, own: own, areJoined: true)
            default: break
            }
        }
        guard let map else { return }
        reader = MessageReader(at: map)
        while let field = try reader.next(in: message) {
            guard field.number == 1, let place = field.bytes else { continue }
            let (name, raw) = try Self.pair(Number.headerKey, Number.rawValue, of: place, in: message)
            let (_, text) = try Self.pair(Number.headerKey, Number.headerValue, of: place, in: message)
            add(
                name, raw.isEmpty ? text : raw, in: message, limit: limit, lookingAt: further, own: own,
                areJoined: false)
        }
    }

    /// - Parameter areJoined: several lines of one name come as one, with commas between.
    private mutating func add(
        _ name: Range<Int>, _ value: Range<Int>, in message: RawSpan, limit: Int, lookingAt further: FurtherFields,
        own: OwnNames, areJoined: Bool
    ) {
        let (name, value) = (message.extracting(name), message.extracting(value))
        headerBytes += name.byteCount + value.byteCount + 32
        guard headerBytes <= limit else { return fault = .headerFieldsTooLarge }
        if own.mayBe(name) { note(name) }
        do throws(HeadError) {
            if areJoined, name.equalsIgnoringCase("cookie"), value.firstIndex(of: UInt8(ascii: ",")) != nil {
                separateCookies(value)
                let joined = joined
                try fields.add(name: name, unchecked: joined.span.bytes, lookingAt: further)
            } else {
                // Envoy joins lines of this name whatever the shape.
                if Self.areTwoTokens(name, value) { throw .authorizationRepeated }
                try fields.add(name: name, unchecked: value, lookingAt: further)
            }
        } catch {
            fault = fault ?? error.status
        }
    }

    private mutating func note(_ name: RawSpan) {
        for offset in 0..<name.byteCount { spelledNames.append(name[byte: offset].lowercased) }
        spelledNames.append(UInt8(ascii: "\n"))
    }

    /// Lines of cookies come with a comma between: it separates where a name and `=` follow.
    private mutating func separateCookies(_ value: RawSpan) {
        joined.removeAll(keepingCapacity: true)
        joined.append(copying: value)
        for offset in 0..<joined.count where joined[offset] == UInt8(ascii: ",") {
            var end = offset + 1
            while end < joined.count, ByteSet.token.contains(joined[end]) { end += 1 }
            if end > offset + 1, end < joined.count, joined[end] == UInt8(ascii: "=") {
                joined[offset] = UInt8(ascii: ";")
            }
        }
    }

    /// Whether a token and something else come joined: a token has no comma (RFC 6750 section 2.1).
    private static func areTwoTokens(_ name: RawSpan, _ value: RawSpan) -> Bool {
        guard name.equalsIgnoringCase("authorization"), value.firstIndex(of: UInt8(ascii: ",")) != nil else {
            return false
        }
        return [("bearer " as StaticString), "dpop "].contains { scheme in
            value.byteCount > scheme.utf8CodeUnitCount
                && value.extracting(first: scheme.utf8CodeUnitCount).equalsIgnoringCase(scheme)
        }
    }
}
