import Fixtures
import Foundation

/// What speaks TLS before a resolver in trouble, so that what is asked of it can be read: Debian's HAProxy.
final class SecuredFront: ResolverInTrouble {
    /// A CA, and the certificate of everything that the suite has behind TLS.
    struct Identity {
        let authority: CertificateAuthority
        let own: CertificateAuthority.Issued
    }

    static let identity = Result {
        let authority = try CertificateAuthority()
        return Identity(authority: authority, own: try authority.issue("resolver", for: "IP:127.0.0.1"))
    }

    let address: Address
    private let relay: any ResolverInTrouble
    private let process: ChildProcess

    /// - Parameter relay: what it stands before, which speaks HTTP/2 without TLS.
    init(before relay: any ResolverInTrouble) throws {
        let (directory, own) = (try Scratch.directory(), try Self.identity.get().own)
        address = .ipv4(try FreePort.take())
        self.relay = relay
        try Scratch.write(Scratch.read(own.certificate) + Scratch.read(own.key), to: "\(directory)/pair.pem")
        try Scratch.write(
            """
            defaults
                mode tcp
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            listen tls
                bind \(address) ssl crt \(directory)/pair.pem alpn h2
                server relay \(relay.address)

            """, to: "\(directory)/haproxy.cfg")
        process = try ChildProcess(
            GatewayProgram.inPath("haproxy") ?? "", ["-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
        _ = try eventually("the front to listen; it wrote:\n\(process.output)") { [address, process] in
            guard process.status() == nil else { throw GaveUp.ended(process) }
            return try Socket.connect(to: address)
        }
    }

    deinit { process.kill() }

    var questions: [String] { relay.questions }
    var credential: [String] { relay.credential }

    func become(_ mood: ResolverMood) {
        relay.become(mood)
        if mood == .refuses { process.kill() }
    }
}
