import Bytes
import JOSE

/// The eight headers of an answer of Authgear's, as they came. All others are nobody's business.
struct AuthgearFields {
    enum Name: String, CaseIterable {
        case sessionValid = "x-authgear-session-valid"
        case userID = "x-authgear-user-id"
        case userAnonymous = "x-authgear-user-anonymous"
        case userVerified = "x-authgear-user-verified"
        case userCanReauthenticate = "x-authgear-user-can-reauthenticate"
        case userRoles = "x-authgear-user-roles"
        case sessionAMR = "x-authgear-session-amr"
        case sessionAuthenticatedAt = "x-authgear-session-authenticated-at"
    }

    /// The last second of the year 9999.
    private static let lastSecond: Int64 = 253_402_300_799

    /// Without white space around them; of an empty one it is only known that it came.
    private var values: [Name: [UInt8]] = [:]

    init(_ fields: some Sequence<(name: String, value: String)>) throws(AuthgearFault) {
        for field in fields {
            guard let name = Name(rawValue: field.name.lowercased()) else { continue }
            let value = Self.trim(Array(field.value.utf8))
            guard values.updateValue(value, forKey: name) == nil else { throw .header(name.rawValue) }
        }
    }

    /// The header's value; nil when there is none, or an empty one.
    private func value(_ name: Name) throws(AuthgearFault) -> [UInt8]? {
        guard let value = values[name], !value.isEmpty else { return nil }
        try Self.check(value, of: name)
        return value
    }

    private func boolean(_ name: Name) throws(AuthgearFault) -> Bool? {
        guard let value = try value(name) else { return nil }
        if value == Array("true".utf8) { return true }
        guard value == Array("false".utf8) else { throw .header(name.rawValue) }
        return false
    }

    /// The items between separators; empty ones are left out.
    private func list(
        _ name: Name, isSeparator: (UInt8) -> Bool
    ) throws(AuthgearFault) -> [[UInt8]]? {
        guard let value = try value(name) else { return nil }
        let items = value.split(whereSeparator: isSeparator).map(Array.init)
        for item in items { try Self.check(item, of: name) }
        return items
    }

    /// Whole seconds, as they are written: without sign and leading zeros.
    private func moment(_ name: Name) throws(AuthgearFault) -> Timestamp? {
        guard let value = try value(name) else { return nil }
        guard value.count <= 12, value.allSatisfy(\.isDigit), value.count == 1 || value[0] != UInt8(ascii: "0"),
            let seconds = Int64(String(decoding: value, as: UTF8.self)), seconds <= Self.lastSecond
        else { throw .header(name.rawValue) }
        return Timestamp(seconds: seconds)
    }

    private static func check(_ value: [UInt8], of name: Name) throws(AuthgearFault) {
        do throws(HeaderRefusal) { try FieldWriter.check(value) } catch { throw .header(name.rawValue) }
    }

    private static func trim(_ value: [UInt8]) -> [UInt8] {
        var rest = value[...].drop(while: \.isFieldSpace)
        while rest.last?.isFieldSpace == true { rest.removeLast() }
        return Array(rest)
    }
}

extension AuthgearFields {
    /// Nil when the answer does not say.
    var isSessionValid: Bool? {
        get throws(AuthgearFault) { try boolean(.sessionValid) }
    }

    /// Everything but whether the session is valid; nil without a user.
    var identity: Identity? {
        get throws(AuthgearFault) {
            let userID = try value(.userID)
            let claims = IdentityClaims(
                isAnonymous: try boolean(.userAnonymous), isVerified: try boolean(.userVerified),
                canReauthenticate: try boolean(.userCanReauthenticate),
                roles: try list(.userRoles) { $0 == UInt8(ascii: ",") },
                authenticationMethods: try list(.sessionAMR) { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") })
            let moment = try moment(.sessionAuthenticatedAt)
            return userID.map { Identity(userID: $0, claims: claims, authenticatedAt: moment) }
        }
    }
}
