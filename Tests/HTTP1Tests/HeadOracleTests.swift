import HTTP1
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

/// Two parsers, one meaning: what we accept, NIOHTTP1's decoder accepts, and understands in the same way.
@Suite struct HeadOracleTests {
    /// What the oracle made of the bytes; nil when it refused them.
    private func oracle(_ bytes: [UInt8]) -> HTTPRequestHead? {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish() }
        do {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else { return nil }
            return head
        } catch {
            return nil
        }
    }

    /// The methods of RFC 9110 and of WebDAV that the oracle knows. It refuses a head with another method, where RFC 9110
    /// section 9.1 leaves the list open; a gateway forwards what its client sent, so we take any token.
    private static let knownMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY",
        "MOVE", "LOCK", "UNLOCK", "SEARCH", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MERGE", "NOTIFY", "SUBSCRIBE",
        "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "M-SEARCH", "CHECKOUT", "MKACTIVITY", "QUERY", "SOURCE",
    ]

    private func method(_ bytes: [UInt8]) -> String {
        let line = bytes.starts(with: [13, 10]) ? bytes.dropFirst(2) : bytes[...]
        return String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    /// Compares one head's verdicts; says whether we accepted it.
    private func compare(_ bytes: [UInt8], _ origin: String) -> Bool {
        guard let ours = parse(bytes).meaning, Self.knownMethods.contains(method(bytes)) else { return false }
        guard let theirs = oracle(withoutTrailingTabs(bytes.prefix(ours.length))) else {
            Issue.record("only we accept \(String(reflecting: String(decoding: bytes, as: UTF8.self))), from \(origin)")
            return true
        }
        let headers = theirs.headers
        #expect(theirs.version == (ours.version == .http11 ? .http1_1 : .http1_0))
        // With both `close` and `keep-alive` the oracle keeps the connection; RFC 9112 section 9.3 lets `close` win.
        let options = headers[canonicalForm: "connection"].map { $0.lowercased() }
        let contradicts = options.contains("close") && options.contains("keep-alive")
        #expect(ours.persists == (theirs.isKeepAlive && !contradicts))
        #expect(headers["authorization"].map(trimmed) == (ours.authorization.map { [$0] } ?? []))
        // The oracle leaves white space behind some values; by RFC 9112 section 5.1 it doesn't belong to them.
        #expect(headers["cookie"].map(trimmed) == ours.cookies)
        #expect(route(theirs.uri) == ours.route, "\(theirs.uri)")
        switch ours.body {
        case .none:
            #expect(
                (headers["content-length"].first.flatMap(Int.init) ?? 0) == 0
                    && !headers.contains(name: "transfer-encoding"))
        case .length(let length): #expect(headers["content-length"].map(Int.init) == [length])
        case .chunked: #expect(headers["transfer-encoding"].map { trimmed($0.lowercased()) } == ["chunked"])
        }
        return true
    }

    /// The oracle takes a tab behind a number for a part of it; by RFC 9112 section 5.1 white space there means nothing.
    private func withoutTrailingTabs(_ head: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in head {
            if byte == 0x0D { bytes.removeLast(bytes.reversed().prefix { $0 == 0x09 }.count) }
            bytes.append(byte)
        }
        return bytes
    }

    private func trimmed(_ value: String) -> String {
        String(decoding: value.utf8.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed(), as: UTF8.self)
    }

    /// The route of a target, found with strings.
    private func route(_ uri: String) -> Route? {
        var path =
            uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let lower = path.lowercased()
        for scheme in ["http://", "https://"] where lower.hasPrefix(scheme) {
            let rest = path.dropFirst(scheme.count)
            path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        }
        for (prefix, route) in [("/resolve", Route.resolve), ("/require", .require)] {
            for root in ["", "/_resolver"] where path == root + prefix || path.hasPrefix(root + prefix + "/") {
                return route
            }
        }
        return nil
    }

    @Test(arguments: Heads.right)
    func `the oracle agrees on right heads`(text: String) {
        #expect(compare(Array(text.utf8), text))
    }

    @Test(arguments: 0..<8)
    func `the oracle agrees on every mutation that we accept`(seed: Int) {
        var mutations = HeadMutations(seed: UInt64(seed))
        var accepted = 0
        for _ in 0..<3_000 {
            let (bytes, origin) = mutations.next()
            if compare(bytes, origin) { accepted += 1 }
        }
        // The mutations are worth something only when some are still right and some are not.
        #expect(accepted > 300 && accepted < 2_700, "\(accepted)")
    }
}
