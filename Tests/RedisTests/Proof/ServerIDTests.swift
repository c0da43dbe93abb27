import Redis
import Testing

@Suite struct `Server id` {
    @Test(arguments: [
        "run_id:abc\r\n", "# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\ntcp_port:6379\r\n", "run_id:abc",
    ])
    func `a server is named by its run id`(_ info: String) {
        #expect(ServerID(info: Array(info.utf8)) != nil)
        #expect(ServerID(info: Array(info.utf8)) == ServerID(info: Array("run_id:abc\r\n".utf8)))
        #expect(ServerID(info: Array(info.utf8)) != ServerID(info: Array("run_id:abd\r\n".utf8)))
    }

    @Test(arguments: ["", "run_id:\r\n", "x run_id:abc\r\n", "OK"])
    func `a text that names none names none`(_ info: String) {
        #expect(ServerID(info: Array(info.utf8)) == nil)
    }
}
