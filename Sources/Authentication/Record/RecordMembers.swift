import Bytes

/// The members of a record as they come, before it is known that none is missing.
protocol RecordMembers {
    /// Whether the id (or the hash) that the record says is the one that was asked for; nil when it says none.
    var idMatches: Bool? { get }
    var values: RecordValues { get }

    init()

    /// Reads the members of the object that was entered, to its end.
    mutating func read(from json: inout JSONReader, _ id: RawSpan) throws(JSONError)
}

extension RecordMembers {
    /// Reads the record with this id (or hash), and only that one.
    init(_ bytes: RawSpan, id: RawSpan) throws(RecordError) {
        self.init()
        do throws(JSONError) {
            var json = JSONReader(bytes, deepValues: .passedOver)
            guard try json.enterObject() else { throw JSONError.unexpectedByte }
            try read(from: &json, id)
            try json.finish()
        } catch {
            throw .notJSON
        }
        if let problem = values.problem { throw problem }
        guard let idMatches else { throw .memberMissing }
        guard idMatches else { throw .mismatched }
    }
}
