import Bytes

/// What an OpenID configuration says that matters here (OpenID Connect Discovery 1.0 section 3).
package struct DiscoveryDocument {
    /// The `jwks_uri`, unchecked.
    package let keySetURI: String

    /// - Parameter issuer: what `issuer` must equal, byte for byte (section 4.3).
    package init(_ json: RawSpan, expecting issuer: String) throws(FetchFailure) {
        guard let members = try? Self.read(json), let named = members.issuer, let uri = members.keySetURI else {
            throw .notDiscovery
        }
        guard named == Array(issuer.utf8) else { throw .issuerMismatch }
        keySetURI = String(decoding: uri, as: UTF8.self)
    }

    private struct Members {
        var issuer: [UInt8]?
        var keySetURI: [UInt8]?
    }

    private static func read(_ json: RawSpan) throws(JSONError) -> Members {
        var members = Members()
        var reader = JSONReader(json, duplicateNames: .refused)
        guard try reader.enterObject() else { return members }
        while let name = try reader.nextMember() {
            if name.equals("issuer") {
                members.issuer = try reader.readString()?.copy()
            } else if name.equals("jwks_uri") {
                members.keySetURI = try reader.readString()?.copy()
            }
        }
        try reader.finish()
        return members
    }
}
