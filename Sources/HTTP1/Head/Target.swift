import Bytes

/// A request target (RFC 9112 section 3.2): which of our routes it names.
///
/// Paths are compared byte for byte: nothing is percent-decoded and no dot segment removed, so what the gateway's access
/// rules saw is what is matched here. The query is ignored. In an absolute URI the path counts.
enum Target {
    /// What a path names.
    struct Match {
        let route: Route
        /// Where our path ends.
        let end: Int
        /// Where the name of an access policy stands; nil when none is asked about.
        var policy: FieldValue?
    }

    /// The match, or nil when the path is none of ours.
    @inline(__always)
    static func match(in bytes: RawSpan, at target: Range<Int>) throws(HeadError) -> Match? {
        let pathEnd = ByteScan.pathEnd(in: bytes, of: target)
        var offset = pathEnd
        while offset < target.upperBound {
            guard ByteSet.target.contains(bytes[byte: offset]) else { throw .badTarget }
            offset &+= 1
        }
        if bytes[byte: target.lowerBound] == UInt8(ascii: "/") {
            return match(in: bytes, path: target.lowerBound..<pathEnd)
        }
        let wholeAsterisk = target.count == 1 && bytes[byte: target.lowerBound] == UInt8(ascii: "*")
        return wholeAsterisk ? nil : try match(in: bytes, absolute: target.lowerBound..<pathEnd)
    }

    /// The path is `/resolve` or `/require`, on its own or after `/_resolver` or `/policy/<name>`, and ends there or goes on
    /// with `/`.
    @inline(__always)
    private static func match(in bytes: RawSpan, path: Range<Int>) -> Match? {
        var path = path
        if path.count > 10, bytes[word: path.lowerBound] == word("/", "_", "r", "e", "s", "o", "l", "v"),
            bytes.word32(at: path.lowerBound + 7) == word("v", "e", "r", "/")
        {
            path = path.lowerBound + 10..<path.upperBound
        } else if path.count > 16, bytes[word: path.lowerBound] == word("/", "p", "o", "l", "i", "c", "y", "/") {
            return matchPolicy(in: bytes, path: path)
        }
        return route(in: bytes, path: path).map { Match(route: $0, end: path.lowerBound + 8) }
    }

    /// Behind `/policy/`: a name up to the next `/`, and one of the routes.
    @inline(__always)
    private static func matchPolicy(in bytes: RawSpan, path: Range<Int>) -> Match? {
        let start = path.lowerBound + 8
        guard let end = ByteScan.slash(in: bytes, of: start..<path.upperBound),
            let route = route(in: bytes, path: end..<path.upperBound)
        else { return nil }
        return Match(route: route, end: end + 8, policy: FieldValue(start: start, end: end))
    }

    @inline(__always)
    private static func route(in bytes: RawSpan, path: Range<Int>) -> Route? {
        guard path.count == 8 || (path.count > 8 && bytes[byte: path.lowerBound + 8] == UInt8(ascii: "/")) else {
            return nil
        }
        switch bytes[word: path.lowerBound] {
        case word("/", "r", "e", "s", "o", "l", "v", "e"): return .resolve
        case word("/", "r", "e", "q", "u", "i", "r", "e"): return .require
        default: return nil
        }
    }

    /// `http://` or `https://`, in any case, an authority without user information, and a path.
    private static func match(in bytes: RawSpan, absolute uri: Range<Int>) throws(HeadError) -> Match? {
        guard uri.count >= 8, bytes.lowercased32(at: uri.lowerBound) == word("h", "t", "t", "p") else {
            throw .badTarget
        }
        let isSecure = bytes.lowercased(at: uri.lowerBound + 4) == UInt8(ascii: "s")
        let authority = uri.lowerBound + (isSecure ? 8 : 7)
        guard bytes[byte: authority - 3] == UInt8(ascii: ":"), bytes[byte: authority - 2] == UInt8(ascii: "/"),
            bytes[byte: authority - 1] == UInt8(ascii: "/")
        else { throw .badTarget }
        var pathStart = authority
        while pathStart < uri.upperBound, bytes[byte: pathStart] != UInt8(ascii: "/") {
            guard ByteSet.host.contains(bytes[byte: pathStart]) else { throw .badTarget }
            pathStart += 1
        }
        guard pathStart > authority else { throw .badTarget }
        return match(in: bytes, path: pathStart..<uri.upperBound)
    }
}
