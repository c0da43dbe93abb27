import Bytes

extension SessionRecord {
    /// Decodes the record of the IdP session with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        var members = Members()
        do throws(JSONError) {
            var json = JSONReader(bytes, deepValues: .passedOver)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try members.read(from: &json, id)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = members.values.problem { throw problem }
        guard let idMatches = members.idMatches else { throw .memberMissing }
        guard idMatches else { throw .mismatched }
        try self.init(members.facts, tokenHash: members.tokenHash ?? [])
    }

    /// The members as they come, before it is known that none is missing.
    private struct Members {
        /// Whether `id` is the one that was asked for.
        var idMatches: Bool?
        var tokenHash: [UInt8]?
        var facts = SessionMembers()
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.equals("id") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.equals("token_hash") {
                    tokenHash = try values.string(&json)
                } else {
                    try facts.read(name, from: &json, &values)
                }
            }
        }
    }
}
