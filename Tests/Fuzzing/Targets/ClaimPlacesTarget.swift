import Authentication
import Bytes
import JOSE

extension FuzzTarget {
    /// What stands at a configured place is what a walk over the claims' tree finds there, of whatever type; completing claims
    /// replaces none; and a header made of it says the same, in bytes that a header can hold.
    ///
    /// An input's first line is a place as a configuration has it, in JSON, its second the claims, the rest what another
    /// server says.
    static let claimPlaces = FuzzTarget(name: "claim-places") { input in
        let lines = [UInt8](copying: input).split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count > 1, let written = try? JSONTree(Array(lines[0]).span.bytes, duplicateNames: .refused),
            let place = ClaimPlace(written: written)
        else { return }
        let own = claims(Array(lines[1]))
        let other = claims(lines.count > 2 ? Array(lines[2]) : [])
        if let own { check(place, of: own) }
        if let own, let other { check(place, of: own, completedBy: other) }
    }

    private typealias Claims = (set: ClaimsSet, tree: JSONTree)

    private static func claims(_ text: [UInt8]) -> Claims? {
        let set = try? ClaimsSet(reading: text)
        let tree = try? JSONTree(text.span.bytes, duplicateNames: .refused)
        let members = tree?.members
        expect((set != nil) == (members.map { $0.count <= 256 } ?? false), "claims are one object of so many members")
        guard let set, let tree else { return nil }
        return (set, tree)
    }

    private static func check(_ place: ClaimPlace, of claims: Claims) {
        check(claims.set, PlaceOracle(place, of: claims.tree, nullIsAbsent: false), at: place)
        var strict = place
        strict.takesSingle = false
        check(claims.set, PlaceOracle(strict, of: claims.tree, nullIsAbsent: false), at: strict)
        guard let set = try? ClaimsSet(reading: claims.set.text, nullIsAbsent: true) else {
            return expect(false, "claims are read whatever null means")
        }
        check(set, PlaceOracle(place, of: claims.tree, nullIsAbsent: true), at: place)
    }

    private static func check(_ claims: ClaimsSet, _ oracle: PlaceOracle, at place: ClaimPlace) {
        let range = claims.find(place)?.range
        expect((range != nil) == (oracle.value != nil), "a place has something where the tree has")
        if let range {
            expect(
                (try? JSONTree(claims.value(at: range), duplicateNames: .refused)) == oracle.value,
                "what stands at a place is what the tree has there")
        }
        expect(claims.text(at: place) == oracle.text, "a string is the tree's")
        expect(claims.boolean(at: place) == oracle.boolean, "a boolean is the tree's")
        expect(claims.list(at: place) == oracle.list, "a list is the tree's")
        expect((claims.time(at: place) != nil) == (oracle.number != nil), "a time is a number")
        if let time = claims.time(at: place), let number = oracle.number, abs(number) < 1e12 {
            expect(abs(Double(time.microseconds) - number * 1e6) <= 1 + abs(number), "a time is the tree's")
        }
        checkHeaders(of: claims, oracle, at: place)
    }

    private static func checkHeaders(of claims: ClaimsSet, _ oracle: PlaceOracle, at place: ClaimPlace) {
        let expected = oracle.headerItems
        guard let percent = try? ClaimHeaderValue.bytes(of: ClaimHeader("x-a", from: place), in: claims) else {
            return expect(expected == nil, "a scalar, or a list of them, becomes a header")
        }
        let text = String(decoding: percent, as: UTF8.self)
        expect(percent.allSatisfy(\.isPrintable), "a header's value is printable")
        expect(!text.hasPrefix(" ") && !text.hasSuffix(" "), "a header's value has no space at an end")
        switch expected {
        case nil: expect(false, "nothing but scalars becomes a header")
        case .one(let item): expect(Array(percentEncoded: text[...]) == item, "decoding gives a value back")
        case .several(let items):
            let parts = items.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
            expect(parts.map { Array(percentEncoded: $0) } == items, "decoding gives a list's items back")
        }
        let header = ClaimHeader("x-a", from: place, encoding: .none)
        guard let bytes = try? ClaimHeaderValue.bytes(of: header, in: claims) else { return }
        expect(bytes.allSatisfy(\.isPrintable), "a header's value is printable")
        expect(bytes == expected?.joined, "what is not encoded stands as it is")
    }

    /// Completes claims by what another server says of the members in which the place looks.
    private static func check(_ place: ClaimPlace, of own: Claims, completedBy other: Claims) {
        var places = ClaimPlaces.none
        places.roles = place
        let mapped = MappedClaims(claims: own.set, mapping: ClaimMapping(places))
        let oracle = PlaceOracle(place, of: own.tree, nullIsAbsent: false)
        let ahead = Set(oracle.chain.prefix(oracle.found ?? 0).compactMap(\.path.first))
        for names in [nil, oracle.chain.compactMap(\.path.first)] {
            guard let both = try? mapped.completed(by: other.set, members: names).claims else { continue }
            let owned = own.tree.members ?? []
            let taken = (other.tree.members ?? []).filter { member in
                !owned.contains { $0.name == member.name } && !ahead.contains(member.name)
                    && names.map { $0.contains(member.name) } ?? true
            }
            expect(
                (try? JSONTree(both.text.span.bytes, duplicateNames: .refused)) == .object(owned + taken),
                "claims are completed by what they lack")
            guard oracle.value != nil else { continue }
            expect(both.list(at: place) == own.set.list(at: place), "what is said is not replaced")
            expect(both.text(at: place) == own.set.text(at: place), "what is said is not replaced")
        }
    }
}
