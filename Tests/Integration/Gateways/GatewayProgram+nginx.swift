import Foundation

extension GatewayProgram {
    /// As root nginx would give up its rights, and with them the way to the files of these tests.
    static let own = "daemon off;" + (getuid() == 0 ? " user root;" : "")

    static let nginx = GatewayProgram(
        name: "nginx", origin: "Debian", executable: Program.nginx, version: ["-v"], folder: "nginx",
        arguments: { ["-p", $0, "-c", "\($0)/nginx/nginx.conf", "-g", own] }, hasHTTP2Port: true,
        exceptions: [
            .others:
                "nginx itself takes fields away by their whole names only; with the module headers-more `clear_others.conf` does it",
            .othersUnasked:
                "nginx itself takes fields away by their whole names only; with the module headers-more `clear_others.conf` does it",
        ])

    private static let headersMore = "modules/ngx_http_headers_more_filter_module.so"

    /// With the module that takes fields away by the beginnings of their names.
    static let nginxWithHeadersMore = GatewayProgram(
        name: "nginx, headers-more", origin: "Debian, libnginx-mod-http-headers-more-filter",
        executable: FileManager.default.fileExists(atPath: "/usr/lib/nginx/\(headersMore)") ? Program.nginx : nil,
        version: ["-v"], folder: "nginx", arguments: nginx.arguments, hasHTTP2Port: true,
        edits: [
            ("\nworker_processes", "\nload_module /usr/lib/nginx/\(headersMore);\nworker_processes"),
            ("include locations.conf;", "include locations.conf;\n        include clear_others.conf;"),
        ])
}
