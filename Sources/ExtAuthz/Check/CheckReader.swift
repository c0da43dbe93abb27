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
        /// Of an `HttpRequest`.
        static let method: UInt64 = 2
        static let headers: UInt64 = 3
        static let path: UInt64 = 4
        static let headerMap: UInt64 = 13
        /// Of a `HeaderMap`.
        static let header: UInt64 = 1
        /// Of a `HeaderValue`; an entry of a map has the first two.
        static let key: UInt64 = 1
        static let value: UInt64 = 2
        static let rawValue: UInt64 = 3
    }

    /// A header, or an entry of a map, as places in the message; empty where there is nothing.
    private struct Pair {
        var (key, value, rawValue) = (0..<0, 0..<0, 0..<0)
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
    /// The entries of `headers` that are looked at, one for each key.
    private var entries: [Pair] = []

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
        entries.removeAll(keepingCapacity: true)
        do throws(MalformedMessage) {
            try readExtensions(of: message)
            try readRequests(of: message, limit: limit, lookingAt: further, own: own)
        } catch {
            throw .malformed
        }
        // Before the fields are judged: those that the client sent of these names say nothing, repeated or not.
        fields.takeOriginal(lookingAt: further)
        do throws(HeadError) {
            try fields.checkFields()
        } catch {
            fault = fault ?? error.status
        }
        if let fault { throw .refused(fault) }
    }

    private mutating func readExtensions(of message: RawSpan) throws(MalformedMessage) {
        var places = ClientRequests(in: message)
        while let place = try places.nextExtension(in: message) {
            let entry = try pair(at: place, in: message)
            let (name, value) = (message.extracting(entry.key), message.extracting(entry.value))
            if name.equals("endpoint") { mode.endpoint = String(decoding: value) }
            if name.equals("policy") { mode.policy = String(decoding: value) }
        }
    }

    /// The last value of each field.
    private mutating func pair(at place: Range<Int>, in message: RawSpan) throws(MalformedMessage) -> Pair {
        var (reader, pair) = (MessageReader(at: place), Pair())
        while let field = try reader.next(in: message) {
            guard let place = field.bytes else { continue }
            switch field.number {
            case Number.key: pair.key = text(at: place, in: message)
            case Number.value: pair.value = text(at: place, in: message)
            case Number.rawValue: pair.rawValue = place
            default: break
            }
        }
        return pair
    }

    /// What is text by its kind and is none makes the message none. Its bytes are the client's, who has to be refused and must not make
    /// the call fail.
    private mutating func text(at place: Range<Int>, in message: RawSpan) -> Range<Int> {
        if !UTF8Text.isValid(message.extracting(place)) { fault = fault ?? .badRequest }
        return place
    }
}

// The client's request.
extension CheckReader {
    private mutating func readRequests(
        of message: RawSpan, limit: Int, lookingAt further: FurtherFields, own: OwnNames
    ) throws(MalformedMessage) {
        // With both shapes, the one that keeps lines apart counts.
        let hasList = try Self.hasList(message)
        var (requests, method, target) = (ClientRequests(in: message), 0..<0, 0..<0)
        while let http = try requests.next(in: message) {
            var reader = MessageReader(at: http)
            while let field = try reader.next(in: message) {
                guard let place = field.bytes else { continue }
                switch field.number {
                case Number.method: method = text(at: place, in: message)
                case Number.path: target = text(at: place, in: message)
                case Number.headers:
                    let entry = try pair(at: place, in: message)
                    if !hasList { take(entry, in: message, limit: limit, lookingAt: further, own: own) }
                case Number.headerMap:
                    var list = MessageReader(at: place)
                    while let header = try list.next(Number.header, in: message) {
                        let line = try pair(at: header, in: message)
                        guard count(line, in: message, limit: limit, own: own) else { continue }
                        // Bytes of any kind come as `raw_value`.
                        add(
                            line.key, line.rawValue.isEmpty ? line.value : line.rawValue, in: message,
                            lookingAt: further)
                    }
                default: break
                }
            }
        }
        for entry in entries {
            add(entry.key, entry.value, in: message, lookingAt: further, areJoined: true)
        }
        if !method.isEmpty { fields.set(method: message.extracting(method)) }
        if !target.isEmpty { fields.set(target: message.extracting(target)) }
    }

    private static func hasList(_ message: RawSpan) throws(MalformedMessage) -> Bool {
        var requests = ClientRequests(in: message)
        while let http = try requests.next(in: message) {
            var reader = MessageReader(at: http)
            if try reader.next(Number.headerMap, in: message) != nil { return true }
        }
        return false
    }

    /// Takes an entry of the map. One whose key has come before takes its place.
    private mutating func take(
        _ entry: Pair, in message: RawSpan, limit: Int, lookingAt further: FurtherFields, own: OwnNames
    ) {
        guard count(entry, in: message, limit: limit, own: own) else { return }
        let key = message.extracting(entry.key)
        guard FieldCollector.looks(at: key, further) else { return }
        // Names that are looked at are few, and `limit` bounds them.
        for index in entries.indices where key.equals(message.extracting(entries[index].key)) {
            return entries[index].value = entry.value
        }
        entries.append(entry)
    }

    /// Counts a header, whatever it is, and notes its name.
    ///
    /// - Returns: whether the list is within its bounds.
    private mutating func count(_ header: Pair, in message: RawSpan, limit: Int, own: OwnNames) -> Bool {
        let name = message.extracting(header.key)
        headerBytes += header.key.count + max(header.value.count, header.rawValue.count) + 32
        guard headerBytes <= limit else {
            fault = .headerFieldsTooLarge
            return false
        }
        if own.mayBe(name) { note(name) }
        return true
    }

    /// - Parameter areJoined: several lines of one name come as one, with commas between.
    private mutating func add(
        _ name: Range<Int>, _ value: Range<Int>, in message: RawSpan, lookingAt further: FurtherFields,
        areJoined: Bool = false
    ) {
        let (name, value) = (message.extracting(name), message.extracting(value))
        do throws(HeadError) {
            if areJoined, name.equalsIgnoringCase("cookie"), value.firstIndex(of: UInt8(ascii: ",")) != nil {
                separateCookies(value)
                let joined = joined
                try fields.add(name: name, unchecked: joined.span.bytes, lookingAt: further)
            } else {
                if name.equalsIgnoringCase("authorization"), JoinedCredentials.areSeveral(value) {
                    throw .authorizationRepeated
                }
                try fields.add(name: name, unchecked: value, lookingAt: further)
            }
        } catch {
            fault = fault ?? error.status
        }
    }

    private mutating func note(_ name: RawSpan) {
        spelledNames.append(lowercasing: name)
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
}
