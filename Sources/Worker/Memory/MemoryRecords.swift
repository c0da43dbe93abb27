import Authentication
package import Bytes
import NIOConcurrencyHelpers

/// The records of a memory store, as bytes under their Redis keys. All event loops share them.
package final class MemoryRecords: Sendable {
    private struct Contents {
        var records: [[UInt8]: [UInt8]]
        /// How often something was taken away.
        var removals = 0
    }

    private let contents: NIOLockedValueBox<Contents>

    /// - Parameter entries: a record's JSON under each Redis key; of a key that comes twice the last counts.
    package init(entries: some Sequence<(key: String, record: String)>) {
        var records: [[UInt8]: [UInt8]] = [:]
        for (key, record) in entries { records[Array(key.utf8)] = Array(record.utf8) }
        contents = NIOLockedValueBox(Contents(records: records))
    }

    /// Reads a file of the form `{"<redis key>": <record>, …}`.
    ///
    /// Records stay as they are written, byte for byte. Whether each is a good one shows when it is asked for, as it
    /// does with those of Redis.
    package init(file: RawSpan) throws(MemoryFileError) {
        var records: [[UInt8]: [UInt8]] = [:]
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
        contents = NIOLockedValueBox(Contents(records: records))
    }

    package var count: Int { contents.withLockedValue { $0.records.count } }

    /// Takes a record away, as Authgear does with what is revoked: who asks from now on doesn't find it.
    package func remove(_ key: String) {
        contents.withLockedValue { contents in
            contents.records[Array(key.utf8)] = nil
            contents.removals += 1
        }
    }

    /// How often something was taken away: another number, and what was read before may not be there any more.
    var removals: Int { contents.withLockedValue { $0.removals } }

    /// The decoded record; nil when there is none.
    func reply(to query: RecordQuery) -> RecordReply? {
        let record = contents.withLockedValue { $0.records[query.key] }
        return record.map { record in RecordReply(record: record.span.bytes, for: query) }
    }
}

/// What is wrong with a memory store's file, and where.
package struct MemoryFileError: Error, Equatable, CustomStringConvertible {
    package let cause: JSONError
    /// Counted from 1.
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int

    init(_ cause: JSONError, at position: Int, in file: RawSpan) {
        self.cause = cause
        var (line, start) = (1, 0)
        while let end = file.firstIndex(of: UInt8(ascii: "\n"), from: start), end < position {
            line += 1
            start = end + 1
        }
        self.line = line
        self.column = position - start + 1
    }

    /// Such as `line 3, column 14: two records have the same key`.
    package var description: String { "line \(line), column \(column): \(words)" }

    private var words: String {
        switch cause {
        case .unexpectedEnd: "the file ends in the middle of a value"
        case .unexpectedByte: "this is not as JSON is written; the file must be {\"<redis key>\": <record>, …}"
        case .badNumber: "this is not how JSON writes a number"
        case .controlCharacter: "a string holds a control character that is not escaped"
        case .badEscape, .loneSurrogate: "a string has a wrong escape"
        case .badUTF8: "a string is not UTF-8"
        case .tooDeep: "arrays and objects are nested too deep"
        case .duplicateName: "two records have the same key"
        case .trailingBytes, .outOfPlace: "something follows the end of the object"
        }
    }
}
