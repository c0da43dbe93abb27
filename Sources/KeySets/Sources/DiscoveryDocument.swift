import Bytes

/// What an OpenID configuration says that matters here (OpenID Connect Discovery 1.0 section 3).
package struct DiscoveryDocument {
    /// The `jwks_uri`, unchecked.
    package let keySetURI: String

    /// - Parameter issuer: what `issuer` must equal, byte for byte (section 4.3).
    package init(_ json: RawSpan, expecting issuer: String) throws(FetchFailure) {
        guard let members = try? Self.read(from: json) else { throw .notDiscovery }
        guard members.issuer == Array(issuer.utf8) else {
            throw .issuerMismatch(String(printable: members.issuer))
        }
        keySetURI = String(decoding: members.keySetURI, as: UTF8.self)
    }

    private struct Members {
        var issuer: [UInt8]?
        var keySetURI: [UInt8]?
        /// How often each of them is there. Of two, nobody could tell which one is meant.
        var counts = (issuer: 0, keySetURI: 0)
    }

    /// Nil unless both are there, once. Other members are nobody's business, however often they are there.
    private static func read(from json: RawSpan) throws(JSONError) -> (issuer: [UInt8], keySetURI: [UInt8])? {
        var members = Members()
        var reader = JSONReader(json)
        guard try reader.enterObject() else { return nil }
        while let name = try reader.nextMember() {
            if name.equals("issuer") {
                members.counts.issuer += 1
                members.issuer = try reader.readString()?.copy()
            } else if name.equals("jwks_uri") {
                members.counts.keySetURI += 1
                members.keySetURI = try reader.readString()?.copy()
            }
        }
        try reader.finish()
        guard members.counts == (1, 1), let issuer = members.issuer, let uri = members.keySetURI else { return nil }
        return (issuer, uri)
    }
}
