package import Authentication
package import Bytes
import Logging
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
package import Telemetry
package import Trust

/// A server that answers with claims, and how it is asked: one bounded attempt each, with a clear reason when it fails. An issuer's
/// introspection endpoint (RFC 7662, contract section 19), who knows a cookie's session (section 21), or an issuer's userinfo
/// endpoint (OpenID Connect Core 1.0 section 5.3, section 22).
package final class ClaimsEndpoint: QuestionEndpoint {
    package typealias Question = ClaimsQuestion
    package typealias Problem = ClaimsProblem

    package var condition: Condition {
        switch settings.manner {
        case .form: Self.introspectionCondition
        case .cookie: Self.cookieCondition
        case .bearer: Self.userinfoCondition
        }
    }

    private static let introspectionCondition = Condition(
        good: "an introspection endpoint answers again", bad: "an introspection endpoint does not answer as it should",
        badLevel: .warning)
    private static let cookieCondition = Condition(
        good: "a server that knows a cookie's sessions answers again",
        bad: "a server that knows a cookie's sessions does not answer as it should", badLevel: .warning)
    private static let userinfoCondition = Condition(
        good: "a userinfo endpoint answers again", bad: "a userinfo endpoint does not answer as it should",
        badLevel: .warning)

    /// How long what discovery found is believed.
    private static let discoveryAge = TimeAmount.hours(1)

    /// How a credential is shown to a server.
    package enum Manner: Hashable, Sendable {
        /// In a form, by a client (RFC 7662 section 2.1).
        case form(ClientCredentials)
        /// As the cookie of this name, alone.
        case cookie(named: String)
        /// As a bearer token (RFC 6750 section 2.1).
        case bearer
    }

    package struct Settings: QuestionTerms, Hashable {
        /// Whom discovery is about; empty where there is none.
        package var issuer: String
        /// Nil: discovery finds it.
        package var endpoint: FetchURL?
        /// Where a token of our own is had; nil: discovery finds it.
        package var tokenEndpoint: FetchURL?
        package var manner: Manner
        /// Whether a token of our own tells whether the endpoint means it when it calls one inactive.
        package var probes = false
        /// Whether discovery may lead to http.
        package var isInsecure = false
        package var anchors = TrustAnchors.system
        package var timeout = Duration.milliseconds(500)
        package var connections = 64
        package var waiting = 1_024

        package init(issuer: String, endpoint: FetchURL? = nil, asking manner: Manner) {
            self.issuer = issuer
            self.endpoint = endpoint
            self.manner = manner
        }
    }

    /// What discovery found, and when.
    private struct Found {
        var endpoints: DiscoveredEndpoints
        var at: NIODeadline
    }

    package let settings: Settings
    let proxies: ProxyRules
    package let client: BoundedClient
    private let assertion: ClientAssertion?
    private let clock: @Sendable () -> Timestamp
    private let found = NIOLockedValueBox<Found?>(nil)

    /// - Parameters:
    ///   - group: where connections live.
    ///   - proxies: by which it is asked.
    ///   - clock: says what time it is.
    package init(
        _ settings: Settings, group: any EventLoopGroup, proxies: ProxyRules = .none,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        self.clock = clock
        assertion =
            if case .form(let client) = settings.manner { ClientAssertion(of: client, for: settings.issuer) } else {
                nil
            }
        self.proxies = proxies
        client = settings.client(on: group, by: proxies)
    }

    package var limits: QuestionLimits { settings.limits(pace: .plain(checks: settings.probes)) }

    /// Its URL without the query, or the issuer where discovery finds it.
    package var place: String { settings.endpoint?.place ?? settings.issuer }

    package func words(for problem: ClaimsProblem) -> String { "\(purpose.label) at \(place): \(problem)" }

    private var purpose: AskedServer.Purpose {
        switch settings.manner {
        case .form: .introspection
        case .cookie: .cookie
        case .bearer: .userinfo
        }
    }

    /// Sends a question; without one gets a token of our own and asks about that.
    package func ask(
        _ question: ClaimsQuestion?, deadline: NIODeadline
    ) async -> QuestionOutcome<ClaimsEndpoint> {
        do throws(ClaimsProblem) {
            guard let question else { return try await probe(deadline: deadline) }
            return try await ask(about: question.value, deadline: deadline)
        } catch {
            return QuestionOutcome(
                result: .failed(error.failure), problem: error, isStopped: error == .request(.stopped))
        }
    }

    /// Asks once, as `check` and `inspect` do: at once, without the queue of a service that runs.
    ///
    /// - Returns: what it says, and what is wrong and where, in words; nil when nothing is.
    package func askOnce(_ question: ClaimsQuestion?) async -> (reply: ClaimsReply, trouble: String?) {
        let time = settings.time * (question == nil ? 2 : 1)
        let outcome = await ask(question, deadline: .now() + time)
        return (outcome.result.reply, outcome.warning ?? outcome.problem.map(words(for:)))
    }

    private func ask(
        about value: [UInt8], deadline: NIODeadline
    ) async throws(ClaimsProblem) -> QuestionOutcome<ClaimsEndpoint> {
        let text = String(decoding: value, as: UTF8.self)
        let (response, askedAt): (BoundedResponse, Int64)
        switch settings.manner {
        case .form(let client):
            let url = try await url(settings.endpoint, found: { $0.introspection }, deadline: deadline)
            // From before it is asked: what it says is as old as that. So for the others.
            askedAt = Self.now
            response = try await post(
                [("token", value), ("token_type_hint", Array("access_token".utf8))], by: client, to: url,
                deadline: deadline)
        case .cookie(let name):
            let url = try await url(settings.endpoint, found: { _ in nil }, deadline: deadline)
            askedAt = Self.now
            response = try await get(url, showing: ("cookie", "\(name)=\(text)"), deadline: deadline)
        case .bearer:
            let url = try await url(settings.endpoint, found: { $0.userinfo }, deadline: deadline)
            askedAt = Self.now
            response = try await get(url, showing: ("authorization", "Bearer \(text)"), deadline: deadline)
        }
        let answer = ClaimsAnswer(
            to: purpose, status: response.status, fields: response.headers, body: response.body, askedAt: askedAt)
        return QuestionOutcome(result: .answered(answer), problem: answer.fault.map { .answer($0) })
    }

    /// The steady clock, in nanoseconds.
    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    private func probe(
        deadline: NIODeadline
    ) async throws(ClaimsProblem) -> QuestionOutcome<ClaimsEndpoint> {
        let token: [UInt8]
        do throws(ClaimsProblem) {
            token = try await ownToken(deadline: deadline)
        } catch {
            return QuestionOutcome(
                result: .failed(.refused), isStopped: error == .request(.stopped),
                warning: "no token of our own could be had, so that what is called inactive is believed: \(error)")
        }
        var outcome = try await ask(about: token, deadline: deadline)
        if case .inactive = outcome.result.reply {
            outcome.warning =
                "a token of our own is called inactive: are introspection.client.id and secret right? Until it is not, no token is invalid for that"
        }
        return outcome
    }

    /// Gets one by client credentials (RFC 6749 section 4.4).
    private func ownToken(deadline: NIODeadline) async throws(ClaimsProblem) -> [UInt8] {
        guard case .form(let client) = settings.manner else { throw .noToken }
        let url = try await url(settings.tokenEndpoint, found: { $0.token }, deadline: deadline)
        let response = try await post(
            [("grant_type", Array("client_credentials".utf8))], by: client, to: url, deadline: deadline)
        switch response.status {
        case 200: break
        case 400, 401, 403: throw .answer(.clientRefused(response.status))
        default: throw .answer(.status(response.status))
        }
        guard let token = OwnToken.read(response.body) else { throw .noToken }
        return token
    }

    private func post(
        _ pairs: [(name: String, value: [UInt8])], by client: ClientCredentials, to url: FetchURL,
        deadline: NIODeadline
    ) async throws(ClaimsProblem) -> BoundedResponse {
        var headers = Self.headers
        headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        var pairs = pairs
        let (id, secret) = (client.id, client.secret)
        switch client.method {
        case .basic:
            headers.add(
                name: "authorization", value: FormText.basicAuthorization(identifier: id, secret: secret))
        case .bearer: headers.add(name: "authorization", value: "Bearer \(secret)")
        case .post: pairs += [("client_id", Array(id.utf8)), ("client_secret", Array(secret.utf8))]
        case .privateKey:
            guard let text = assertion?.text(at: clock()) else { throw .noAssertion }
            pairs += [
                ("client_id", Array(id.utf8)), ("client_assertion_type", Array(ClientAssertion.type.utf8)),
                ("client_assertion", text),
            ]
        }
        return try await send(
            BoundedRequest(url, headers: headers, trusting: settings.anchors, posting: FormText.encode(pairs)),
            deadline: deadline)
    }

    /// - Parameter field: what shows the credential; nothing else of a client's is sent.
    private func get(
        _ url: FetchURL, showing field: (name: String, value: String), deadline: NIODeadline
    ) async throws(ClaimsProblem) -> BoundedResponse {
        var headers = Self.headers
        headers.add(name: field.name, value: field.value)
        return try await send(
            BoundedRequest(url, headers: headers, trusting: settings.anchors), deadline: deadline)
    }

    private func send(
        _ request: BoundedRequest, deadline: NIODeadline
    ) async throws(ClaimsProblem) -> BoundedResponse {
        do {
            return try await client.askAgainWhenUnanswered(request, deadline: deadline)
        } catch {
            throw .request(error)
        }
    }

    private static let headers: HTTPHeaders = [
        "accept": "application/json", "accept-encoding": "identity", "user-agent": "authgear-resolver",
    ]
}

