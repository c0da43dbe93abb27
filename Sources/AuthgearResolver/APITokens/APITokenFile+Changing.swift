import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.

extension APITokenFile {
    /// Replaces the file by what becomes of its text, while no other change is made; keeps its mode and its owner.
    ///
    /// - Parameters:
    ///   - isMade: whether a file that is not there yet is made, with mode 0600; else that is an error.
    ///   - change: makes the new text of the old one.
    func change(
        isMade: Bool = false, _ change: (APITokenEdit) throws(APITokenEditError) -> String
    ) throws(APITokenChangeError) {
        do {
            // A link stays one, and leads to the new file.
            let path = Self.target(of: path)
            let lock = try FolderLock(folderOf: path)
            let isThere = unsafe access(path, F_OK) == 0
            let text: String? = isThere || !isMade ? try text(at: path) : nil
            let edit = try APITokenEdit(text, path: self.path)
            let changed = Array(try change(edit).utf8)
            try FileReplacement.write(changed, to: path, mode: isThere ? nil : 0o600)
            withExtendedLifetime(lock) {}
        } catch let error as FileError {
            throw APITokenChangeError("\(path): \(error)")
        } catch {
            throw APITokenChangeError("\(error)")
        }
    }

    private func text(at path: String) throws -> String {
        let bytes = try File.contents(of: path, limit: Self.maximumBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw APITokenChangeError("\(self.path): is not UTF-8 text")
        }
        return text
    }

    private static func target(of path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

/// Why a file of API tokens was not changed, in words: a line for each thing that is wrong.
struct APITokenChangeError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
