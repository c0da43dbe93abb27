import Glibc

/// A folder for this process and user alone, with files of theirs. It goes with the value.
struct PrivateFolder: ~Copyable {
    let path: String
    private var files: [String] = []

    /// Makes the folder where temporary files belong.
    init() throws(FileError) {
        let parent = ConfigurationFile.processEnvironment("TMPDIR") ?? "/tmp"
        var template = Array("\(parent)/authgear-resolver-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .current }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Writes a file that only this user can read; gives its path.
    mutating func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
        let file = "\(path)/\(name)"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        files.append(file)
        File.write(bytes, to: descriptor)
        return file
    }

    deinit {
        for file in files { _ = unsafe unlink(file) }
        _ = unsafe rmdir(path)
    }
}
