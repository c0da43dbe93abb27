import Bytes
import JOSE

/// What an answer asserts to a backend in a token of our own (contract section 20), and the token that was signed last.
///
/// An object, so that whatever answers share it share the signature: all are of the one event loop whose resolver made it.
final class Assertion {
    let signer: AssertionSigner
    /// The members of the payload about the user, each behind a comma.
    private let claims: [UInt8]
    private let end: CredentialEnd?
    /// When it was signed last, in microseconds since 1970, and for how many from then on that serves; none before the first time.
    private var signedAt: Int64 = 0
    private var serves: UInt64 = 0
    /// The token that was signed last, as the line of an answer; empty before the first time.
    private(set) var line: [UInt8] = []

    init(of identity: Identity, on terms: CredentialTerms, by signer: AssertionSigner) {
        self.signer = signer
        claims = Self.claims(of: identity, on: terms)
        end = terms.end
    }

    /// Whether it has to be signed before the answer is given: never yet, too long ago, or by a clock that was set back since.
    @inline(__always)
    func isDue(at now: Timestamp) -> Bool {
        // One comparison: what is later than now is further than any span.
        UInt64(bitPattern: now.microseconds &- signedAt) >= serves
    }

    /// Signs it; false when libcrypto can't.
    func sign(at now: Timestamp, by renderer: any ResponseRenderer) -> Bool {
        // In whole seconds. One that ends within this second is good for all of it: else it would be over when it is made.
        let end = min(now + signer.lifetime, end?.last(at: now) ?? .distantFuture).seconds
        let expiry = max(end, now.seconds + 1)
        guard let token = signer.sign(claims, issuedAt: now.seconds, expiry: expiry) else { return false }
        var fields = ResponseFields()
        fields.add(signer.header)
        fields.append(token)
        line = renderer.render(added: fields)
        signedAt = now.microseconds
        // No longer than it says itself: after that there may be a later end.
        let half = signer.lifetime.wholeMicroseconds / 2
        let rest = Timestamp(seconds: expiry).microseconds - now.microseconds
        serves = UInt64(min(half, rest))
        return true
    }

    /// How long the header's value is, in bytes.
    var length: Int { signer.length(with: claims) }

    /// How long the line is, with its name and its end.
    var lineLength: Int { signer.header.utf8.count + length + 4 }

    /// The memory that it takes: the object, and both arrays once it is signed.
    var memory: Int { 80 + 32 + claims.capacity + 32 + lineLength }

    /// Under the names by which Authgear's own tokens state them (contract section 4).
    private static func claims(of identity: Identity, on terms: CredentialTerms) -> [UInt8] {
        var json = JSONWriter()
        json.append(#","sub":"#)
        json.append(string: identity.userID)
        json.append(#","https://authgear.com/claims/user/is_anonymous":"#, flag: identity.claims.isAnonymous)
        json.append(#","https://authgear.com/claims/user/is_verified":"#, flag: identity.claims.isVerified)
        json.append(
            #","https://authgear.com/claims/user/can_reauthenticate":"#, flag: identity.claims.canReauthenticate)
        if let roles = identity.claims.roles {
            json.append(#","https://authgear.com/claims/user/roles":"#)
            json.append(strings: roles)
        }
        if let methods = identity.claims.authenticationMethods {
            json.append(#","amr":"#)
            json.append(strings: methods)
        }
        if let moment = identity.authenticatedAt {
            json.append(#","auth_time":"#)
            json.append(moment.seconds)
        }
        // What is no scope value would be several, or others, to who splits them (RFC 6749 section 3.3).
        let scopes = terms.scopes.filter { !$0.isEmpty && $0.allSatisfy(\.isScopeCharacter) }
        if !scopes.isEmpty {
            json.append(#","scope":"#)
            json.append(string: scopes.joined(separator: [UInt8(ascii: " ")]))
        }
        if let client = terms.client {
            json.append(#","client_id":"#)
            json.append(string: client)
        }
        if let first = terms.contexts.first {
            json.append(#","acr":"#)
            if terms.contexts.count == 1 { json.append(string: first) } else { json.append(strings: terms.contexts) }
        }
        return json.bytes
    }
}

extension JSONWriter {
    /// Adds a member that somebody stated.
    fileprivate mutating func append(_ name: StaticString, flag value: Bool?) {
        guard let value else { return }
        append(name)
        append(value ? "true" : "false")
    }
}
