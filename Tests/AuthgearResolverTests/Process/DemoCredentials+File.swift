import AuthgearResolver

extension DemoCredentials {
    /// The records as a memory store's file has them.
    var recordsFile: [UInt8] {
        let members = records.map { entry in "\"\(entry.key)\": \(entry.record)" }
        return Array("{\(members.joined(separator: ",\n"))}".utf8)
    }
}
