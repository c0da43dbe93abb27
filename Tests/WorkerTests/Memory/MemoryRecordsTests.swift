import Bytes
import Testing
import Worker

private func records(_ file: String) throws(MemoryFileError) -> MemoryRecords {
    try MemoryRecords(file: Array(file.utf8).span.bytes)
}

@Suite struct `Memory records` {
    @Test(arguments: [("{}", 0), (" {\"a\": {}}\n", 1), ("{\"a\":{},\"b\":[1],\"c\":\"\\u0061\",\"d\":null}", 4)])
    func `a file of records is read`(_ file: String, _ count: Int) throws {
        #expect(try records(file).count == count)
    }

    @Test(arguments: [
        ("", "line 1, column 1: this is not as JSON is written; the file must be {\"<redis key>\": <record>, …}"),
        ("[]", "line 1, column 1: this is not as JSON is written; the file must be {\"<redis key>\": <record>, …}"),
        ("{\"a\": {}", "line 1, column 9: the file ends in the middle of a value"),
        ("{\n  \"a\": {},\n  \"a\": {}\n}", "line 3, column 8: two records have the same key"),
        ("{\"a\": {}, \"\\u0061\": {}}", "line 1, column 21: two records have the same key"),
        ("{\n\"a\": 01}", "line 2, column 8: this is not how JSON writes a number"),
        ("{} {}", "line 1, column 4: something follows the end of the object"),
    ])
    func `an error says what is wrong and where`(_ file: String, _ message: String) {
        let error = #expect(throws: MemoryFileError.self) { _ = try records(file) }
        #expect(error?.description == message)
    }
}
