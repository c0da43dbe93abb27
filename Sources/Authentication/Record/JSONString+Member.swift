import Bytes

extension JSONString {
    /// Whether it is a member's name. Most that are not have another length, and are told apart here, without a call.
    @inline(__always)
    func matches(_ name: StaticString) -> Bool {
        (hasEscapes || range.count == name.utf8CodeUnitCount) && equals(name)
    }
}
