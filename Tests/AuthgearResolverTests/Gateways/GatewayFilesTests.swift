import Authentication
import AuthgearResolver
import Bytes
import EventLoop
import Fixtures
import Foundation
import Testing
import Worker

/// The files for gateways that `gateway NAME` prints.
@Suite struct GatewayFilesTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../gateways").standardized
    private static let others = GatewayFiles.Gateway.allCases.filter { $0 != .nginx }
    private static let issuer =
        "issuers: [{ issuer: \"https://id.example\", audiences: [a], headers: { x-user-email: e } }]\n"

    private static func files(_ gateway: GatewayFiles.Gateway, _ text: String) throws -> [String: String] {
        let files = try GatewayFiles(gateway, configuration(text)).all
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) })
    }

    @Test(arguments: others)
    func `the shipped files are what is printed for one policy`(gateway: GatewayFiles.Gateway) throws {
        var configuration = Configuration()
        configuration.policies = [AccessPolicy(name: "admin")]
        if gateway == .envoy { configuration.calls = [CallAddress(.tcp(host: "127.0.0.1", port: 4182))] }
        if gateway == .traefik { configuration.secured = [.tcp(host: "127.0.0.1", port: 4183)] }
        let printed = try GatewayFiles(gateway, configuration, isComplete: true).all
        for file in printed {
            // The plug-ins' is that of OpenResty.
            let isShared = file.name == "authgear.lua" && [.kong, .apisix].contains(gateway)
            let path = "\(isShared ? "openresty" : gateway.rawValue)/\(file.name)"
            let shipped = try String(contentsOf: Self.folder.appending(path: path), encoding: .utf8)
            #expect(file.text == shipped, "gateways/\(path)")
        }
        let own = Self.folder.appending(path: gateway.rawValue).path
        let names = try FileManager.default.subpathsOfDirectory(atPath: own).filter {
            $0 != "README.md" && ($0.contains(".") || $0 == "Caddyfile")
        }
        #expect(Set(names).isSubset(of: printed.map(\.name)))
    }

    @Test(arguments: others)
    func `what is printed names each of our names, asks policies and knows the address`(
        gateway: GatewayFiles.Gateway
    ) throws {
        let text =
            Self.issuer + """
                listen: ["0.0.0.0:4190"]
                policies: { orders: {}, stock: {} }
                tokens: { static: { file: t, header: x-api-key } }

                """
        let all = try Self.files(gateway, text).values.joined()
        for name in ["x-authgear-user-id", "x-authgear-assertion", "x-user-email"] { #expect(all.contains(name)) }
        for policy in ["orders", "stock"] { #expect(all.contains("/policies/\(policy)/")) }
        #expect(!all.contains("admin/") && !all.contains("%" + "policy"))
        #expect(all.contains("4190") && !all.contains("4180"))
        if gateway != .caddy { #expect(all.contains("x-api-key")) }
        let words = all.matches(of: /%[a-z][a-z-]+%/).map(\.output)
        #expect(words == [])
    }

    @Test(arguments: GatewayFiles.Gateway.allCases)
    func `the client's own request is handed on where original says`(gateway: GatewayFiles.Gateway) throws {
        for original in ["nginx", "traefik", "envoy"] {
            let text = Self.issuer + "original: \(original)\npreflight: allow\n"
            let isFit: Bool =
                switch gateway {
                case .envoy: original == "envoy"
                case .traefik: original == "traefik"
                default: original != "envoy"
                }
            guard isFit else {
                #expect(throws: GatewayFiles.Unsuitable.self) { _ = try Self.files(gateway, text) }
                continue
            }
            let all = try Self.files(gateway, text).values.joined()
            switch gateway {
            case .envoy: #expect(all.contains("path_prefix: /require") && !all.contains("path_override"))
            case .traefik: #expect(all.contains("User-Agent, origin, access-control-request-method]"))
            default: #expect(all.contains(original == "nginx" ? "X-Original-URI" : "X-Forwarded-URI"))
            }
        }
    }

    @Test(arguments: others, [GatewayPlace.folder("/etc/edge"), .here])
    func `what is printed elsewhere does not say that it is in the repository`(
        gateway: GatewayFiles.Gateway, place: GatewayPlace
    ) throws {
        let all = try GatewayFiles(gateway, configuration(Self.issuer), in: place).all.map(\.text).joined()
        for word in ["gateways/\(gateway)", "the repository", "integration tests"] {
            #expect(!all.contains(word), "\(word)")
        }
        let names: [GatewayFiles.Gateway: [String]] = [
            .envoy: ["envoy -c /etc/edge/envoy.yaml\n", "envoy -c ./envoy.yaml\n"],
            .caddy: ["--config /etc/edge/Caddyfile\n", "--config ./Caddyfile\n"],
            .traefik: ["filename: /etc/edge/dynamic.yaml\n", "filename: ./dynamic.yaml\n"],
            .haproxy: ["-C \"/etc/edge\" ", "-C \"$PWD\" "],
            .apache: [#"AUTHGEAR \"/etc/edge\"" "#, #"AUTHGEAR \"$PWD\"" "#],
            .openresty: ["cp -r /etc/edge/. ", "cp -r ./. "],
        ]
        for (name, said) in zip(names[gateway, default: []], [GatewayPlace.folder("/etc/edge"), .here]) {
            #expect(all.contains(name) == (said == place), "\(name)")
        }
    }

    @Test(arguments: others)
    func `a policy's place is none of the example's own`(gateway: GatewayFiles.Gateway) throws {
        let policies = "policies: { account: {}, public: {}, open: {} }\n"
        let none = try Self.files(gateway, Self.issuer).values.joined()
        let all = try Self.files(gateway, Self.issuer + policies).values.joined()
        for name in ["account", "public"] {
            #expect(all.count(of: "/policies/\(name)/") >= 1)
            let places = all.replacing("/policies/\(name)/", with: "").replacing("/policy/\(name)/", with: "")
            #expect(places.count(of: "/\(name)/") == none.count(of: "/\(name)/"), "\(name)")
        }
        guard gateway == .kong else { return }
        let names = all.matches(of: /\n +- name: ([a-z-]+)\n +paths/).map(\.output.1)
        #expect(names.count == 6 && Set(names).count == 6, "\(names)")
    }

    /// RFC 9110 section 5.6.2, without what a name of ours has.
    private static let marks = "!#$%&'*+.^_`|~"

    @Test func `Caddy hands on no name that has a character for which another may stand in ours`() throws {
        let file = try #require(try Self.files(.caddy, Self.issuer)["authgear.caddy"])
        for mark in Self.marks { #expect(file.contains("\n\trequest_header -*\(mark)*\n"), "\(mark)") }
        // What has no hyphen has one spelling alone.
        let plain = try #require(
            try Self.files(.caddy, Self.issuer.replacing("x-user-email", with: "email"))["authgear.caddy"])
        #expect(plain.contains("\n\trequest_header -email\n") && !plain.contains("-*_*"))
    }

    private static let csrf = "original: nginx\ncsrf: { origins: [\"https://a.example\"] }\n"
    private static let assertion =
        "assertion: { key_file: \"KEY\", issuer: \"https://gw.example\", audiences: [stock], header: HEADER }\n"
    private static let policies = "policies: { orders: {} }\n"

    /// By configuration: what Caddy copies beside the eight; the rest of our names is said to be cleared.
    @Test(arguments: [
        ("", []), (policies, ["allowed", "refused"]), (csrf, ["refused"]),
        (policies + csrf, ["allowed", "refused"]),
        (assertion.replacing("HEADER", with: "x-authgear-assertion"), ["assertion"]),
        (policies + assertion.replacing("HEADER", with: "x-authgear-proof"), ["allowed", "refused", "proof"]),
    ])
    func `Caddy looks for what answers of the configuration may have`(text: String, further: [String]) throws {
        let folder = try TemporaryFolder()
        let key = "\(folder.path)/key.pem"
        try AssertionConfigurationTests.ed25519.write(toFile: key, atomically: false, encoding: .utf8)
        let file = try #require(
            try Self.files(.caddy, Self.issuer + text.replacing("KEY", with: key))["authgear.caddy"])
        let copied = try #require(file.firstMatch(of: /copy_headers \{\n([^}]*)\}/)).1.split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let names = AnswerHeaders.eight + further.map { "x-authgear-\($0)" } + ["x-user-email"]
        #expect(copied == names)
        let atOnce = file.matches(of: /request_header (\S+) \{rp\.header\.(\S+)\}/).map(\.output)
        #expect(atOnce.map { $0.1.lowercased() } == names && atOnce.allSatisfy { $0.1 == $0.2 })
        let rest = AnswerHeaders.further.filter { !names.contains($0) }.joined(separator: ", ")
        let said = file.matches(of: /# No answer of this configuration says anything under (.*):\n/).map(\.1)
        #expect(said == (rest.isEmpty ? [] : [rest[...], rest[...]]))
    }

    @Test func `Envoy's regular expressions are one for each name, and none is too large`() throws {
        let names = [String(repeating: "a", count: 63), "x" + String(repeating: "-a", count: 31), "x-user-email"]
        let text = Self.issuer.replacing("x-user-email", with: names.joined(separator: ": n, "))
        let file = try #require(try Self.files(.envoy, text)["envoy.yaml"])
        let expressions = file.matches(of: /regex: "([^"]*)"/).map { String($0.output.1) }
        #expect(expressions.count == 4)
        for (name, expression) in zip(names, expressions.dropFirst()) {
            // The compiled one has an instruction for each character, three for a class, and four around them: at most 100.
            let classes = expression.count(of: "[^a-z0-9]")
            #expect(expression.count - classes * 9 + classes * 3 + 4 <= 100)
            #expect(try Regex(expression).wholeMatch(in: name.replacing("-", with: "_")) != nil)
        }
    }

    @Test(arguments: [
        ("\"127.0.0.1:1\"", ["envoy.yaml"]),
        ("\"127.0.0.1:1\", \"grpc://0.0.0.0:4190\"", ["envoy-grpc.yaml", "envoy.yaml"]),
        ("\"grpc://[::]:4190/require\"", ["envoy-grpc.yaml"]), ("\"grpc+unix:/run/4190\"", ["envoy-grpc.yaml"]),
    ])
    func `Envoy has a file for each way in which it is listened to`(listen: String, names: [String]) throws {
        let files = try Self.files(.envoy, Self.issuer + "listen: [\(listen)]\npolicies: { orders: {} }\n")
        #expect(files.keys.sorted() == names)
        guard let text = files["envoy-grpc.yaml"] else { return }
        #expect(text.count(of: "safe_regex: { regex: \"x[^a-z0-9]user[^a-z0-9]email\" }") == 2)
        #expect(text.contains("{ endpoint: require, policy: orders }"))
        let endpoint = text.split(separator: "\n").first { $0.contains("- endpoint: { address:") } ?? ""
        #expect(endpoint.contains("4190") && !endpoint.contains("\"::\"") && !endpoint.contains("0.0.0.0"))
    }

    @Test func `Traefik has a file for an address that speaks TLS, and the others none`() throws {
        let text =
            Self.issuer + """
                listen: ["127.0.0.1:4180", "https://0.0.0.0:4443"]
                tls: { server: { cert_file: c, key_file: k } }
                policies: { orders: {} }

                """
        let files = try Self.files(.traefik, text)
        #expect(files.keys.sorted() == ["dynamic-h2.yaml", "dynamic.yaml", "traefik.yaml"])
        let file = try #require(files["dynamic-h2.yaml"])
        #expect(file.contains("address: https://127.0.0.1:4443/policy/orders/require"))
        #expect(!file.contains("http://127.0.0.1:4"))
        #expect(file.contains("|^x[^a-z0-9]user[^a-z0-9]email$"))
        for gateway in Self.others where gateway != .traefik {
            #expect(!(try Self.files(gateway, text).values.joined().contains("4443")), "\(gateway)")
        }
    }

    @Test func `calls bring the client's own request whatever original says`() throws {
        for original in ["nginx", "traefik", "envoy"] {
            let text = Self.issuer + "listen: [\"grpc://127.0.0.1:1\"]\noriginal: \(original)\npreflight: allow\n"
            let file = try Self.files(.envoy, text)["envoy-grpc.yaml"]
            #expect(file?.contains("- exact: access-control-request-method") == true)
        }
    }

    @Test func `a gateway that can't do what is configured says so`() throws {
        let certificate = Self.issuer + "client_certificate: { header: x-cert, format: rfc9440 }\n"
        for gateway in Self.others + [.nginx] {
            #expect(throws: GatewayFiles.Unsuitable.self) { _ = try Self.files(gateway, certificate) }
        }
        let socket = Self.issuer + "listen: [\"unix:/run/r.sock\"]\n"
        for gateway in [GatewayFiles.Gateway.traefik, .apache] {
            #expect(throws: GatewayFiles.Unsuitable.self) { _ = try Self.files(gateway, socket) }
        }
        #expect(try Self.files(.envoy, socket)["envoy.yaml"]?.contains("pipe: { path: /run/r.sock }") == true)
        #expect(try Self.files(.haproxy, socket)["authgear.lua"]?.contains("\"unix@/run/r.sock\", nil") == true)
        #expect(try Self.files(.caddy, socket)["authgear.caddy"]?.contains("unix//run/r.sock") == true)
        #expect(try Self.files(.openresty, socket)["authgear.lua"]?.contains("\"unix:/run/r.sock\"") == true)
    }

    @Test(
        arguments: GatewayFiles.Gateway.allCases.filter { ![.traefik, .apache].contains($0) },
        #" $"'{};\%:,#é"#.map(String.init) + ["\u{0D4E};"])
    func `a socket whose path would end in the file, or begin something else, is refused`(
        gateway: GatewayFiles.Gateway, mark: String
    ) throws {
        let path = "/run/a\(mark)b.sock"
        for prefix in gateway == .envoy ? ["unix:", "grpc+unix:"] : ["unix:"] {
            var configuration = try configuration(Self.issuer)
            configuration.listen = prefix == "unix:" ? [.unix(path: path)] : []
            if prefix != "unix:" { configuration.calls = [CallAddress(.unix(path: path))] }
            let error = #expect(throws: GatewayFiles.Unsuitable.self) { _ = try GatewayFiles(gateway, configuration) }
            #expect(error?.description.hasPrefix("listen: \(gateway.rawValue)'s files can't name the socket ") == true)
        }
    }

    @Test(arguments: GatewayFiles.Gateway.allCases)
    func `addresses where no plain HTTP is spoken are skipped`(gateway: GatewayFiles.Gateway) throws {
        let mixed = Self.issuer + "listen: [\"grpc://127.0.0.1:4182\", \"unix:/run/r.sock\", \"127.0.0.1:4190\"]\n"
        let all = try Self.files(gateway, mixed).values.joined()
        let isUnix = ![.traefik, .apache].contains(gateway)
        #expect(all.contains("/run/r.sock") == isUnix && all.contains("4190") != isUnix)
        #expect(all.contains("4182") == (gateway == .envoy))
        let more = gateway == .envoy ? "" : "\"grpc://127.0.0.1:4182\", "
        let calls =
            Self.issuer + """
                listen: [\(more)"https://127.0.0.1:4443"]
                tls: { server: { cert_file: c, key_file: k } }

                """
        let error = #expect(throws: GatewayFiles.Unsuitable.self) { _ = try Self.files(gateway, calls) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("listen: \(gateway.rawValue) needs ") && text.hasSuffix("such as 127.0.0.1:4180"))
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
