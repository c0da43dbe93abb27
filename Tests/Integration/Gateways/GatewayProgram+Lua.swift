import Foundation

extension GatewayProgram {
    /// Debian's nginx has the module that makes OpenResty of it.
    private static var nginxWithLua: String? {
        FileManager.default.fileExists(atPath: "/usr/lib/nginx/modules/ngx_http_lua_module.so") ? Program.nginx : nil
    }

    static let openresty = GatewayProgram(
        name: "openresty", origin: "Debian, libnginx-mod-http-lua", executable: nginxWithLua,
        version: ["-v"],
        folder: "gateways/openresty",
        arguments: { ["-p", "\($0)/gateways/openresty", "-c", "nginx.conf", "-g", own] }, hasHTTP2Port: true)

    static let kong = GatewayProgram(
        name: "kong", origin: "the plug-in alone, on nginx with ngx_lua and a stand-in for Kong's PDK",
        executable: nginxWithLua,
        version: ["-v"], folder: "gateways/kong",
        otherFolders: ["gateways/openresty", "Tests/Integration/Gateways/StandIns"],
        arguments: { ["-p", $0, "-c", "\($0)/Tests/Integration/Gateways/StandIns/kong.conf", "-g", own] },
        hasHTTP2Port: true)

    static let apisix = GatewayProgram(
        name: "apisix", origin: "the plug-in alone, on nginx with ngx_lua and a stand-in for APISIX' core",
        executable: nginxWithLua, version: ["-v"], folder: "gateways/apisix",
        otherFolders: ["gateways/openresty", "Tests/Integration/Gateways/StandIns"],
        arguments: { ["-p", $0, "-c", "\($0)/Tests/Integration/Gateways/StandIns/apisix.conf", "-g", own] },
        hasHTTP2Port: true)
}
