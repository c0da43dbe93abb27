import Redis
import Testing

@Suite struct `Connection failures` {
    static let address = "redis://user:secret@h"

    @Test(
        arguments: [
            (.unreachable("connection refused"), "cannot reach redis at h:6379: connection refused"),
            (.unknownHost, "cannot reach redis at h:6379: the host name has no address"),
            (.tls("the handshake failed"), "cannot speak TLS with redis at h:6379: the handshake failed"),
            (.silent, "redis at h:6379 did not answer within connect_timeout: does it want TLS (rediss://)?"),
            (.stuck, "redis at h:6379 stopped answering"),
            (.refused(.auth, .wrongPassword), "redis at h:6379 refused AUTH: \(RedisErrorCode.wrongPassword.words)"),
            (
                .refused(.auth, .generic),
                "redis at h:6379 refused AUTH: it is too old to know users (before redis 6): leave the user out of the URL"
            ),
            (.refused(.select, .noPermission), "redis at h:6379 refused SELECT: \(RedisErrorCode.noPermission.words)"),
            (.refused(.ping, .loading), "redis at h:6379 refused PING: \(RedisErrorCode.loading.words)"),
            (.nonsense(.malformed), "what answers at h:6379 does not speak the redis protocol"),
            (.nonsense(.tooLarge), "redis at h:6379 sent a reply larger than is allowed"),
            (.unsolicited, "redis at h:6379 sent a reply that nobody asked for"),
            (
                .mixedUp,
                "redis at h:6379 gave another record than was asked for: does a proxy in between mix replies up?"
            ),
            (.turnedAway, "redis at h:6379 closed the connection at once: does it want TLS (rediss://)?"),
            (.closedByServer, "redis at h:6379 closed the connection"),
            (.stopped, "the connection to redis at h:6379 was closed"),
        ] as [(ConnectionFailure, String)])
    func `each is a sentence that says where and what`(_ failure: ConnectionFailure, _ sentence: String) throws {
        #expect(failure.reason(at: try RedisAddress(url: Self.address)) == sentence)
    }

    @Test(
        arguments: [
            (.nonsense(.malformed), .refused), (.nonsense(.tooLarge), .refused), (.unsolicited, .refused),
            (.stuck, .disconnected), (.closedByServer, .disconnected), (.stopped, .disconnected),
        ] as [(ConnectionFailure, LookUpFailure)])
    func `who waits is told whether the store was gone or talked nonsense`(
        _ failure: ConnectionFailure, _ told: LookUpFailure
    ) {
        #expect(failure.lookUpFailure == told)
    }
}
