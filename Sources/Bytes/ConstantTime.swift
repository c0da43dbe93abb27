/// Whether both hold the same bytes, in a time that depends on their lengths alone.
///
/// For comparing with secrets and with digests of secrets. The lengths themselves are no secret.
package func constantTimeEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    var difference: UInt8 = 0
    for offset in 0..<left.byteCount { difference |= left[byte: offset] ^ right[byte: offset] }
    return difference == 0
}
