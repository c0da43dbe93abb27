package import JOSE
package import KeySets

extension Finding {
    /// What a fetch of an issuer's keys brought. A set of which no key fits an allowed algorithm is no help.
    package init(_ issuer: Configuration.Issuer, _ fetched: Result<KeySet, FetchFailure>) {
        let subject = "issuer \(issuer.identifier)"
        switch fetched {
        case .failure(let failure):
            self.init(subject, isSound: false, "no keys from \(issuer.source.place): \(failure)")
        case .success(let set):
            let fitting = set.keys.count { key in issuer.algorithms.contains(where: key.fits) }
            let result = "\(Self.count(set.keys.count, "key")) from \(issuer.source.place)\(Self.skipped(set.skipped))"
            let algorithms = issuer.algorithms.map { "\($0.name)" }.joined(separator: ", ")
            let remedy = fitting == 0 ? "; none of them is for \(algorithms), which is all that algorithms allows" : ""
            self.init(subject, isSound: fitting > 0, result + remedy)
        }
    }

    private static func skipped(_ refusals: [KeyRefusal]) -> String {
        guard !refusals.isEmpty else { return "" }
        let reasons = Set(refusals).map { "\($0.reason)" }.sorted().joined(separator: ", ")
        return "; \(refusals.count) more can't be used (\(reasons))"
    }

    static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
