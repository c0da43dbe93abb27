import Authentication
package import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.

extension Finding {
    private static let apiTokens = "tokens.static.file"
    /// So many lines tell what is wrong with a file.
    private static let mostLines = 20

    /// What the file of API tokens holds, or what is wrong with it; nothing where none are configured.
    package static func apiTokens(of configuration: Configuration, now: Timestamp) -> [Finding] {
        guard let reading = configuration.readAPITokens() else { return [] }
        switch reading.tokens {
        case .failure(let error):
            let findings = error.problems.prefix(mostLines).map { problem in
                Finding(apiTokens, isSound: false, result: "\(error.file):\(problem.line)")
            }
            return findings + hints(onFile: reading.file.path)
        case .success(let tokens):
            let ended = tokens.count { $0.secrets.allSatisfy { $0.hasEnded(at: now) } }
            let rest = ended == 0 ? "" : ", \(ended) of which \(ended == 1 ? "has" : "have") expired"
            let result = "\(count(tokens.count, of: "API token")) in \(reading.file.path)\(rest)"
            return [Finding(apiTokens, isSound: true, result: result)] + hints(onFile: reading.file.path)
        }
    }

    /// That others have rights to the file.
    private static func hints(onFile path: String) -> [Finding] {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return [] }
        let mode = String(status.st_mode & 0o777, radix: 8)
        let isWritable = status.st_mode & 0o022 != 0
        let risk =
            isWritable
            ? "others may write it, and so be anybody"
            : "others may read whose tokens there are; it has no secret, but need not be known"
        return [.hint(on: apiTokens, "\(path) has the mode 0\(mode): \(risk); chmod 600 keeps it to its owner")]
    }
}

extension APIToken.Secret {
    fileprivate func hasEnded(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
