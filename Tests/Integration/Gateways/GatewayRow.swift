import Foundation

/// A request to a gateway, and what has to become of it: a row of the table that every gateway passes.
struct GatewayRow: Sendable {
    /// What the files choose by the path, as all of them have it.
    enum Place: String, CaseIterable, Sendable {
        case resolve = "/"
        case require = "/account/"
        case policy = "/policies/admin/"
        case clear = "/public/"
    }

    /// Who sends it.
    enum Sender: Sendable {
        case nobody
        case session
        /// A session of a user without roles, whom the policy refuses.
        case plain
        case token
        /// A token without the role.
        case plainToken
        case invalid
        case forged
        /// A session whose user's record is not there.
        case unknown
        /// With a token of some 12 and of almost 16 kB.
        case longToken, longestToken

        static let all: [Sender] = [.nobody, .session, .plain, .token, .plainToken, .invalid, .forged, .unknown]
    }

    let promise: Promise
    let name: String
    var method = "GET"
    var path: String
    let place: Place
    let sender: Sender
    /// Lines of the head beside those that the sender needs.
    var fields: [String] = []
    var body = ""
    /// Other statuses that will do, as nothing arrives then.
    var orStatuses: [Int] = []
    /// What the backend answers, by the path.
    var backendStatus = 200
    /// What has to arrive as the body.
    var arrivingBody = ""

    init(
        _ promise: Promise, _ name: String, _ sender: Sender, at place: Place, path: String = "",
        method: String = "GET",
        fields: [String] = [], body: String = "", orStatuses: [Int] = []
    ) {
        (self.promise, self.name, self.sender, self.place) = (promise, name, sender, place)
        self.path = place.rawValue + path
        (self.method, self.fields, self.body, self.orStatuses) = (method, fields, body, orStatuses)
    }

    /// The request as it is sent.
    func request() throws -> String {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: test"] + fields + (try sender.fields())
        return lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    /// What is wrong with what became of it; nil when nothing is.
    func fault(_ response: Response) throws -> String? {
        let arrived = try ArrivedRequest(response)
        if orStatuses.contains(response.status), arrived == nil { return nil }
        let said = "\(name): \(response.status)"
        switch sender.outcome(at: place) {
        case .arrives(let identity):
            guard let arrived else { return "\(said), and nothing arrived" }
            guard arrived.identity == identity else { return "\(name): arrived as \(arrived.identity)" }
            guard response.status == backendStatus else { return "\(said), and not the backend's \(backendStatus)" }
            guard arrived.body == arrivingBody else {
                return "\(said), and a body of \(arrived.body.utf8.count) bytes arrived"
            }
            return isHidden ? shown(response) : nil
        case .answered(let status, let challenge):
            if let arrived { return "\(name): arrived as \(arrived.identity)" }
            guard response.status == status else { return said }
            if isHidden, let shown = shown(response) { return shown }
            if status == 503 {
                return response["retry-after"] == "1"
                    ? nil : "\(said), Retry-After \(response["retry-after"] ?? "absent")"
            }
            return response["www-authenticate"] == challenge
                ? nil : "\(said), WWW-Authenticate \(response["www-authenticate"] ?? "absent")"
        }
    }

    /// Whether it is about what the client is told.
    private var isHidden: Bool { promise == .hidden }

    private func shown(_ response: Response) -> String? {
        let shown = response.fields.map(\.name).filter { $0.lowercased().hasPrefix("x-authgear-") }
        return shown.isEmpty ? nil : "\(name): the client sees \(shown)"
    }
}

extension GatewayRow.Sender {
    enum Outcome {
        case arrives([String])
        case answered(Int, challenge: String?)
    }

    func fields() throws -> [String] {
        switch self {
        case .nobody: []
        case .session: ["Cookie: a=1; session=\(Sessions.good.cookie)"]
        case .plain: ["Cookie: session=\(Sessions.plain.cookie)"]
        case .token: ["Authorization: Bearer \(try Mint.token())"]
        case .plainToken: ["Authorization: Bearer \(try Mint.token(["https://authgear.com/claims/user/roles": "[]"]))"]
        case .longToken: try Self.token(filledWith: 8_300)
        case .longestToken: try Self.token(filledWith: 11_200)
        case .invalid: ["Cookie: session=a.b"]
        case .forged: ["Authorization: Bearer \(try Mint.tamperedToken())"]
        case .unknown: ["Cookie: session=\(Sessions.userMissing.cookie)"]
        }
    }

    private static func token(filledWith count: Int) throws -> [String] {
        let filler = Mint.quote(String(repeating: "x", count: count))
        return ["Authorization: Bearer \(try Mint.token(["filler": filler]))"]
    }

    /// The fields that describe the user; nil when the credential is not valid.
    private var identity: [String]? {
        switch self {
        case .session: Sessions.identity
        case .token, .longToken, .longestToken: Mint.identity
        case .plainToken: Mint.identity.filter { !$0.hasPrefix("user-roles") }
        case .plain:
            [
                "session-authenticated-at: \(Int(Sessions.plain.createdAt.timeIntervalSince1970))",
                "session-valid: true",
                "user-anonymous: true", "user-can-reauthenticate: true", "user-id: u-plain", "user-verified: false",
            ]
        case .nobody, .invalid, .forged, .unknown: nil
        }
    }

    func outcome(at place: GatewayRow.Place) -> Outcome {
        if place == .clear { return .arrives([]) }
        if self == .unknown { return .answered(503, challenge: nil) }
        if let identity {
            guard place == .policy else { return .arrives(identity) }
            switch self {
            case .plain: return .answered(403, challenge: nil)
            case .plainToken: return .answered(403, challenge: #"Bearer error="insufficient_scope""#)
            default: return .arrives(identity)
            }
        }
        if place == .resolve { return .arrives(self == .nobody ? [] : ["session-valid: false"]) }
        return .answered(401, challenge: self == .forged ? #"Bearer error="invalid_token""# : "Bearer")
    }
}
