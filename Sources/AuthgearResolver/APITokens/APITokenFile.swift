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
        /// Before the file was opened: what was read later is not older.
        let began: ContinuousClock.Instant
        /// What the file looked like; nil when it can't be read, or may be in the middle of a change.
        let stamp: FileStamp?
        /// Of the bytes; nil when it can't be read.
        let digest: SHA256Digest?
        package let tokens: Result<[APIToken], ConfigurationError>
        /// The tokens by the digests of what is written of them, of this list or, when it has an error, of one before it.
        let blocks: [SHA256Digest: APIToken]
    }

    /// Reads the file.
    ///
    /// - Parameter known: what a look before this one brought. What has the same bytes is not read again: of a long list, which takes
    ///   seconds, each token that changed.
    package func read(after known: Reading? = nil) -> Reading {
        let began = ContinuousClock.now
        do throws(FileProblem) {
            guard
                case .read(let bytes, let stamp) = try WatchedFile(path: path).look(
                    since: nil, limit: Self.maximumBytes)
            else { return failure("can't be read", after: known, began: began) }
            let digest = SHA256Digest(of: bytes.span.bytes)
            if let known, known.file == self, known.digest == digest {
                return Reading(
                    file: self, began: began, stamp: stamp, digest: digest, tokens: known.tokens, blocks: known.blocks)
            }
            let (tokens, blocks) = Self.tokens(in: bytes, path: path, knowing: known?.blocks ?? [:])
            return Reading(file: self, began: began, stamp: stamp, digest: digest, tokens: tokens, blocks: blocks)
        } catch {
            switch error {
            case .unreadable(let error):
                return failure("can't be read: \(FileError(error))", after: known, began: began)
            case .notAFile: return failure("is not a file", after: known, began: began)
            case .tooLarge: return failure("\(FileError.tooLarge(Self.maximumBytes))", after: known, began: began)
            }
        }
    }

    private func failure(_ message: String, after known: Reading?, began: ContinuousClock.Instant) -> Reading {
        Reading(
            file: self, began: began, stamp: nil, digest: nil, tokens: .failure(Self.refusal(message, path: path)),
            blocks: known?.blocks ?? [:])
    }

    /// The tokens that a file of these bytes lists, or everything that is wrong with it.
    package static func tokens(in bytes: [UInt8], path: String) -> Result<[APIToken], ConfigurationError> {
        tokens(in: bytes, path: path, knowing: [:]).tokens
    }

    private static func tokens(
        in bytes: [UInt8], path: String, knowing known: [SHA256Digest: APIToken]
    ) -> (tokens: Result<[APIToken], ConfigurationError>, blocks: [SHA256Digest: APIToken]) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return (.failure(refusal("is not UTF-8 text", path: path)), known)
        }
        var reading = APITokenReading(path: path, knowing: known)
        do throws(ConfigurationError) {
            try reading.read(bytes)
            return (.success(try reading.finish()), reading.blocks)
        } catch {
            return (.failure(error), known)
        }
    }

    private static func refusal(_ message: String, path: String) -> ConfigurationError {
        ConfigurationError(file: path, problems: [Problem(at: .start, key: "", message)])
    }
}
