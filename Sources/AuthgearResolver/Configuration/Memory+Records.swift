import Bytes
import Redis
package import Worker

extension Configuration.Memory {
    /// The most bytes that a file of records may have.
    package static let maximumBytes = 64 << 20

    /// Reads the file's records.
    package func records() throws(RecordFileError) -> MemoryRecords {
        do {
            let bytes = try File.contents(of: file, limit: Self.maximumBytes)
            return try MemoryRecords(file: bytes.span.bytes)
        } catch {
            throw RecordFileError(description: "\(file): \(error)")
        }
    }
}
