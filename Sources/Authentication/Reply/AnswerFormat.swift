import Bytes
import JOSE

/// Turns an identity into the bytes of its answer (contract section 3).
///
/// Nothing that came from a token or a store breaks out of its header: a value that holds a byte outside printable
/// ASCII, that begins or ends with a space (a recipient strips it, RFC 9110 section 5.5, and would see another value),
/// or a list's item that holds the list's separator, is refused. What is too long is no answer either, and no refusal.
package struct AnswerFormat: Hashable, Sendable {
    /// How long the whole head may be, in bytes: what the buffer of a gateway takes, 32 KiB in `nginx/locations.conf`
    /// (`proxy_buffer_size`).
    package static let maximumHeadLength = 32 << 10
    /// How much of it is for what the listener adds: `Date`, `Connection` and the empty line.
    package static let tailLength = 64

    /// What stands between two authentication methods: one printable ASCII character.
    package var amrSeparator: UInt8
    /// How long a header's value may be, in bytes (`limits.value_bytes`). Three can be long: the user's id, the roles and the
    /// authentication methods.
    package var maximumValueLength: Int

    package var compatibility: Compatibility

    package init(amrSeparator: UInt8, maximumValueLength: Int, compatibility: Compatibility = .spec) {
        self.compatibility = compatibility
        self.amrSeparator = amrSeparator
        self.maximumValueLength = maximumValueLength
    }

    /// - Parameter isSession: whether it is stated by records; Authgear's own resolver leaves their `amr` empty.
    package func answer(for identity: Identity, isSession: Bool = false) throws(AnswerFault) -> Answer {
        var head = HeadWriter(status: "200 OK")
        do throws(HeaderRefusal) {
            try write(identity, to: &head, hasEmptyAMR: isSession && compatibility == .authgear)
        } catch {
            throw .refused(error)
        }
        if let header = head.longestHeader, head.longestValue > maximumValueLength {
            throw .tooLong(LongAnswer(header: header, bytes: head.longestValue, limit: maximumValueLength))
        }
        let length = head.bytes.count + Self.tailLength
        guard length <= Self.maximumHeadLength else {
            throw .tooLong(LongAnswer(header: nil, bytes: length, limit: Self.maximumHeadLength))
        }
        return Answer(outcome: .valid, head: head.bytes)
    }

    private func write(
        _ identity: Identity, to head: inout HeadWriter, hasEmptyAMR: Bool
    ) throws(HeaderRefusal) {
        head.add("x-authgear-session-valid", "true")
        try head.add("x-authgear-user-id", checked: identity.userID)
        head.add("x-authgear-user-anonymous", identity.claims.isAnonymous)
        head.add("x-authgear-user-verified", identity.claims.isVerified)
        head.add("x-authgear-user-can-reauthenticate", identity.claims.canReauthenticate)
        try head.add("x-authgear-user-roles", identity.claims.roles, separator: UInt8(ascii: ","))
        if hasEmptyAMR {
            head.add("x-authgear-session-amr", "" as StaticString)
        } else {
            try head.add("x-authgear-session-amr", identity.claims.authenticationMethods, separator: amrSeparator)
        }
        if let moment = identity.authenticatedAt {
            head.add("x-authgear-session-authenticated-at", String(moment.seconds))
        }
    }

    /// Checks a user's id before the look-up that it is for.
    func check(userID: [UInt8]) throws(AnswerFault) {
        do throws(HeaderRefusal) {
            try Self.check(userID)
        } catch {
            throw .refused(error)
        }
        guard userID.count <= maximumValueLength else {
            throw .tooLong(LongAnswer(header: "x-authgear-user-id", bytes: userID.count, limit: maximumValueLength))
        }
    }

    /// Checks a value, or an item of a list.
    static func check(_ value: [UInt8]) throws(HeaderRefusal) {
        guard value.allSatisfy(\.isPrintable), value.first != UInt8(ascii: " "), value.last != UInt8(ascii: " ") else {
            throw .unprintable
        }
    }
}
