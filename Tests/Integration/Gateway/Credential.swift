import Testing

/// One way to come to the gateway, and what the contract says of it.
struct Credential: Sendable, CustomTestStringConvertible {
    /// What the caller turns out to be.
    enum Outcome: Sendable {
        /// Valid: the fields that the backend sees, without their prefix, sorted.
        case known([String])
        case invalid
        case none
        case unknown
    }

    var testDescription: String
    var outcome: Outcome
    /// Whether the 401 of an invalid credential says `error="invalid_token"`.
    var isBearer: Bool
    /// The field lines of the request.
    var fields: @Sendable () throws -> [String]

    private init(
        _ description: String, _ outcome: Outcome, isBearer: Bool, _ fields: @escaping @Sendable () throws -> [String]
    ) {
        testDescription = description
        self.outcome = outcome
        self.isBearer = isBearer
        self.fields = fields
    }

    /// A bearer token.
    static func bearer(
        _ description: String, _ outcome: Outcome, _ token: @escaping @Sendable () throws -> String
    ) -> Credential {
        Credential(description, outcome, isBearer: true) { ["Authorization: Bearer \(try token())"] }
    }

    /// `session` cookies, in one field.
    static func cookies(_ description: String, _ outcome: Outcome, _ values: String...) -> Credential {
        Credential(description, outcome, isBearer: false) {
            ["Cookie: " + values.map { "session=\($0)" }.joined(separator: "; ")]
        }
    }

    /// Field lines as they are.
    static func fields(
        _ description: String, _ outcome: Outcome, isBearer: Bool = false,
        _ fields: @autoclosure @escaping @Sendable () throws -> [String]
    ) -> Credential {
        Credential(description, outcome, isBearer: isBearer, fields)
    }
}
