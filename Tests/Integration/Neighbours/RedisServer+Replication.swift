extension RedisServer {
    func has(_ key: String) throws -> Bool {
        switch try command("EXISTS", key) {
        case ":1\r\n": true
        case ":0\r\n": false
        case let reply: throw WireError.malformed(reply)
        }
    }

    /// Waits until it has all that this primary has at this moment.
    func catchUp(with primary: RedisServer) throws {
        let offset = try primary.replication()["master_repl_offset"].flatMap { Int($0) } ?? 0
        _ = try eventually("\(address) to catch up with \(primary.address)") {
            let (mine, theirs) = (try replication(), try primary.replication())
            return mine["role"] == "slave" && mine["master_link_status"] == "up"
                && mine["master_replid"] == theirs["master_replid"]
                && mine["slave_repl_offset"].flatMap { Int($0) }.map { $0 >= offset } == true ? true : nil
        }
    }

    /// The fields of `INFO replication`.
    func replication() throws -> [String: String] {
        let pairs = try command("INFO", "replication").split(separator: "\r\n").compactMap { line in
            line.firstIndex(of: ":").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
