import Authentication
import Bytes
import Testing

/// How an access policy is found by its name.
@Suite struct PolicyNameTests {
    /// Each length up to three words, with beginnings and ends that others have as well.
    private static let names: [String] = {
        let letters = "abcdefghijklmnopqrstuvwx"
        return (1...24).flatMap { count in
            [letters.prefix(count), letters.suffix(count), "a" + letters.suffix(count - 1)].map(String.init)
        }
    }()

    private func place(of name: String, in desk: borrowing Desk) -> Int? {
        desk.resolver.policy(named: Array(name.utf8).span.bytes)
    }

    @Test func `each name leads to its policy, and no other one does`() {
        let names = Set(Self.names).sorted()
        let desk = Desk(policies: names.map(AccessPolicy.init(name:)))
        for (number, name) in names.enumerated() {
            #expect(place(of: name, in: desk) == number)
            for index in name.indices {
                let other = name[..<index] + "_" + name[name.index(after: index)...]
                #expect(place(of: String(other), in: desk) == nil, "\(other)")
            }
            for other in [name + "y", "y" + name, name + "\0", "\0" + name, name + name] {
                #expect(place(of: other, in: desk) == nil, "\(other)")
            }
        }
        #expect(place(of: "", in: desk) == nil)
    }

    @Test func `where there are no policies no name leads to one`() {
        let desk = Desk()
        for name in ["", "a", "a-policy-of-a-long-name"] { #expect(place(of: name, in: desk) == nil) }
    }
}
