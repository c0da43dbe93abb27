import Bytes

/// What a token's header says (RFC 7515 section 4), checked as far as it can be without the payload.
struct TokenHeader {
    let algorithm: Algorithm
    private let kid: KeyID

    /// What the header says of the key.
    private enum KeyID {
        case absent
        /// Not a string, or longer than 256 bytes.
        case malformed
        /// Unescaped.
        case named([UInt8])
    }

    init(reading header: RawSpan) throws(TokenRefusal) {
        let members = try Members(reading: header)
        guard let algorithm = members.algorithm else { throw .algorithmUnknown }
        guard !members.hasCrit else { throw .criticalExtension }
        guard !members.hasB64 else { throw .unencodedPayload }
        guard members.isTypeSuitable else { throw .typeUnsuitable }
        self.algorithm = algorithm
        self.kid = members.kid
    }

    /// The `kid`, if there is one. The first check of step 6.
    func keyID() throws(TokenRefusal) -> [UInt8]? {
        switch kid {
        case .absent: return nil
        case .malformed: throw .keyIDMalformed
        case .named(let kid): return kid
        }
    }

    /// The members that are read; the order in which they stand does not decide which is refused first.
    private struct Members {
        var algorithm: Algorithm?
        var hasCrit = false
        var hasB64 = false
        var isTypeSuitable = true
        var kid = KeyID.absent

        init(reading header: RawSpan) throws(TokenRefusal) {
            do throws(JSONError) {
                guard try read(header: header) else { throw JSONError.unexpectedByte }
            } catch {
                throw .headerMalformed
            }
        }

        /// False when the header is JSON, but no object, or one of too many members.
        private mutating func read(header: RawSpan) throws(JSONError) -> Bool {
            var reader = JSONReader(header, duplicateNames: .refused)
            guard try reader.enterObject() else { return false }
            var count = 0
            while let name = try reader.nextMember() {
                count += 1
                guard count <= CompactToken.maximumNames else { return false }
                switch name {
                case "alg": algorithm = try Algorithm(reading: &reader)
                case "typ": isTypeSuitable = try Self.readType(from: &reader)
                case "kid": kid = try Self.readKid(from: &reader)
                case "crit": hasCrit = true
                case "b64": hasB64 = true
                default: break
                }
            }
            try reader.finish()
            return true
        }

        /// `JWT` (RFC 7519 section 5.1) or `at+jwt` (RFC 9068 section 2.1), in any case, with or without `application/`.
        private static func readType(from reader: inout JSONReader) throws(JSONError) -> Bool {
            guard let text = try reader.readString() else { return false }
            return text.withBytes { type in
                type.equalsIgnoringCase("jwt") || type.equalsIgnoringCase("at+jwt")
                    || type.equalsIgnoringCase("application/jwt") || type.equalsIgnoringCase("application/at+jwt")
            }
        }

        private static func readKid(from reader: inout JSONReader) throws(JSONError) -> KeyID {
            guard let text = try reader.readString() else { return .malformed }
            let kid = text.copy()
            return kid.count <= VerificationKey.maximumKidBytes ? .named(kid) : .malformed
        }
    }
}
