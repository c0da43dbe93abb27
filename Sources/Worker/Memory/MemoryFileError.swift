package import Bytes

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
