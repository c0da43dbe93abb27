import Bytes

extension SessionRecord {
    /// Decodes the record of the IdP session with this id.
    convenience init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        let members = try Members(bytes, id: id)
        try self.init(members.facts, tokenHash: members.tokenHash ?? [])
    }

    private struct Members: RecordMembers {
        var idMatches: Bool?
        var tokenHash: [UInt8]?
        var facts = SessionMembers()
        var values = RecordValues()

        mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError) {
            while let name = try json.nextMember() {
                if name.matches("id") {
                    idMatches = try values.string(&json, equals: id)
                } else if name.matches("token_hash") {
                    tokenHash = try values.string(&json)
                } else {
                    try facts.read(name, from: &json, &values)
                }
            }
        }
    }
}
