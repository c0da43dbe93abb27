/// The files that a configuration rests on, besides those that their users look at themselves (keys of issuers).
final class NamedFiles {
    private(set) var paths: Set<String> = []

    func add(_ path: String) {
        paths.insert(path)
    }
}
