import Glibc

/// Where a gateway's files are to be, which some of them say.
package enum GatewayPlace: Hashable, Sendable {
    /// Where the repository has them.
    case repository
    /// A folder, by its absolute path.
    case folder(String)
    /// Whoever reads them is there.
    case here

    /// A folder that is written to; nil: none is, or a file can't have its name.
    init(folder: String?) {
        guard let folder, let resolved = unsafe realpath(folder, nil) else {
            self = .here
            return
        }
        defer { unsafe free(resolved) }
        let path = unsafe String(cString: resolved)
        self = path.utf8.allSatisfy(GatewayFiles.isPlain) ? .folder(path) : .here
    }

    /// How files say it.
    func words(for gateway: GatewayFiles.Gateway) -> [(String, String)] {
        switch self {
        case .repository:
            let folder = "gateways/\(gateway.rawValue)"
            return [
                ("%example%", "complete example, and the file that the integration tests run"), ("%folder%", folder),
                ("%absolute%", "$PWD/\(folder)"), ("%start%", ", from the root of the repository"),
            ]
        case .folder(let path):
            return [("%example%", "complete example"), ("%folder%", path), ("%absolute%", path), ("%start%", "")]
        case .here:
            return [
                ("%example%", "complete example"), ("%folder%", "."), ("%absolute%", "$PWD"),
                ("%start%", ", from the folder that it is in"),
            ]
        }
    }
}
