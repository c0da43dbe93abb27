/// A text of the configuration into which files are put (`${file:/path}`), to be put together again when they have changed. What the
/// environment gave is a part of it.
package struct FileText: Hashable, Sendable {
    /// The most that a file may hold.
    static let maximumBytes = 64 << 10

    package enum Part: Hashable, Sendable {
        case text(String)
        /// What this file holds, by its absolute path.
        case file(String)
    }

    private let parts: [Part]

    package init(_ parts: [Part]) {
        self.parts = parts
    }

    /// The files.
    package var files: [String] {
        parts.compactMap { part in if case .file(let path) = part { path } else { nil } }
    }

    /// Reads the files. It may block.
    func read() throws(FileTextError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let constant): text += constant
            case .file(let path): text += try Self.contents(of: path)
            }
        }
        return text
    }

    private static func contents(of path: String) throws(FileTextError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try File.contents(of: path, limit: maximumBytes)
        } catch {
            throw FileTextError(description: "needs the file \(path): \(error)")
        }
        guard let text = text(of: bytes) else {
            throw FileTextError(description: "needs the file \(path), which is not UTF-8 text")
        }
        return text
    }

    /// What a file holds, without the line break at its end; nil when it is not UTF-8.
    static func text(of bytes: [UInt8]) -> String? {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Why a text can't be put together again, for a person; never with a part of it.
package struct FileTextError: Error, CustomStringConvertible {
    package let description: String
}
