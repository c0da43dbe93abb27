import Bytes
import JOSE

/// An answer of a server that was asked about a credential, read: of an introspection endpoint (RFC 7662 section 2.2, contract
/// section 19), of who knows a cookie's session (section 21), or of a userinfo endpoint (OpenID Connect Core 1.0 section 5.3,
/// section 22).
///
/// Every byte of it is hostile: what is no right answer is a fault, and never a valid or an invalid credential. Of the header
/// fields one alone is looked at.
package struct ClaimsAnswer: Sendable {
    private enum Content {
        case active(ClaimsSet)
        case inactive
        case faulty(ClaimsFault)
    }

    package let status: Int
    /// How long the endpoint asks to be left alone, in nanoseconds and bounded; nil when it doesn't.
    package let pause: Int64?
    /// When it was asked, on the steady clock, in nanoseconds.
    private let askedAt: Int64
    private let content: Content

    /// - Parameter fields: the header fields, in any case and order.
    package init(
        to purpose: AskedServer.Purpose = .introspection, status: Int,
        fields: some Sequence<(name: String, value: String)>, body: [UInt8], askedAt: Int64
    ) {
        self.status = status
        self.askedAt = askedAt
        pause = RetryAfter.pause(status: status, fields)
        do throws(ClaimsFault) {
            content = try Self.content(to: purpose, status: status, body)
        } catch {
            content = .faulty(error)
        }
    }

    /// What it says about the credential.
    package var reply: ClaimsReply {
        switch content {
        case .active(let claims): .active(claims, askedAt: askedAt)
        case .inactive: .inactive(askedAt: askedAt)
        case .faulty(let fault): .unknown(fault.failure)
        }
    }

    /// What is wrong with it; nil when nothing is.
    package var fault: ClaimsFault? {
        if case .faulty(let fault) = content { fault } else { nil }
    }

    private static func content(
        to purpose: AskedServer.Purpose, status: Int, _ body: [UInt8]
    ) throws(ClaimsFault) -> Content {
        switch (purpose, status) {
        case (_, 200): break
        case (.cookie, 401), (.cookie, 403), (.userinfo, 401): return .inactive
        case (.introspection, 400), (.introspection, 401), (.introspection, 403): throw .clientRefused(status)
        default: throw .status(status)
        }
        guard let claims = try? ClaimsSet(reading: body, nullIsAbsent: purpose != .introspection) else {
            throw .notAnObject
        }
        guard purpose == .introspection else { return .active(claims) }
        // In no other form than this one: what is "true" or 1 was not made by who knows the rules.
        guard let isActive = claims.boolean(at: ClaimPlace("active")) else { throw .noActive }
        return isActive ? .active(claims) : .inactive
    }
}

/// What is wrong with an answer. Its description is for a person, and holds no byte of the answer.
package enum ClaimsFault: Error, Hashable, Sendable {
    case status(Int)
    /// A status by which an introspection or a token endpoint refuses who asks.
    case clientRefused(Int)
    /// Not one JSON object without duplicate names.
    case notAnObject
    /// There is no boolean `active` in it.
    case noActive

    package var failure: AskFailure {
        switch self {
        case .status(429), .status(503): .overloaded
        case .status, .clientRefused: .refused
        case .notAnObject, .noActive: .unreadable
        }
    }
}

extension ClaimsFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .clientRefused(let code):
            "status \(code): are introspection.client.id, secret and method right?"
        case .status(429): "status 429: it is asked too much"
        case .status(let code): "status \(code) instead of 200"
        case .notAnObject: "the answer is not one JSON object"
        case .noActive: "the answer has no boolean active"
        }
    }
}

/// What an OpenID configuration says of where to ask (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
package struct DiscoveredEndpoints: Sendable {
    /// Unchecked; nil when there is none.
    package let introspection: String?
    package let token: String?
    package let userinfo: String?

    /// Nil unless it is an OpenID configuration of this issuer.
    package init?(_ json: [UInt8], of issuer: String) {
        guard let claims = try? ClaimsSet(reading: json), claims.text(at: ClaimPlace("issuer")) == Array(issuer.utf8)
        else { return nil }
        let text = { (name: String) in
            claims.text(at: ClaimPlace(name)).map { String(decoding: $0, as: UTF8.self) }
        }
        introspection = text("introspection_endpoint")
        token = text("token_endpoint")
        userinfo = text("userinfo_endpoint")
    }
}

/// A token of our own, as a token endpoint gives it (RFC 6749 section 5.1).
package enum OwnToken {
    /// Nil when the answer has none.
    package static func read(_ json: [UInt8]) -> [UInt8]? {
        guard let token = (try? ClaimsSet(reading: json))?.text(at: ClaimPlace("access_token")), !token.isEmpty else {
            return nil
        }
        return token
    }
}
