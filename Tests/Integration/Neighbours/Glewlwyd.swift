import Fixtures
import Foundation

/// Debian's glewlwyd, an authorization server that others wrote, with a database of its own. What it knows it was told by its own
/// interface: the client `web`, the user `anna`, the scopes `openid`, `read` and `write`, of which both may have the first two.
final class Glewlwyd: Sendable {
    /// By which its tokens are signed.
    enum Signing: String, CaseIterable, Sendable {
        case rsa
        case ecdsa

        var algorithm: String { self == .rsa ? "RS256" : "ES256" }

        fileprivate var keyOptions: String {
            self == .rsa
                ? "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" : "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        }
    }

    static let client = "web"
    static let secret = "a-secret"
    private static let modules = "/usr/lib/glewlwyd"
    /// How the package makes its database.
    private static let schema = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"

    let address: Address
    private let process: ChildProcess

    /// What its tokens name, and discovery begins with.
    var issuer: String { "http://\(address)/api/oidc" }

    /// Its token endpoint, as its discovery names it.
    var tokenURI: String { "http://\(address)//api/oidc/token" }

    init(signing: Signing) throws {
        guard let executable = Program.glewlwyd, let python = Program.python else {
            throw WireError.failed("finding glewlwyd and python3", ENOENT)
        }
        let directory = try Scratch.directory()
        let port = try FreePort.take()
        address = .ipv4(port)
        let making = """
            import sqlite3
            database = sqlite3.connect("database")
            database.executescript(open("\(Self.schema)").read())
            database.commit()
            """
        try Self.run(python, ["-c", making], in: directory)
        let keys =
            "openssl genpkey \(signing.keyOptions) -out key.pem && openssl pkey -in key.pem -pubout -out public.pem"
        try Self.run("/bin/sh", ["-c", keys], in: directory)
        try Scratch.write(Self.configuration(port: port, in: directory), to: "\(directory)/glewlwyd.conf")
        process = try ChildProcess(executable, ["--config-file=\(directory)/glewlwyd.conf"], in: directory)
        _ = try eventually("glewlwyd to listen; it wrote:\n\(process.output)") { [address, process] in
            guard process.status() == nil else { throw GaveUp.ended(process) }
            return try Socket.connect(to: address)
        }
        try setUp(signing, in: directory)
    }

    deinit {
        process.signal(SIGTERM)
        _ = try? process.wait()
    }

    private static func run(_ executable: String, _ arguments: [String], in directory: String) throws {
        let process = try ChildProcess(executable, arguments, in: directory)
        guard try process.wait() == 0 else { throw WireError.malformed(process.output) }
    }

    private static func configuration(port: UInt16, in directory: String) -> String {
        """
        port = \(port)
        bind_address = "127.0.0.1"
        external_url = "http://127.0.0.1:\(port)/"
        login_url = "login.html"
        api_prefix = "api"
        cookie_secure = 0
        log_mode = "console"
        log_level = "WARNING"
        session_expiration = 3600
        session_key = "S"
        admin_scope = "g_admin"
        profile_scope = "g_profile"
        user_module_path = "\(modules)/user"
        client_module_path = "\(modules)/client"
        user_auth_scheme_module_path = "\(modules)/scheme"
        plugin_module_path = "\(modules)/plugin"
        hash_algorithm = "SHA512"
        database = { type = "sqlite3"; path = "\(directory)/database"; };

        """
    }

    /// By its interface for administrators, as whom the package's database begins.
    private func setUp(_ signing: Signing, in directory: String) throws {
        let login = try post("/api/auth/", json: ["username": "admin", "password": "password"])
        let cookie = try login["set-cookie"].map { "Cookie: \($0.prefix { $0 != ";" })" } ?? { throw refused(login) }()
        func add(_ path: String, _ body: [String: Any]) throws {
            let answer = try post("/api/\(path)/", json: body, cookie)
            guard answer.status == 200 else { throw refused(answer) }
        }
        let flags = [
            "allow-non-oidc", "auth-type-code-enabled", "auth-type-token-enabled", "auth-type-id-token-enabled",
            "auth-type-password-enabled", "auth-type-client-enabled", "auth-type-refresh-enabled", "jwks-show",
            "introspection-revocation-allowed", "introspection-revocation-allow-target-client", "oauth-dpop-allowed",
        ]
        var parameters: [String: Any] = Dictionary(uniqueKeysWithValues: flags.map { ($0, true) })
        parameters.merge(
            [
                "iss": issuer, "jwt-type": signing.rawValue, "jwt-key-size": "256",
                "key": try Scratch.read("\(directory)/key.pem"), "cert": try Scratch.read("\(directory)/public.pem"),
                "access-token-duration": 3_600, "refresh-token-duration": 3_600, "code-duration": 600,
                "refresh-token-rolling": false, "pkce-allowed": false,
                "introspection-revocation-auth-scope": [String](),
                "oauth-dpop-iat-duration": 60, "subject-type": "public",
            ] as [String: Any]
        ) { $1 }
        try add(
            "mod/plugin",
            ["module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": parameters, "enabled": true])
        for scope in ["read", "write"] {
            try add(
                "scope",
                [
                    "name": scope, "display_name": scope, "description": scope, "password_required": true,
                    "password_max_age": 0, "scheme": [String: String](),
                ])
        }
        let kinds = ["code", "password", "client_credentials", "refresh_token"]
        try add(
            "client",
            [
                "client_id": Self.client, "name": Self.client, "confidential": true, "client_secret": Self.secret,
                "scope": ["read", "openid"], "enabled": true, "redirect_uri": ["https://app.example/back"],
                "authorization_type": kinds, "token_endpoint_auth_method": ["client_secret_basic"],
            ])
        try add(
            "user",
            [
                "username": "anna", "name": "Anna", "password": "hunter22", "scope": ["read", "openid"],
                "enabled": true,
            ])
    }

    private func post(_ path: String, json: [String: Any], _ fields: String...) throws -> Response {
        let body = String(decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
        return try HTTPConnection.post(address, path, body, type: "application/json", fields)
    }

    private func refused(_ answer: Response) -> WireError { .malformed("\(answer)\n\(process.output)") }
}

extension Glewlwyd {
    /// What the token endpoint answers to a form.
    ///
    /// - Parameter fields: further field lines.
    func grant(_ form: String, _ fields: String...) throws -> [String: Any] {
        let answer = try ask("/api/oidc/token", form, fields)
        guard answer.status == 200,
            let members = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        else { throw refused(answer) }
        return members
    }

    /// A token that the client has for itself.
    func clientToken(scope: String = "read") throws -> String {
        try token(in: grant("grant_type=client_credentials&scope=\(scope)"))
    }

    /// A token that the client has for the user, by her password.
    func userToken(scope: String = "read") throws -> String {
        try token(in: grant("grant_type=password&username=anna&password=hunter22&scope=\(scope)"))
    }

    func token(in answer: [String: Any]) throws -> String {
        guard let token = answer["access_token"] as? String else { throw WireError.malformed("\(answer)") }
        return token
    }

    func revoke(_ token: String) throws {
        let answer = try ask("/api/oidc/revoke", "token=\(token)&token_type_hint=access_token", [])
        guard answer.status == 200 else { throw refused(answer) }
    }

    private func ask(_ path: String, _ form: String, _ fields: [String]) throws -> Response {
        let credentials = Data("\(Self.client):\(Self.secret)".utf8).base64EncodedString()
        return try HTTPConnection.post(address, path, form, ["Authorization: Basic \(credentials)"] + fields)
    }
}
