import Bytes
import Tokens

/// Turns an identity into the bytes of its answer (contract section 3).
///
/// Nothing that came from a token or a store breaks out of its header: a value that holds a byte outside printable
/// ASCII, that begins or ends with a space (a recipient strips it, RFC 9110 section 5.5, and would see another value),
/// that is too long, or a list's item that holds the list's separator, is refused.
package struct AnswerFormat: Sendable {
    /// How long a header's value may be, in bytes. Three can be long, the user's id, the roles and the authentication methods,
    /// and all of them fit the buffer of a gateway: 16 KiB in `nginx/locations.conf` (`proxy_buffer_size`).
    package static let maximumValueLength = 4096

    /// What stands between two authentication methods: one printable ASCII character.
    package var amrSeparator: UInt8

    package init(amrSeparator: UInt8) {
        self.amrSeparator = amrSeparator
    }

    package func answer(for identity: Identity) throws(HeaderRefusal) -> Answer {
        var head = HeadWriter(status: "200 OK")
        head.add("x-authgear-session-valid", "true")
        try head.add("x-authgear-user-id", checked: identity.userID)
        head.add("x-authgear-user-anonymous", identity.claims.isAnonymous)
        head.add("x-authgear-user-verified", identity.claims.isVerified)
        head.add("x-authgear-user-can-reauthenticate", identity.claims.canReauthenticate)
        try head.add("x-authgear-user-roles", identity.claims.roles, separator: UInt8(ascii: ","))
        try head.add("x-authgear-session-amr", identity.claims.authenticationMethods, separator: amrSeparator)
        if let moment = identity.authenticatedAt {
            head.add("x-authgear-session-authenticated-at", String(moment.seconds))
        }
        return Answer(outcome: .valid, head: head.bytes)
    }

    /// Checks a value, or an item of a list.
    static func check(_ value: [UInt8]) throws(HeaderRefusal) {
        guard value.count <= maximumValueLength else { throw .tooLong }
        guard value.allSatisfy(\.isPrintable), value.first != UInt8(ascii: " "), value.last != UInt8(ascii: " ") else {
            throw .unprintable
        }
    }
}