// Discovery (OpenID Connect Discovery 1.0 section 4).
extension ClaimsEndpoint {
    /// - Parameters:
    ///   - configured: nil: it is what discovery found.
    ///   - found: which of what that found.
    private func url(
        _ configured: FetchURL?, found name: (DiscoveredEndpoints) -> String?, deadline: NIODeadline
    ) async throws(ClaimsProblem) -> FetchURL {
        if let configured { return configured }
        guard let text = name(try await discover(deadline: deadline)),
            let url = try? FetchURL(text, isInsecureAllowed: settings.isInsecure)
        else { throw .notDiscovered }
        return url
    }

    private func discover(deadline: NIODeadline) async throws(ClaimsProblem) -> DiscoveredEndpoints {
        let known = found.withLockedValue(\.self)
        if let known, known.at + Self.discoveryAge > .now() { return known.endpoints }
        guard
            let url = try? FetchURL(
                FetchURL.openIDConfiguration(of: settings.issuer), isInsecureAllowed: settings.isInsecure)
        else { throw .notDiscovered }
        do {
            let request = BoundedRequest(url, headers: Self.headers, trusting: settings.anchors)
            let body = try await client.get(request, deadline: deadline).body
            guard let endpoints = DiscoveredEndpoints(body, of: settings.issuer) else {
                throw ClaimsProblem.notDiscovered
            }
            found.withLockedValue { $0 = Found(endpoints: endpoints, at: .now()) }
            return endpoints
        } catch let problem as ClaimsProblem {
            guard let known else { throw problem }
            return known.endpoints
        } catch {
            // What was found before serves on.
            guard let known else { throw .request((error as? RequestFailure) ?? .brokenAnswer) }
            return known.endpoints
        }
    }
}

