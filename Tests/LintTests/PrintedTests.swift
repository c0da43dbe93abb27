import AuthgearResolver
import Fixtures
import Foundation
import Lint
import Testing

/// What `gateway NAME` prints, for a configuration with headers and policies of its own.
@Suite struct PrintedTests {
    private static let text = """
        listen: ["127.0.0.1:4190"]
        policies: { orders: {}, stock: {} }
        tokens: { static: { file: t, header: x-api-key } }
        issuers: [{ issuer: "https://id.example", audiences: [a], headers: { x-user-email: e, x-authgear-team: t } }]

        """

    /// Writes the files to a folder, and gives their paths.
    private static func print(_ gateway: GatewayFiles.Gateway, to folder: String) throws -> [String] {
        let configuration = try ConfigurationFile(path: "resolver.yaml").parse(text)
        return try GatewayFiles(gateway, configuration).all.map { file in
            let path = "\(folder)/\(file.name)"
            try FileManager.default.createDirectory(atPath: path.folder, withIntermediateDirectories: true)
            try file.text.write(toFile: path, atomically: false, encoding: .utf8)
            return path
        }
    }

    @Test(arguments: GatewayFiles.Gateway.allCases)
    func `nothing is found in what is printed`(gateway: GatewayFiles.Gateway) throws {
        let folder = try TemporaryFolder()
        let paths = try Self.print(gateway, to: folder.path).filter { !$0.hasSuffix(".lua") }
        #expect(!paths.isEmpty)
        #expect(Example.report(on: paths).findings.map(\.line) == [])
    }

    @Test func `a header of the configuration's own that one place leaves out is found`() throws {
        let folder = try TemporaryFolder()
        _ = try Self.print(.nginx, to: folder.path)
        let clear = "\(folder.path)/clear.conf"
        let whole = try String(contentsOfFile: clear, encoding: .utf8)
        try whole.replacing("proxy_set_header x-user-email \"\";", with: "").write(
            toFile: clear, atomically: false, encoding: .utf8)
        try """
        http {
            include upstream.conf;
            server {
                include locations.conf;
                location / { include auth_request.conf; proxy_pass http://b; }
                location /public/ { include clear.conf; proxy_pass http://b; }
            }
        }
        """.write(toFile: "\(folder.path)/nginx.conf", atomically: false, encoding: .utf8)
        let found = Example.report(on: ["\(folder.path)/nginx.conf"]).findings
        #expect(found.map(\.row.rule) == [.nameNotSet])
        #expect(found.first?.detail.contains("x-user-email") == true)
    }
}
