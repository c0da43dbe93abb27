import Glibc
package import Lint

extension LintFiles {
    /// The files of this machine.
    package static var system: LintFiles {
        let caddy = try? GatewayFiles(.caddy, Configuration(), isComplete: true).all
        let shipped = Dictionary(
            (NginxFiles.shipped.all + (caddy ?? [])).map { ($0.name, $0.text) },
            uniquingKeysWith: { first, _ in first })
        return LintFiles(
            text: text, matches: matches, shipped: { shipped[$0] },
            documents: { ConfigNode.documents(of: $0, in: $1) })
    }

    private static func text(of path: String, limit: Int) -> Result<String, LintFileError> {
        do throws(FileError) {
            let bytes = try File.contents(of: path, limit: limit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(LintFileError("it is not UTF-8 text"))
            }
            // Some editors begin a text with it.
            let mark: Unicode.Scalar = "\u{FEFF}"
            guard text.unicodeScalars.first == mark else { return .success(text) }
            return .success(String(text.unicodeScalars.dropFirst()))
        } catch {
            return .failure(LintFileError("\(error)"))
        }
    }

    private static func matches(_ pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0, let paths = unsafe found.gl_pathv else { return [] }
        return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
            unsafe paths[index].map { unsafe String(cString: $0) }
        }
    }
}
