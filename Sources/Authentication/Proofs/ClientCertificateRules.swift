import Bytes
package import JOSE

/// How the gateway hands on the certificate of the client's own TLS connection (contract section 24).
package struct ClientCertificateRules: Hashable, Sendable {
    package enum Format: String, CaseIterable, Sendable {
        /// PEM, percent-encoded (`$ssl_client_escaped_cert`).
        case nginx
        /// PEM without its first and last line and its line breaks, percent-encoded or not.
        case traefik
        /// Base64 between colons (RFC 9440 section 2.1).
        case rfc9440
        /// Envoy's `x-forwarded-client-cert`: its digest.
        case xfcc
    }

    package var format: Format

    package init(format: Format) { self.format = format }

    /// The longest value that is read.
    package static let maximumBytes = 8 << 10

    /// The SHA-256 of the one certificate in DER, or what a digest that the gateway made says it is; nil when the value is something
    /// else. The certificate itself is not looked at: that its key was used, the gateway knows; whose it is, the token says.
    package func digest(of value: RawSpan) -> SHA256Digest? {
        guard value.byteCount <= Self.maximumBytes else { return nil }
        for offset in 0..<value.byteCount where !value[byte: offset].isPrintable { return nil }
        switch format {
        case .nginx: return Self.decode(value).flatMap { Self.digest(ofPEM: $0) }
        case .traefik: return Self.decode(value).flatMap { Self.digest(ofBase64: $0[...]) }
        case .rfc9440:
            let text = [UInt8](copying: value)
            guard text.count > 2, text.first == UInt8(ascii: ":"), text.last == UInt8(ascii: ":") else { return nil }
            return Self.digest(ofBase64: text.dropFirst().dropLast())
        case .xfcc: return ForwardedCertificate.digest(in: value)
        }
    }

    /// Takes percent-encoding away; a plus stands for itself.
    private static func decode(_ value: RawSpan) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(value.byteCount)
        var offset = 0
        while offset < value.byteCount {
            guard value[byte: offset] == UInt8(ascii: "%") else {
                text.append(value[byte: offset])
                offset += 1
                continue
            }
            guard offset + 2 < value.byteCount, let high = value[byte: offset + 1].hexDigitValue,
                let low = value[byte: offset + 2].hexDigitValue
            else { return nil }
            text.append(high << 4 | low)
            offset += 3
        }
        return text
    }

    private static let header = Array("-----BEGIN CERTIFICATE-----\n".utf8)
    private static let footer = Array("-----END CERTIFICATE-----".utf8)

    /// Of a certificate in PEM (RFC 7468 section 5.1), and nothing around it.
    private static func digest(ofPEM text: [UInt8]) -> SHA256Digest? {
        let text = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
        guard text.starts(with: header), text.suffix(footer.count).elementsEqual(footer),
            text.count > header.count + footer.count
        else { return nil }
        let body = text.dropFirst(header.count).dropLast(footer.count)
        // The last line ends before the footer begins; a line in between is no empty one.
        guard body.last == UInt8(ascii: "\n") else { return nil }
        let lines = body.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.allSatisfy({ !$0.isEmpty }) else { return nil }
        return digest(ofBase64: ArraySlice(lines.joined()))
    }

    /// Of bytes in base64 (RFC 4648 section 4): with its padding, and at least one byte.
    private static func digest(ofBase64 text: ArraySlice<UInt8>) -> SHA256Digest? {
        guard !text.isEmpty, text.count.isMultiple(of: 4) else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var unpadded: [UInt8] = []
        unpadded.reserveCapacity(text.count)
        for byte in text.dropLast(padding) {
            switch byte {
            case UInt8(ascii: "+"): unpadded.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): unpadded.append(UInt8(ascii: "_"))
            // The other alphabet's.
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: unpadded.append(byte)
            }
        }
        return Base64URL.decode(unpadded.span.bytes).map { SHA256Digest(of: $0.span.bytes) }
    }
}

/// Envoy's `x-forwarded-client-cert`: elements, separated by commas, of pairs, separated by semicolons. Values may stand in quotes.
private enum ForwardedCertificate {
    /// `Hash` of the one element; nil when there is another element, no `Hash`, or a second one.
    static func digest(in value: RawSpan) -> SHA256Digest? {
        var digest: SHA256Digest?
        var position = 0
        while position < value.byteCount {
            guard let pair = pair(in: value, at: &position) else { return nil }
            guard value.extracting(pair.name).equalsIgnoringCase("hash") else { continue }
            guard digest == nil, let read = SHA256Digest(hex: value.extracting(pair.value)) else { return nil }
            digest = read
        }
        return digest
    }

    /// The next pair, without quotes; moves behind its semicolon. Nil when it is none, or another element follows.
    private static func pair(in text: RawSpan, at position: inout Int) -> (name: Range<Int>, value: Range<Int>)? {
        guard let equals = text.firstIndex(of: UInt8(ascii: "="), from: position), equals > position else { return nil }
        let name = position..<equals
        for offset in name where !text[byte: offset].isTokenCharacter { return nil }
        position = equals + 1
        let isQuoted = position < text.byteCount && text[byte: position] == UInt8(ascii: "\"")
        if isQuoted { position += 1 }
        let start = position
        while position < text.byteCount {
            switch text[byte: position] {
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case UInt8(ascii: "\"") where isQuoted:
                let value = start..<position
                position += 1
                guard position < text.byteCount else { return (name, value) }
                return end(of: text, at: &position) ? (name, value) : nil
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                if isQuoted { break }
                let value = start..<position
                return end(of: text, at: &position) ? (name, value) : nil
            default: break
            }
            position += 1
        }
        // The quotes have no end.
        return isQuoted ? nil : (name, start..<text.byteCount)
    }

    /// Whether a pair of the same element follows; moves there.
    private static func end(of text: RawSpan, at position: inout Int) -> Bool {
        defer { position += 1 }
        return text[byte: position] == UInt8(ascii: ";") && position + 1 < text.byteCount
    }
}
