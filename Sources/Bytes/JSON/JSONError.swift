/// Why bytes are not the JSON that they should be (RFC 8259), one case per check. Never says the bytes.
package enum JSONError: UInt8, CaseIterable, Error, Sendable {
    /// The text ends in the middle of a value.
    case unexpectedEnd
    /// A byte stands where the grammar has no place for it.
    case unexpectedByte
    /// A number is not as the grammar writes it.
    case badNumber
    /// A string holds a control character that is not escaped.
    case controlCharacter
    /// A string holds a backslash that starts no escape.
    case badEscape
    /// A string escapes half of a surrogate pair without the other half.
    case loneSurrogate
    /// A string is not UTF-8.
    case badUTF8
    /// Arrays and objects are nested deeper than the reader's bound.
    case tooDeep
    /// An object has two members of one name.
    case duplicateName
    /// Something other than white space follows the value.
    case trailingBytes
    /// The caller went on with a container that is not the innermost open one.
    case outOfPlace
}
