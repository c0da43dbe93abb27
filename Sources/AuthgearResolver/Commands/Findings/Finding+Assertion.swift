import Authentication
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.

extension Finding {
    /// By which key assertions are signed, and who else may read it; nothing where none are configured. That the keys are good was
    /// seen when the configuration was read.
    package static func assertion(of configuration: Configuration) -> [Finding] {
        guard let assertion = configuration.assertion else { return [] }
        let result = "signs in \(assertion.signer.header) with \(assertion.keyDescription)"
        return [Finding("assertion", isSound: true, result: result)]
            + hints(onKey: assertion.keyFile, named: "assertion.key_file")
            + (assertion.nextKeyFile.map { hints(onKey: $0, named: "assertion.next_key_file") } ?? [])
    }

    /// That others have rights to the file of a private key.
    private static func hints(onKey path: String, named key: String) -> [Finding] {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return [] }
        let mode = String(status.st_mode & 0o777, radix: 8)
        let risk = "others may read it, or write it, and sign as this resolver"
        return [.hint(on: key, "\(path) has the mode 0\(mode): \(risk); chmod 600 keeps it to its owner")]
    }
}
