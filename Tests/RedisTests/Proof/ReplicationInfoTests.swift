import Redis
import Testing

private func info(_ text: String) throws -> ReplicationInfo { try #require(ReplicationInfo(Array(text.utf8))) }

@Suite struct `Replication info` {
    static let replica = "# Replication\r\nrole:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:"

    @Test(arguments: ["", "OK", "# Replication\r\n", "xrole:master\r\n", "role:\r\n", "role", "roles:master\r\n"])
    func `a text that names no role says nothing`(_ text: String) {
        #expect(ReplicationInfo(Array(text.utf8)) == nil)
    }

    static let toPrimary: [(text: String, failure: ProofFailure?)] = [
        ("role:master", nil), ("# Replication\r\nrole:master\r\nconnected_slaves:0\r\n", nil),
        ("role:slave\r\n", .replica), ("\(replica)0\r\n", .replica), ("role:Master\r\n", .otherRole),
        ("role:masters\r\n", .otherRole), ("role:sentinel\r\n", .otherRole), ("role: master\r\n", .otherRole),
    ]

    @Test(arguments: toPrimary)
    func `where the primary is wanted, it alone is believed`(_ text: String, _ failure: ProofFailure?) throws {
        #expect(RequiredRole.primary.objection(to: try info(text)) == failure)
    }

    static let toAny: [(text: String, failure: ProofFailure?)] = [
        ("role:master\r\n", nil), ("\(replica)0\r\n", nil), ("\(replica)15\r\n", nil),
        ("\(replica)16\r\n", .lagging), ("\(replica)9223372036854775807\r\n", .lagging),
        ("\(replica)99999999999999999999\r\n", .linkDown), ("\(replica)-1\r\n", .linkDown),
        ("\(replica)\r\n", .linkDown), ("\(replica)x\r\n", .linkDown),
        ("role:slave\r\nmaster_link_status:up\r\n", .linkDown),
        ("role:slave\r\nmaster_last_io_seconds_ago:0\r\n", .linkDown),
        ("role:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:1\r\n", .linkDown),
        ("role:other\r\n", .otherRole),
    ]

    @Test(arguments: toAny)
    func `where any is wanted, a replica counts that heard from its primary lately`(
        _ text: String, _ failure: ProofFailure?
    ) throws {
        #expect(RequiredRole.any(maximumLag: 15_000_000_000).objection(to: try info(text)) == failure)
    }

    @Test(arguments: ProofFailure.allCases)
    func `each failure says where it is, without a number that would make it another line each time`(
        _ failure: ProofFailure
    ) {
        #expect(failure.reason(at: "h:1").contains("h:1"))
        #expect(failure.reason(at: "h").allSatisfy { !$0.isNumber })
    }
}
