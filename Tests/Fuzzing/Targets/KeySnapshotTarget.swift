import Bytes
import JOSE
import KeySets

extension FuzzTarget {
    /// What is read of a snapshot is written again as the same sets; what is taken of them is a set of keys that was confirmed within the
    /// time that it may be used. An input is read as a whole text, and as the list of one whose digest is right.
    static let keySnapshot = FuzzTarget(name: "key-snapshot") { input in
        check(input)
        let list = [UInt8](copying: input)
        let start = "{\"format\":1,\"sha256\":\"\(SHA256Digest(of: input).hex)\",\"issuers\":"
        check((Array(start.utf8) + list + [UInt8(ascii: "}")]).span.bytes)
    }

    private static func check(_ text: RawSpan) {
        guard let snapshot = try? KeySnapshot(text) else { return }
        let (again, leftOut) = KeySnapshot.text(of: snapshot.sets)
        expect(again.count <= KeySnapshot.maximumBytes, "a text has a bound")
        let read = try? KeySnapshot(again.span.bytes)
        expect(leftOut > 0 || read?.sets == snapshot.sets, "what is written is what was read")
        let claimants = snapshot.sets.prefix(2).map { set in
            KeySnapshot.Claimant(
                KeySource(
                    issuer: String(decoding: set.issuer, as: UTF8.self),
                    location: .uri(String(decoding: set.source, as: UTF8.self))), leeway: .seconds(10))
        }
        let now = Moment(steady: 0, timestamp: Timestamp(seconds: 1_800_000_000))
        let taking = snapshot.taken(by: Array(claimants), maxStale: .seconds(86_400), now: now)
        expect(taking.sets.count + taking.faults.count == snapshot.sets.count, "each set is taken, or not")
        for set in taking.sets {
            expect((-86_400_000_000_000...0).contains(set.confirmedAt.steady), "what is taken is no younger than now")
            expect(!set.set.keys.isEmpty, "what is taken has keys")
        }
    }
}