/// Who we are to the server that is asked.
package struct ClientCredentials: Hashable, Sendable {
    /// How that is shown.
    package enum Method: String, CaseIterable, Sendable {
        /// By `Authorization: Basic` (RFC 6749 section 2.3.1).
        case basic
        /// In the form.
        case post
        /// The secret is a bearer token.
        case bearer
        /// By a token that is signed by the secret, a private key in PEM (RFC 7523 section 2.2).
        case privateKey = "private_key_jwt"
    }

    package var id: String
    package var secret: String
    package var method: Method

    package init(id: String, secret: String, method: Method = .basic) {
        self.id = id
        self.secret = secret
        self.method = method
    }
}

extension ClientCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "client \(id)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// What is wrong with a server that is asked for claims, for a person: holds no byte that came from the network.
package enum ClaimsProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case request(RequestFailure)
    case answer(ClaimsFault)
    /// The OpenID configuration has no such endpoint, or one that may not be asked.
    case notDiscovered
    /// The token endpoint's answer has no token.
    case noToken
    /// The client's key signs nothing.
    case noAssertion

    package var description: String {
        switch self {
        case .request(.tooLarge): "the answer is larger than 64 KiB"
        case .request(let failure): "\(failure)"
        case .answer(let fault): "\(fault)"
        case .notDiscovered:
            "the issuer's OpenID configuration can't be read, is another issuer's, or names no endpoint that may be asked; set endpoint"
        case .noToken: "the token endpoint's answer has no access_token"
        case .noAssertion: "the client's private key can't be used"
        }
    }

    /// What it means for a token that was asked about.
    package var failure: AskFailure {
        switch self {
        case .request(let failure): failure.askFailure
        case .answer(let fault): fault.failure
        case .notDiscovered, .noToken, .noAssertion: .refused
        }
    }
}

extension RequestFailure {
    fileprivate var askFailure: AskFailure {
        switch self {
        case .trust, .proxy, .nameNotResolved, .notConnected, .tls, .unanswered, .connectionEnded, .stopped:
            .unreachable
        case .timedOut: .timedOut
        case .status(429), .status(503): .overloaded
        case .status, .redirect: .refused
        case .brokenAnswer, .tooLarge: .unreadable
        }
    }
}
