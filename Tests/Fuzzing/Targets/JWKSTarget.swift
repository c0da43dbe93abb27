import Bytes
import JOSE

extension FuzzTarget {
    /// A set that is written anew is the same set, in whatever order its members and its keys come.
    static let jwks = FuzzTarget(name: "jwks") { input in
        guard let keys = try? KeySet(jwks: input) else { return }
        expect(1...KeySet.maximumKeys ~= keys.keys.count, "a set has keys, and not too many")
        expect(keys.keys.count + keys.skipped.count <= KeySet.maximumKeys, "skipped keys count")
        for key in keys.keys { expect(Algorithm.allCases.contains(where: key.fits), "a usable key is of use") }
        guard let tree = try? JSONTree(input, duplicateNames: .allowed) else {
            return expect(false, "a set is JSON")
        }
        let again = try? KeySet(jwks: tree.reversed.text.span.bytes)
        expect(again?.fingerprint == keys.fingerprint, "order makes no difference to a set")
    }
}

extension JSONTree {
    /// The same members and elements in the opposite order.
    fileprivate var reversed: JSONTree {
        switch self {
        case .object(let members): .object(members.reversed().map { ($0.name, $0.value.reversed) })
        case .array(let elements): .array(elements.reversed().map(\.reversed))
        default: self
        }
    }
}
