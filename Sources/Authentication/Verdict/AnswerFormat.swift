package import Bytes
package import JOSE

/// Turns an identity into its verdict (contract section 3).
///
/// Nothing that came from a token or a store breaks out of its header: a value that holds a byte outside printable
/// ASCII, that begins or ends with a space (a recipient strips it, RFC 9110 section 5.5, and would see another value),
/// or a list's item that holds the list's separator, is refused. What is too long is no answer either, and no refusal.
package struct AnswerFormat: Hashable, Sendable {
    /// What stands between two authentication methods: one printable ASCII character.
    package var amrSeparator: UInt8
    /// How long a header's value may be, in bytes (`limits.value_bytes`). Three can be long: the user's id, the roles and the
    /// authentication methods.
    package var maximumValueLength: Int

    package var compatibility: Compatibility
    /// The headers that an answer has in any case: empty, where it would have none of that name.
    package var completion: [String]

    package init(
        amrSeparator: UInt8, maximumValueLength: Int, compatibility: Compatibility = .spec, completion: [String] = []
    ) {
        self.compatibility = compatibility
        self.completion = completion
        self.amrSeparator = amrSeparator
        self.maximumValueLength = maximumValueLength
    }

    /// The answer for an identity, which is no longer than its front allows.
    ///
    /// - Parameters:
    ///   - isSession: whether it is stated by records; Authgear's own resolver leaves their `amr` empty.
    ///   - statement: what further headers come from; nil: there are none.
    ///   - attachments: what it has beside; nil where there is nothing.
    func answer(
        for identity: Identity, isSession: Bool = false, statement: MappedClaims? = nil,
        attachments: AnswerAttachments?, by renderer: any ResponseRenderer
    ) throws(AnswerFault) -> Answer {
        let answer = Answer(
            try verdict(on: identity, isSession: isSession, statement: statement), attachments: attachments,
            by: renderer)
        if let assertion = attachments?.assertion, assertion.length > maximumValueLength {
            throw .tooLong(
                LongAnswer(header: assertion.signer.header, bytes: assertion.length, limit: maximumValueLength))
        }
        let length = answer.bytes.count + renderer.reservedLength + (attachments?.lineLength ?? 0)
        guard length <= renderer.maximumLength else {
            throw .tooLong(LongAnswer(header: nil, bytes: length, limit: renderer.maximumLength))
        }
        return answer
    }

    /// The same where no access policy will ever judge it, and without assertion: for what is shown or compared, and never kept.
    package func unjudgedAnswer(
        for identity: Identity, isSession: Bool = false, statement: MappedClaims? = nil,
        by renderer: any ResponseRenderer
    ) throws(AnswerFault) -> Answer {
        try answer(for: identity, isSession: isSession, statement: statement, attachments: nil, by: renderer)
    }

    /// - Parameters: as above.
    package func verdict(
        on identity: Identity, isSession: Bool = false, statement: MappedClaims? = nil
    ) throws(AnswerFault) -> Verdict {
        var fields = FieldWriter()
        do throws(HeaderRefusal) {
            try write(identity, to: &fields, hasEmptyAMR: isSession && compatibility == .authgear)
            if let statement {
                for header in statement.mapping.places.headers { try fields.add(header, from: statement.claims) }
            }
        } catch {
            throw .refused(error)
        }
        fields.complete(completion)
        if fields.longestValue > maximumValueLength, let header = fields.longestHeader {
            throw .tooLong(LongAnswer(header: header, bytes: fields.longestValue, limit: maximumValueLength))
        }
        return Verdict(outcome: .valid, status: .ok, fields: fields.fields)
    }

    private func write(
        _ identity: Identity, to fields: inout FieldWriter, hasEmptyAMR: Bool
    ) throws(HeaderRefusal) {
        let names = IdentityNames.all
        fields.add(names.valid, true)
        try fields.add(names.userID, checked: identity.userID)
        fields.add(names.anonymous, identity.claims.isAnonymous)
        fields.add(names.verified, identity.claims.isVerified)
        fields.add(names.canReauthenticate, identity.claims.canReauthenticate)
        try fields.add(names.roles, list: identity.claims.roles, separator: UInt8(ascii: ","))
        if hasEmptyAMR {
            fields.add(names.amr)
        } else {
            try fields.add(
                names.amr, list: identity.claims.authenticationMethods, separator: amrSeparator)
        }
        if let moment = identity.authenticatedAt {
            fields.add(names.authenticatedAt, number: moment.seconds)
        }
    }

    /// Checks a user's id before the look-up that it is for.
    func check(userID: [UInt8]) throws(AnswerFault) {
        do throws(HeaderRefusal) {
            try FieldWriter.check(userID)
        } catch {
            throw .refused(error)
        }
        guard userID.count <= maximumValueLength else {
            throw .tooLong(LongAnswer(header: "x-authgear-user-id", bytes: userID.count, limit: maximumValueLength))
        }
    }
}

/// How closely answers follow Authgear's own resolver (contract section 12).
package enum Compatibility: String, CaseIterable, Sendable {
    /// As the specification says.
    case spec
    /// As its code does: *invalid* is *none* unless a `session` cookie was presented, sessions have an empty
    /// `x-authgear-session-amr`, and *invalid* clears the cookie.
    case authgear
}

/// The names of the headers that state an identity.
private struct IdentityNames: Sendable {
    static let all = IdentityNames()

    let valid = FlagName("x-authgear-session-valid")
    let userID = FieldName("x-authgear-user-id")
    let anonymous = FlagName("x-authgear-user-anonymous")
    let verified = FlagName("x-authgear-user-verified")
    let canReauthenticate = FlagName("x-authgear-user-can-reauthenticate")
    let roles = FieldName("x-authgear-user-roles")
    let amr = FieldName("x-authgear-session-amr")
    let authenticatedAt = FieldName("x-authgear-session-authenticated-at")
}
