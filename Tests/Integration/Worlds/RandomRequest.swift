import JOSE

/// A request with some credentials of a world, or of nobody.
struct RandomRequest {
    struct JWT {
        /// The opaque token whose access grant it is; nil: its `jti` is no hash.
        var grant: String?
        var subject: String
        /// Whether its time and its signature are right.
        var isGood: Bool
    }

    enum Credential {
        case opaque(String)
        case jwt(JWT)
        /// What has the form of a JWT and is none.
        case garbage
        case app(String)
        case session(String)
    }

    enum Place { case authorization, appSession, appAccessToken, session }

    private(set) var isRequire: Bool
    /// Those that are presented, in the order in which they stand in the request.
    private(set) var presented: [(place: Place, credential: Credential)] = []
    /// The head.
    private(set) var text: String

    init(of world: RandomWorld, _ draw: inout Draw, now: Int64) throws {
        isRequire = draw.chance(30)
        text = "GET \(isRequire ? "/require" : "/resolve") HTTP/1.1\r\nHost: worlds\r\n"
        var fields: [String] = []
        var cookies: [String] = []
        let count = draw.chance(4) ? draw.number(5...8) : draw.one(of: [0, 1, 1, 1, 1, 2, 2, 3, 4])
        for _ in 0..<count {
            let place = draw.one(of: [Place.authorization, .authorization, .appSession, .appAccessToken, .session])
            if place == .authorization {
                guard fields.isEmpty else { continue }
                fields.append(try authorization(of: world, &draw, now: now))
            } else {
                cookies.append(try cookie(at: place, of: world, &draw, now: now))
                let others = ["theme=dark", "sessions=x.y", "Session=x.y", "x"]
                if draw.chance(10) { cookies.append(draw.one(of: others)) }
            }
        }
        // On one line, or on one each.
        if draw.chance(80), !cookies.isEmpty {
            cookies = [cookies.joined(separator: draw.one(of: ["; ", ";", " ; "]))]
        }
        for line in fields + cookies.map({ "Cookie: \($0)" }) { text += line + "\r\n" }
        text += "\r\n"
    }

    private mutating func authorization(of world: RandomWorld, _ draw: inout Draw, now: Int64) throws -> String {
        if draw.chance(5) { return "Authorization: Basic dTpw" }
        let value = try token(at: .authorization, of: world, &draw, now: now)
        return "Authorization: \(draw.one(of: ["Bearer", "Bearer", "bearer", "BEARER"])) \(value)"
    }

    private mutating func cookie(
        at place: Place, of world: RandomWorld, _ draw: inout Draw, now: Int64
    ) throws -> String {
        let (name, value): (String, String)
        switch place {
        case .appSession:
            (name, value) = ("app_session", draw.chance(92) ? draw.one(of: world.appValues) : "a-of-nobody")
            presented.append((place, .app(value)))
        case .session:
            let secret = RandomWorld.secret(ofSession: draw.one(of: world.sessionIDs))
            name = "session"
            value = draw.chance(90) ? secret : draw.one(of: [secret + "s", "s-of-nobody.x", "nodot", "a.b.c", ".x"])
            presented.append((place, .session(value)))
        case .appAccessToken, .authorization:
            (name, value) = ("app_access_token", try token(at: place, of: world, &draw, now: now))
        }
        return draw.chance(10) ? "\(name)=\"\(value)\"" : "\(name)=\(value)"
    }

    private mutating func token(
        at place: Place, of world: RandomWorld, _ draw: inout Draw, now: Int64
    ) throws -> String {
        if draw.chance(4) {
            presented.append((place, .garbage))
            return "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"
        }
        let grant = draw.chance(94) ? draw.one(of: world.tokens) : "t-of-nobody"
        guard draw.chance(35) else {
            presented.append((place, .opaque(grant)))
            return grant
        }
        var jwt = JWT(grant: draw.chance(96) ? grant : nil, subject: draw.one(of: world.users), isGood: true)
        // Whose session it is, mostly.
        if draw.chance(85), let access = world.access[grant]?.value {
            let session = world.grants[access.session]?.value.session ?? world.sessions[access.session]?.value
            jwt.subject = session?.user ?? jwt.subject
        }
        let isLate = draw.chance(4)
        let isForged = draw.chance(4)
        jwt.isGood = !isLate && !isForged
        presented.append((place, .jwt(jwt)))
        return try Self.text(of: jwt, expiry: now / WorldSettings.second + (isLate ? -60 : 1_800), isForged: isForged)
    }

    static let key = Result { try SigningKey(generating: .es256, kid: "w1") }
    private static let stranger = Result { try SigningKey(generating: .es256, kid: "w1") }

    private static func text(of jwt: JWT, expiry: Int64, isForged: Bool) throws -> String {
        let identity = jwt.grant.map(WorldText.hash) ?? "58aaa4d9"
        let claims = """
            {"iss":"\(WorldSettings.issuer)","aud":["\(Mint.audience)"],"sub":\(WorldText.quote(jwt.subject)),\
            "exp":\(expiry),"jti":"\(identity)","https://authgear.com/claims/user/roles":["of_the_token"]}
            """
        let key = try isForged ? stranger.get() : key.get()
        return String(decoding: try key.token(claims: Array(claims.utf8)), as: UTF8.self)
    }
}
