import Redis
import Testing

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

private func server(_ id: String) throws -> ServerID {
    try #require(ServerID(info: Array("run_id:\(id)\r\n".utf8)))
}

/// Whether one worker may answer from memory.
@Suite struct `Memory lease` {
    @Test func `memory is trusted once lease and proof are of one server, in whichever order`() throws {
        let a = try server("a")
        var proofFirst = MemoryLease()
        #expect(proofFirst.proven(sent: at(0), by: a, at: at(1)) == .none)
        #expect(!proofFirst.isOn)
        #expect(proofFirst.leased(until: at(500), of: a, at: at(2)) == .trust(until: at(500)))
        var leaseFirst = MemoryLease()
        #expect(leaseFirst.leased(until: at(500), of: a, at: at(0)) == .none)
        #expect(leaseFirst.proven(sent: at(1), by: a, at: at(2)) == .trust(until: at(500)))
        #expect(leaseFirst.isOn)
    }

    @Test func `trust ends with the earlier of the lease and a second after the sending of the last proof`() throws {
        let a = try server("a")
        var lease = MemoryLease()
        _ = lease.proven(sent: at(0), by: a, at: at(100))
        #expect(lease.leased(until: at(5_000), of: a, at: at(100)) == .trust(until: at(1_000)))
        #expect(lease.proven(sent: at(250), by: a, at: at(300)) == .trust(until: at(1_250)))
        #expect(lease.leased(until: at(900), of: a, at: at(310)) == .trust(until: at(900)))
    }

    @Test func `a connection that leads to another server than the feed has failed`() throws {
        let (a, b) = (try server("a"), try server("b"))
        var proof = MemoryLease()
        _ = proof.leased(until: at(1_000), of: a, at: at(0))
        #expect(proof.proven(sent: at(1), by: b, at: at(2)) == .failed)
        var moved = MemoryLease()
        _ = moved.proven(sent: at(0), by: a, at: at(1))
        _ = moved.leased(until: at(1_000), of: a, at: at(2))
        #expect(moved.leased(until: at(1_100), of: b, at: at(3)) == .failed)
        #expect(!moved.isOn)
        // Until the connection is proven anew.
        #expect(moved.leased(until: at(1_200), of: b, at: at(4)) == .none)
        #expect(moved.proven(sent: at(5), by: b, at: at(6)) == .trust(until: at(1_005)))
    }

    @Test func `a lease that has ended says nothing of where the feed leads`() throws {
        var lease = MemoryLease()
        _ = lease.leased(until: at(100), of: try server("a"), at: at(0))
        #expect(lease.proven(sent: at(99), by: try server("b"), at: at(101)) == .none)
        #expect(!lease.isOn)
    }

    @Test func `what ends the trust is told once, and the trust comes back only with both`() throws {
        let a = try server("a")
        let ends: [(inout MemoryLease) -> MemoryLease.Action] = [
            { $0.revoked() }, { $0.connectionLost() }, { $0.proven(sent: at(10), by: nil, at: at(11)) },
        ]
        for end in ends {
            var lease = MemoryLease()
            _ = lease.proven(sent: at(0), by: a, at: at(1))
            _ = lease.leased(until: at(900), of: a, at: at(2))
            #expect(end(&lease) == .distrust)
            #expect(!lease.isOn)
            #expect(end(&lease) == .none)
            _ = lease.proven(sent: at(20), by: a, at: at(21))
            #expect(lease.leased(until: at(900), of: a, at: at(22)) == .trust(until: at(900)))
        }
    }
}
