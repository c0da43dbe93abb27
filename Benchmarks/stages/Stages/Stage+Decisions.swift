import Authentication
import Bytes
import JOSE

extension Stage {
    /// Whole decisions from memory, digest included.
    static var decisions: [Stage] {
        [
            decision("decision, no credential", [Samples.head()]),
            decision("decision, cached JWT", [Samples.head(authorization: Samples.token())]),
            served("request, no policy, cached JWT", "/require") { Desk() },
            served("request, under one of 64 policies, cached JWT", "/policy/p42/require") { Desk(policies: 64) },
            served("request, told of one of 64 policies, cached JWT", "/policy/p42/resolve") { Desk(policies: 64) },
            served("request, one of 64 issuers and of 64 policies, cached JWT", "/policy/p42/require") {
                Desk(policies: 64, otherIssuers: 63)
            },
            served("request, introspected token", "/require", authorization: opaque) { Desk(introspects: true) },
            served("request, API token", "/require", authorization: opaque) { Desk(apiToken: opaque) },
            decision("decision, forged JWT, repeated", [Samples.head(authorization: forged)]),
            newToken,
            decision("decision, cached session", [session()]),
            decision("decision, cached session, the last of 10 cookies", [Samples.head(cookies: Samples.cookies)]),
        ]
    }

    /// From the head to the answer, which is in memory.
    private static func served(
        _ name: String, _ path: String, authorization: [UInt8] = Samples.token(), by desk: @escaping () -> Desk
    ) -> Stage {
        Stage(name) {
            let desk = desk()
            let head = Samples.head(path, authorization: authorization)
            desk.settle(Request(head), Samples.cookie())
            // A request that waits costs something else, and would go unnoticed.
            precondition(desk.serve(head, times: 1) > 0, "\(name): it is not answered from memory")
            return { times in desk.serve(head, times: times) }
        }
    }

    /// As long as a JWT, and none.
    private static var opaque: [UInt8] {
        Samples.token().map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
    }

    /// What a decision from memory takes beside the digest, with more and more in memory, asked for in turn.
    static var hits: [Stage] {
        let token = digest("token", Samples.token())
        let cookie = digest("cookie", Array(Samples.cookie().utf8))
        return [decision("cache hit, 1 token", [Samples.head(authorization: Samples.token())], without: token)]
            + [1, 1_000, 100_000].map { count in
                decision("cache hit, 1 of \(count) sessions", sessions: count, without: cookie)
            }
    }

    /// More tokens in turn than are remembered, so that each is a new one when it comes.
    private static var newToken: Stage {
        Stage("decision, new JWT") {
            let desk = Desk(remembering: 64)
            let requests = (0..<256).map { Request(Samples.head(authorization: Samples.token(.rs256, $0))) }
            return { times in desk.decide(requests, times: times) }
        }
    }

    private static func decision(_ name: String, _ heads: [[UInt8]], without part: Stage? = nil) -> Stage {
        Stage(name, without: part) {
            let desk = Desk()
            let requests = heads.map(Request.init)
            for request in requests { desk.settle(request, Samples.cookie()) }
            precondition(desk.decide(requests, times: 1) > 0, "\(name): it is not answered from memory")
            return { times in desk.decide(requests, times: times) }
        }
    }

    private static func decision(_ name: String, sessions count: Int, without part: Stage) -> Stage {
        Stage(name, without: part) {
            let desk = Desk()
            let requests = (0..<count).map { number in
                let request = Request(session(Samples.cookie(number)))
                desk.settle(request, Samples.cookie(number))
                return request
            }
            return { times in desk.decide(requests, times: times) }
        }
    }

    private static func session(_ cookie: String = Samples.cookie()) -> [UInt8] {
        Samples.head(cookies: "session=" + cookie)
    }

    private static var forged: [UInt8] {
        var token = Samples.token()
        token[token.count - 100] ^= 1
        return token
    }
}
