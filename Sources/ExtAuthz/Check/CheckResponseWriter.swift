import Bytes

/// Makes an `envoy.service.auth.v3.CheckResponse` of an answer in HTTP/1's lines, which is what answers are kept as.
///
/// Kept and used again, so that an answer costs no more than its bytes.
package struct CheckResponseWriter: Sendable {
    /// The codes of `google.rpc.Code` that are given.
    private enum Code {
        static let ok = 0
        static let invalidArgument = 3
        static let permissionDenied = 7
        static let unavailable = 14
        static let unauthenticated = 16
    }

    /// The numbers of the fields that are written, by message.
    private enum Number {
        static let status: UInt8 = 1
        static let denied: UInt8 = 2
        static let ok: UInt8 = 3
        static let code: UInt8 = 1
        /// Of `OkHttpResponse` and of `DeniedHttpResponse`.
        static let httpStatus: UInt8 = 1
        static let headers: UInt8 = 2
        static let toRemove: UInt8 = 5
        static let toClient: UInt8 = 6
        /// Of `HeaderValueOption`.
        static let header: UInt8 = 1
        static let action: UInt8 = 3
        static let key: UInt8 = 1
        static let value: UInt8 = 2
    }

    /// `OVERWRITE_IF_EXISTS_OR_ADD`. What is not written is 0, `APPEND_IF_EXISTS_OR_ADD`.
    private static let overwrite = 2

    private var inner = MessageWriter()
    private var outer = MessageWriter()
    /// Where the names of the answer's headers stand in its lines, in lower case or not.
    private var names: [Range<Int>] = []

    package init() {}

    /// - Parameters:
    ///   - lines: from the status line to an empty one.
    ///   - spelled: the client's fields that a backend may take for ours, in lower case, each with a line break behind.
    /// - Returns: the message.
    package mutating func response(to lines: RawSpan, own: OwnNames, spelled: [UInt8]) -> [UInt8] {
        inner.clear()
        outer.clear()
        names.removeAll(keepingCapacity: true)
        let status = Self.status(in: lines)
        if status == 200 {
            addHeaders(of: lines)
            addRemovals(own, spelled, in: lines)
            // An empty status is there all the same: what is not there counts as yes as well, and says less.
            outer.begin(Number.status, length: 0)
            let body = inner.bytes
            outer.add(Number.ok, bytes: body.span.bytes)
        } else {
            // What a reload has taken away meanwhile can't be judged, and must not be let in.
            let given = status == 404 ? 503 : status
            inner.begin(Number.httpStatus, length: 3)
            inner.add(Number.code, value: given)
            addDenial(of: lines, retries: status == 404)
            outer.begin(Number.status, length: 2)
            outer.add(Number.code, value: Self.code(of: given))
            let body = inner.bytes
            outer.add(Number.denied, bytes: body.span.bytes)
        }
        return outer.bytes
    }

    private static func code(of status: Int) -> Int {
        switch status {
        case 200: Code.ok
        case 400, 431: Code.invalidArgument
        case 401: Code.unauthenticated
        case 403: Code.permissionDenied
        default: Code.unavailable
        }
    }

    /// `HTTP/1.1 200 …`.
    private static func status(in lines: RawSpan) -> Int {
        guard lines.byteCount >= 12 else { return 503 }
        return (9..<12).reduce(0) { $0 * 10 + Int(lines[byte: $1] &- UInt8(ascii: "0")) }
    }

    private mutating func addHeaders(of lines: RawSpan) {
        var places = FieldLines(in: lines)
        while let (name, value) = places.next(in: lines) {
            let text = lines.extracting(name)
            // What frames the answer over HTTP, and what tells Envoy over HTTP what `headers_to_remove` tells it here.
            guard !text.equalsIgnoringCase("content-length"), !text.equalsIgnoringCase("date"),
                !text.equalsIgnoringCase("x-envoy-auth-headers-to-remove")
            else { continue }
            let isForClient = text.equalsIgnoringCase("set-cookie")
            add(text, lines.extracting(value), as: isForClient ? Number.toClient : Number.headers)
            if !isForClient { names.append(name) }
        }
    }

    /// What a client sees of an answer that turns it away: none of the resolver's own headers.
    private mutating func addDenial(of lines: RawSpan, retries: Bool) {
        var places = FieldLines(in: lines)
        while let (name, value) = places.next(in: lines) {
            let text = lines.extracting(name)
            guard
                text.equalsIgnoringCase("www-authenticate") || text.equalsIgnoringCase("retry-after")
                    || text.equalsIgnoringCase("set-cookie")
            else { continue }
            add(text, lines.extracting(value), as: Number.headers)
        }
        if retries { add(Self.retryAfter.name.span.bytes, Self.retryAfter.value.span.bytes, as: Number.headers) }
    }

    private static let retryAfter = (name: Array("retry-after".utf8), value: Array("1".utf8))

    private mutating func add(_ name: RawSpan, _ value: RawSpan, as number: UInt8) {
        let header =
            MessageWriter.length(ofValue: name.byteCount) + MessageWriter.length(ofValue: value.byteCount)
        // Cookies stand beside one another: one that is taken back replaces none of the backend's.
        let isAppended = name.equalsIgnoringCase("set-cookie")
        inner.begin(number, length: MessageWriter.length(ofValue: header) + (isAppended ? 0 : 2))
        inner.begin(Number.header, length: header)
        inner.begin(Number.key, length: name.byteCount)
        inner.append(lowercasing: name)
        inner.add(Number.value, bytes: value)
        if !isAppended { inner.add(Number.action, value: Self.overwrite) }
    }

    /// What the backend must not see of the client's: our names without a value, and what may be taken for one of them. None that
    /// is set is among them: Envoy takes away what stands in both lists.
    private mutating func addRemovals(_ own: OwnNames, _ spelled: [UInt8], in lines: RawSpan) {
        for name in own.names where !isSet(name.span.bytes, in: lines) {
            inner.add(Number.toRemove, bytes: name.span.bytes)
        }
        let bytes = spelled.span.bytes
        var start = 0
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            let name = bytes.extracting(start..<end)
            if !isSet(name, in: lines), !own.names.contains(where: { name.equals($0.span.bytes) }) {
                inner.add(Number.toRemove, bytes: name)
            }
            start = end + 1
        }
    }

    private func isSet(_ name: RawSpan, in lines: RawSpan) -> Bool {
        for place in names where place.count == name.byteCount {
            let known = lines.extracting(place)
            var offset = 0
            while offset < name.byteCount, known[byte: offset].lowercased == name[byte: offset] { offset += 1 }
            if offset == name.byteCount { return true }
        }
        return false
    }
}

/// The field lines of an answer, one after another.
struct FieldLines {
    private var start: Int

    init(in lines: RawSpan) {
        start = lines.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lines.byteCount
    }

    /// Where the next field's name and value stand; nil at the empty line.
    mutating func next(in lines: RawSpan) -> (name: Range<Int>, value: Range<Int>)? {
        guard let end = lines.firstIndex(of: UInt8(ascii: "\r"), from: start), end > start,
            let colon = lines.firstIndex(of: UInt8(ascii: ":"), from: start), colon < end
        else { return nil }
        defer { start = end + 2 }
        return (start..<colon, min(colon + 2, end)..<end)
    }
}
