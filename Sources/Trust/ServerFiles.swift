package import Bytes
package import TLS

/// Who we are for clients that connect within TLS, and whose clients are let in: PEM files, which may change.
package struct ServerFiles: Hashable, Sendable {
    /// A certificate, with those that lead to its root.
    package var certificate: NamedFile
    package var key: NamedFile
    /// Whose certificates vouch for those that clients have to show; nil: they show none.
    package var clientAnchors: NamedFile?

    package init(certificate: NamedFile, key: NamedFile, clientAnchors: NamedFile? = nil) {
        (self.certificate, self.key, self.clientAnchors) = (certificate, key, clientAnchors)
    }

    package var all: [NamedFile] { [certificate, key] + [clientAnchors].compactMap(\.self) }

    /// What each file looks like; nil for one that is not there.
    package var stamps: [String: FileStamp?] { FileStamp.all(all.map(\.path)) }

    /// Reads all of them.
    package func read(at now: Timestamp) throws(ServerFileProblem) -> TLSServerContext {
        guard let chain = TLSCertificates(pem: try bytes(of: certificate)) else { throw .noCertificate(certificate) }
        guard let key = TLSPrivateKey(pem: try bytes(of: key)) else { throw .noKey(self.key) }
        guard chain.expiry > now.seconds else { throw .expired(certificate) }
        var anchors: TLSCertificates?
        if let clientAnchors {
            anchors = TLSCertificates(pem: try bytes(of: clientAnchors))
            guard anchors != nil else { throw .noCertificate(clientAnchors) }
        }
        do throws(TLSServerContext.Failure) {
            return try TLSServerContext(as: TLSContext.Identity(chain: chain, key: key), admitting: anchors)
        } catch {
            switch error {
            case .keyMismatch: throw .keyMismatch(certificate, self.key)
            case .tooWeak: throw .tooWeak(certificate)
            case .unavailable: throw .unavailable
            }
        }
    }

    private func bytes(of file: NamedFile) throws(ServerFileProblem) -> [UInt8] {
        do throws(FileProblem) {
            let look = try WatchedFile(path: file.path).look(since: nil, limit: ClientTLS.sizeLimit)
            return if case .read(let bytes, _) = look { bytes } else { [] }
        } catch {
            throw .unreadable(file, error)
        }
    }
}

/// What is wrong with a file that TLS is served by. Its description says which file, who named it, and what to do; it never
/// has anything that stands in the file.
package enum ServerFileProblem: Error, Hashable, Sendable {
    case unreadable(NamedFile, FileProblem)
    /// The file is empty, or something in it is no certificate.
    case noCertificate(NamedFile)
    /// It is no private key, or one with a passphrase.
    case noKey(NamedFile)
    case expired(NamedFile)
    /// The key is another certificate's.
    case keyMismatch(NamedFile, NamedFile)
    /// A short key, or an old digest.
    case tooWeak(NamedFile)
    /// libssl has no memory, or the system's policy forbids what is needed.
    case unavailable

    /// The file to look at first.
    package var file: NamedFile? {
        switch self {
        case .unreadable(let file, _), .noCertificate(let file), .noKey(let file), .expired(let file),
            .keyMismatch(_, let file), .tooWeak(let file):
            file
        case .unavailable: nil
        }
    }
}

extension ServerFileProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let file, let problem): "\(file) can't be read: \(problem.words)"
        case .noCertificate(let file):
            "\(file) is empty, or holds something that is no certificate; it should be a PEM file with certificates"
        case .noKey(let file):
            "\(file) holds no private key that can be read; it should be a PEM file without a passphrase"
        case .expired(let file): "the certificate in \(file) has expired; have it renewed"
        case .keyMismatch(let certificate, let key):
            "\(certificate) and \(key) are not a pair; name the key that the first certificate of the file was made for"
        case .tooWeak(let file):
            "the certificate in \(file) is too weak for OpenSSL: its key is too short, or its digest too old"
        case .unavailable: "OpenSSL can't serve TLS here: there is no memory, or the system's policy forbids it"
        }
    }
}
