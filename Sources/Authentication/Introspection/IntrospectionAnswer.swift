import Bytes
import JOSE

/// An answer of an introspection endpoint, read (RFC 7662 section 2.2, contract section 19).
///
/// Every byte of it is hostile: what is no right answer is a fault, and never a valid or an invalid token.
package struct IntrospectionAnswer: Sendable {
    private enum Content {
        case active(ClaimsSet)
        case inactive
        case faulty(IntrospectionFault)
    }

    package let status: Int
    /// How long the endpoint asks to be left alone, in nanoseconds and bounded; nil when it doesn't.
    package let pause: Int64?
    /// When it was asked, on the steady clock, in nanoseconds.
    private let askedAt: Int64
    private let content: Content

    /// - Parameter fields: the header fields, in any case and order.
    package init(
        status: Int, fields: some Sequence<(name: String, value: String)>, body: [UInt8], askedAt: Int64
    ) {
        self.status = status
        self.askedAt = askedAt
        pause = RetryAfter.pause(status: status, fields)
        do throws(IntrospectionFault) {
            content = try Self.content(status: status, body)
        } catch {
            content = .faulty(error)
        }
    }

    /// What it says about the token.
    package var reply: IntrospectionReply {
        switch content {
        case .active(let claims): .active(claims, askedAt: askedAt)
        case .inactive: .inactive(askedAt: askedAt)
        case .faulty(let fault): .unknown(fault.failure)
        }
    }

    /// What is wrong with it; nil when nothing is.
    package var fault: IntrospectionFault? {
        if case .faulty(let fault) = content { fault } else { nil }
    }

    private static func content(status: Int, _ body: [UInt8]) throws(IntrospectionFault) -> Content {
        guard status == 200 else { throw .status(status) }
        guard let claims = try? ClaimsSet(reading: body) else { throw .notAnObject }
        // In no other form than this one: what is "true" or 1 was not made by who knows the rules.
        guard let isActive = claims.boolean(at: ClaimPlace("active")) else { throw .noActive }
        return isActive ? .active(claims) : .inactive
    }
}

/// What is wrong with an answer. Its description is for a person, and holds no byte of the answer.
package enum IntrospectionFault: Error, Hashable, Sendable {
    case status(Int)
    /// Not one JSON object without duplicate names.
    case notAnObject
    /// There is no boolean `active` in it.
    case noActive

    package var failure: AskFailure {
        switch self {
        case .status(429), .status(503): .overloaded
        case .status: .refused
        case .notAnObject, .noActive: .unreadable
        }
    }
}

extension IntrospectionFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(let code) where [400, 401, 403].contains(code):
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

    /// Nil unless it is an OpenID configuration of this issuer.
    package init?(_ json: [UInt8], of issuer: String) {
        guard let claims = try? ClaimsSet(reading: json), claims.text(at: ClaimPlace("issuer")) == Array(issuer.utf8)
        else { return nil }
        introspection = claims.text(at: ClaimPlace("introspection_endpoint")).map {
            String(decoding: $0, as: UTF8.self)
        }
        token = claims.text(at: ClaimPlace("token_endpoint")).map { String(decoding: $0, as: UTF8.self) }
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
