import Glibc

/// A folder of temporary files for this user alone. It goes with the value.
package struct PrivateFolder: ~Copyable {
    package let path: String
    private let names: [String]

    private init(path: String, names: [String]) {
        self.path = path
        self.names = names
    }

    /// Makes the folder where temporary files belong, with these files in it.
    ///
    /// - Parameter files: contents under names without slashes.
    package static func make(_ files: [String: [UInt8]]) throws(FileError) -> PrivateFolder {
        let folder = PrivateFolder(path: try makeDirectory(), names: Array(files.keys))
        for (name, bytes) in files { try write(bytes, to: folder.path(of: name)) }
        return folder
    }

    private static func makeDirectory() throws(FileError) -> String {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/authgear-resolver-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .current }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The path of one of the files.
    package func path(of name: String) -> String {
        "\(path)/\(name)"
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        File.write(bytes, to: descriptor)
    }

    deinit {
        for name in names { _ = unsafe unlink(path(of: name)) }
        _ = unsafe rmdir(path)
    }
}
