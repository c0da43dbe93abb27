import Bytes
import Resolution

/// The records of a memory store, as bytes under their Redis keys. All event loops share one.
package struct MemoryRecords: Sendable {
    private var records: [[UInt8]: [UInt8]] = [:]

    /// - Parameter entries: a record's JSON under each Redis key; of a key that comes twice the last counts.
    package init(entries: some Sequence<(key: String, record: String)>) {
        for (key, record) in entries { records[Array(key.utf8)] = Array(record.utf8) }
    }

    /// Reads a file of the form `{"<redis key>": <record>, …}`.
    ///
    /// Records stay as they are written, byte for byte. Whether each is a good one shows when it is asked for, as it
    /// does with those of Redis.
    package init(file: RawSpan) throws(MemoryFileError) {
        var reader = JSONReader(file)
        do throws(JSONError) {
            guard try reader.enterObject() else { throw .unexpectedByte }
            while let name = try reader.nextMember() {
                let key = name.copy()
                guard records[key] == nil else { throw .duplicateName }
                records[key] = [UInt8](copying: file.extracting(try reader.readRawValue()))
            }
            try reader.finish()
        } catch {
            throw MemoryFileError(error, at: reader.position, in: file)
        }
    }

    package var count: Int { records.count }

    /// The decoded record; nil when there is none.
    func reply(to query: RecordQuery) -> RecordReply? {
        records[query.key].map { record in RecordReply(record: record.span.bytes, for: query) }
    }
}
