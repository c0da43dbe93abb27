import Authentication
import Bytes
package import HTTP1
import Redis
package import Worker

/// A little Authgear: it knows the demo's user whose record is missing, and revokes its opaque token.
///
/// Takes requests, gives the bytes of answers: no socket here.
package struct DemoAuthgear: Sendable {
    /// Where it answers as Authgear's resolver does, and where tokens are revoked (RFC 7009).
    package static let resolverPath = "/_resolver/resolve"
    package static let revocationPath = "/oauth2/revoke"

    private let credentials: DemoCredentials
    private let records: MemoryRecords

    /// - Parameter records: what is revoked is taken away from these.
    package init(_ credentials: DemoCredentials, revokingFrom records: MemoryRecords) {
        (self.credentials, self.records) = (credentials, records)
    }

    /// - Parameters:
    ///   - head: the request's, whose bytes are at hand.
    ///   - body: the request's.
    package func answer(to head: RequestHead, in bytes: RawSpan, body: [UInt8]) -> [UInt8] {
        if head.route == .resolve { return Self.answer(statement(on: head.fields, in: bytes)) }
        let line = String(decoding: [UInt8](copying: bytes).prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard line.hasPrefix("POST \(Self.revocationPath) ") else { return Self.answer([], status: "404 Not Found") }
        // Also of a token that there is not, as RFC 7009 section 2.2 has it.
        if body == Array("token=\(credentials.opaqueToken)".utf8) { records.remove(credentials.opaqueTokenSessionKey) }
        return Self.answer([])
    }

    /// What the resolver says of the one credential that it was asked about; nothing without one.
    private func statement(on fields: RequestFields, in head: RawSpan) -> [String] {
        var cookies = fields.cookies
        guard let field = cookies.next(in: head) else {
            return fields.authorization == nil ? [] : ["x-authgear-session-valid: false"]
        }
        var scanner = CookieScanner(field)
        let cookie = scanner.next(among: CookieNames(prefix: ""), in: head)
        guard let cookie,
            [UInt8](copying: head.extracting(cookie.value.range)) == Array(credentials.newcomerCookie.utf8)
        else { return ["x-authgear-session-valid: false"] }
        return [
            "x-authgear-session-valid: true", "x-authgear-user-id: \(DemoCredentials.newcomer)",
            "x-authgear-user-anonymous: false", "x-authgear-user-verified: true",
            "x-authgear-user-can-reauthenticate: true", "x-authgear-user-roles: stock.view",
        ]
    }

    private static func answer(_ fields: [String], status: String = "200 OK") -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: 0"] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
