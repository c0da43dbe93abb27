package import Authentication
import Bytes
import JOSE
import Trust
import Yams

/// The file that lists API tokens (contract section 16).
///
/// Read as strictly as the configuration, with the same messages; nothing is put in for `${…}`. What it holds may be a secret that
/// somebody wrote in place of its digest: no message shows a value that may be one.
package struct APITokenFile: Hashable, Sendable {
    /// About 600 bytes for each of as many tokens as there may be.
    static let maximumBytes = 64 << 20

    package let path: String

    package init(path: String) { self.path = path }

    /// What a look at the file brought.
    package struct Reading: Sendable {
        package let file: APITokenFile
        /// What the file looked like; nil when it can't be read, or may be in the middle of a change.
        let stamp: FileStamp?
        /// Of the bytes; nil when it can't be read.
        let digest: SHA256Digest?
        package let tokens: Result<[APIToken], ConfigurationError>
    }

    /// Reads the file.
    ///
    /// - Parameter known: what a look before this one brought: what has the same bytes is not read again.
    package func read(after known: Reading? = nil) -> Reading {
        do throws(FileProblem) {
            guard
                case .read(let bytes, let stamp) = try WatchedFile(path: path).look(
                    since: nil, limit: Self.maximumBytes)
            else { return failure("can't be read") }
            let digest = SHA256Digest(of: bytes.span.bytes)
            if let known, known.file == self, known.digest == digest {
                return Reading(file: self, stamp: stamp, digest: digest, tokens: known.tokens)
            }
            return Reading(file: self, stamp: stamp, digest: digest, tokens: Self.tokens(in: bytes, path: path))
        } catch {
            switch error {
            case .unreadable(let error): return failure("can't be read: \(FileError(error))")
            case .notAFile: return failure("is not a file")
            case .tooLarge: return failure("\(FileError.tooLarge(Self.maximumBytes))")
            }
        }
    }

    private func failure(_ message: String) -> Reading {
        Reading(file: self, stamp: nil, digest: nil, tokens: .failure(Self.refusal(message, path: path)))
    }

    /// The tokens that a file of these bytes lists, or everything that is wrong with it.
    package static func tokens(in bytes: [UInt8], path: String) -> Result<[APIToken], ConfigurationError> {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .failure(refusal("is not UTF-8 text", path: path))
        }
        return Result { () throws(ConfigurationError) in
            var reading = APITokenReading(path: path)
            for part in APITokenText(text).parts {
                try reading.read(part)
                if reading.hasEnough { break }
            }
            return try reading.finish()
        }
    }

    private static func refusal(_ message: String, path: String) -> ConfigurationError {
        ConfigurationError(file: path, problems: [Problem(at: .start, key: "", message)])
    }
}
