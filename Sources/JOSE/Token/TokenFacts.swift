package import Bytes

/// What a token says of itself, read for a person: nothing of it is checked or believed, and as much is read as can be.
package struct TokenFacts: Sendable {
    /// What is read of a header (RFC 7515 section 4.1).
    private static let headerNames = ["alg", "typ", "kid", "crit", "b64"]
    /// What is read of a payload (RFC 7519 section 4.1, RFC 7800 section 3.1).
    private static let payloadNames = [
        "iss", "exp", "nbf", "iat", "aud", "sub", "typ", "token_use", "cnf", "jti",
    ]

    package let byteCount: Int
    /// How many parts there are between dots.
    package let partCount: Int
    /// The JSON texts of the header's members; empty when it can't be read.
    package let header: [String: [UInt8]]
    /// The JSON texts of the payload's members; empty when it can't be read.
    package let payload: [String: [UInt8]]
    /// `kid`, unescaped, if it is a string.
    package let keyID: [UInt8]?
    /// `iss`, unescaped, if it is a string.
    package let issuer: [UInt8]?
    /// How long the signature is; nil when it can't be read.
    package let signatureByteCount: Int?

    package init(_ token: RawSpan) {
        let parts = [UInt8](copying: token).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        byteCount = token.byteCount
        partCount = parts.count
        let decoded = parts.prefix(3).map { part in Base64URL.decode(Array(part).span.bytes) }
        header = Self.members(of: decoded.first ?? nil, named: Self.headerNames)
        payload = Self.members(of: decoded.dropFirst().first ?? nil, named: Self.payloadNames)
        keyID = Self.string(in: header["kid"])
        issuer = Self.string(in: payload["iss"])
        signatureByteCount = decoded.count == 3 ? decoded[2]?.count : nil
    }

    /// The seconds of a time such as `exp`; nil when it is absent or no number.
    package func time(named name: String) -> Timestamp? {
        guard let text = payload[name] else { return nil }
        var reader = JSONReader(text.span.bytes)
        guard let number = try? reader.readNumber() else { return nil }
        return number.timestamp
    }

    private static func string(in text: [UInt8]?) -> [UInt8]? {
        guard let text else { return nil }
        var reader = JSONReader(text.span.bytes)
        guard let string = try? reader.readString() else { return nil }
        return string.copy()
    }

    /// Those of an object's members that have one of the names, as far as it is JSON; of a doubled one the last counts.
    private static func members(of json: [UInt8]?, named names: [String]) -> [String: [UInt8]] {
        var members: [String: [UInt8]] = [:]
        if let json { try? read(json: json, named: names, into: &members) }
        return members
    }

    private static func read(
        json: [UInt8], named names: [String], into members: inout [String: [UInt8]]
    ) throws(JSONError) {
        var reader = JSONReader(json.span.bytes)
        guard try reader.enterObject() else { return }
        while let name = try reader.nextMember() {
            let name = String(decoding: name.copy(), as: UTF8.self)
            guard names.contains(name) else { continue }
            members[name] = Array(json[try reader.readRawValue()])
        }
    }
}
