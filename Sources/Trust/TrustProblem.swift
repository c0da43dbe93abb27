/// Why TLS can't be spoken: what is wrong with a file of certificates or keys. Its description says which file, who named
/// it, and what to do.
package enum TrustProblem: Error, Hashable, Sendable {
    /// The operating system has no certificates, and nobody named a file.
    case noSystemAnchors
    case anchorsUnreadable(NamedFile, FileProblem)
    /// The file is empty, or something in it is no certificate.
    case noAnchors(NamedFile)
    case certificateUnreadable(NamedFile, FileProblem)
    case noCertificate(NamedFile)
    case keyUnreadable(NamedFile, FileProblem)
    /// It is no private key, or one with a passphrase.
    case noKey(NamedFile)
    /// The key is another certificate's.
    case keyMismatch(ClientIdentity)
}

extension TrustProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSystemAnchors:
            "there are no certificates to trust: \(TrustAnchors.systemFiles.joined(separator: " and ")) are not there; "
                + "install the package ca-certificates, or name a PEM file with tls.ca_file or SSL_CERT_FILE"
        case .anchorsUnreadable(let file, let problem):
            "there are no certificates to trust: \(file) can't be read: \(problem.words); "
                + "it should be a PEM file with the certificates of those who vouch for the server"
        case .noAnchors(let file):
            "there are no certificates to trust: \(file) is empty, or holds something that is no certificate; "
                + "it should be a PEM file with the certificates of those who vouch for the server"
        case .certificateUnreadable(let file, let problem):
            "there is no client certificate: \(file) can't be read: \(problem.words)"
        case .noCertificate(let file):
            "there is no client certificate: \(file) is empty, or holds something that is no certificate; "
                + "it should be a PEM file with the certificate first"
        case .keyUnreadable(let file, let problem):
            "there is no key for the client certificate: \(file) can't be read: \(problem.words)"
        case .noKey(let file):
            "there is no key for the client certificate: \(file) holds no private key that can be read; "
                + "it should be a PEM file without a passphrase"
        case .keyMismatch(let identity):
            "the client certificate and its key are not a pair: \(identity.certificate) and \(identity.key); "
                + "name the key that the certificate was made for"
        }
    }
}

extension FileProblem {
    /// What is the matter with a file of certificates or keys.
    var words: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .notAFile: "it is not a regular file"
        case .tooLarge: "it is larger than \(ClientTLS.sizeLimit / 1_024) KiB"
        }
    }
}
