import Bytes
import Fixtures
import JOSE
import Testing

/// Keys that get tables.
@Suite struct KeyTableTests {
    private static func set(_ pairs: [SigningKey]) throws -> KeySet { try KeySet(pairs) }

    private static func pair(_ kid: String) throws -> SigningKey { try SigningKey(generating: .es256, kid: kid) }

    @Test(arguments: Algorithm.allCases)
    func `a key for P-256 can have a table, and no other key`(_ algorithm: Algorithm) throws {
        let key = try Self.set([TestKeys.key(algorithm)]).keys[0]
        #expect(!key.hasTable)
        #expect(key.isShortOfTable == (algorithm == .es256))
        #expect((key.withTable() != nil) == (algorithm == .es256))
    }

    @Test func `a table changes nothing but how long it takes`() throws {
        let pair = try Self.pair("a")
        let plain = try Self.set([pair]).keys[0]
        let tabled = try #require(plain.withTable())
        #expect(tabled.hasTable && !tabled.isShortOfTable)
        #expect(tabled.fingerprint == plain.fingerprint && tabled.kid == plain.kid && tabled.type == plain.type)
        #expect(tabled.algorithm == plain.algorithm && tabled.fits(.es256) && !tabled.fits(.es384))
        let message = Array("a message".utf8)
        let signature = try pair.signature(of: message)
        for key in [plain, tabled] {
            #expect(key.verifies(signature, of: message, by: .es256))
            #expect(!key.verifies(signature, of: message + [0], by: .es256))
            #expect(!key.verifies(signature, of: message, by: .es384))
            #expect(!key.verifies(signature + [0], of: message, by: .es256))
            #expect(!key.verifies(Array(signature.dropLast()), of: message, by: .es256))
        }
    }

    @Test func `a set keeps the tables of the keys that it keeps`() throws {
        let (a, b, c) = (try Self.pair("a"), try Self.pair("b"), try Self.pair("c"))
        let first = try Self.set([a, b])
        let tabled = try #require(first.keys[0].withTable().flatMap(first.replacing))
        #expect(tabled.fingerprint == first.fingerprint)
        #expect(tabled.keys.map(\.hasTable) == [true, false])
        #expect(try Self.set([c, b, a]).keepingTables(of: tabled).keys.map(\.hasTable) == [false, false, true])
        #expect(try Self.set([b, c]).keepingTables(of: tabled).keys.map(\.hasTable) == [false, false])
        #expect(try Self.set([a]).keepingTables(of: nil).keys.map(\.hasTable) == [false])
        #expect(try Self.set([b]).replacing(tabled.keys[0]) == nil)
        #expect(tabled.key(first.keys[1].fingerprint)?.kid == Array("b".utf8))
    }

    @Test func `who has another kid has the table of its own object alone`() throws {
        let pair = try Self.pair("a")
        let set = try Self.set([pair])
        let tabled = try #require(set.keys[0].withTable().flatMap(set.replacing))
        let renamed = try Self.set([pair.using(.es256, kid: "b")])
        #expect(renamed.keepingTables(of: tabled).keys.map(\.hasTable) == [false])
    }

    @Test func `a key is in demand after as many right signatures as a table is worth, and again after as many more`()
        throws
    {
        var verifier = TokenMint.verifier()
        let (ring, right) = (TokenMint.ring(), TokenMint(.es256).token)
        func verify(_ token: [UInt8], with ring: KeyRing, times: Int) {
            for _ in 0..<times {
                _ = verifier.verify(token.span.bytes, with: ring, now: Moment(steady: 0, timestamp: TokenMint.now))
            }
        }
        var forged = right
        forged[forged.count - 20] ^= 1
        verify(forged, with: ring, times: 700)
        verify(TokenMint(.edDSA).token, with: ring, times: 700)
        verify(right, with: ring, times: 599)
        #expect(verifier.takeKeysInDemand() == [])
        verify(right, with: ring, times: 1)
        let key = try #require(try Self.set([TestKeys.key(.es256)]).keys.first)
        let wanted = [KeyInDemand(issuer: ring.ids[0], fingerprint: key.fingerprint)]
        #expect(verifier.takeKeysInDemand() == wanted)
        #expect(verifier.takeKeysInDemand() == [])
        verify(right, with: ring, times: 600)
        #expect(verifier.takeKeysInDemand() == wanted)
        var tabled = ring
        let withTable = try #require(key.withTable())
        tabled.issuers[0].set = ring.issuers[0].set?.replacing(withTable)
        verify(right, with: tabled, times: 700)
        #expect(verifier.takeKeysInDemand() == [])
    }

    @Test func `one table serves several threads at once`() async throws {
        let pair = try Self.pair("a")
        let key = try #require(try Self.set([pair]).keys[0].withTable())
        let message = Array("a message".utf8)
        let signature = try pair.signature(of: message)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { number in
                        key.verifies(signature, of: message, by: .es256)
                            && !key.verifies(signature, of: message + [UInt8(number)], by: .es256)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `the known signature is right both ways`() throws {
        let trial = try #require(TableTrial())
        #expect(trial.run(byTable: true) && trial.run(byTable: false))
    }
}
