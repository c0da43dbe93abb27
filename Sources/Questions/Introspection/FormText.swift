import Bytes
import NIOHTTP1

/// A form as it is posted (`application/x-www-form-urlencoded`), and the credentials of who posts it.
enum FormText {
    /// The pairs, encoded and joined.
    static func encode(_ pairs: [(name: String, value: [UInt8])]) -> [UInt8] {
        var form: [UInt8] = []
        for (name, value) in pairs {
            if !form.isEmpty { form.append(UInt8(ascii: "&")) }
            form += name.utf8
            form.append(UInt8(ascii: "="))
            form += percentEncode(value)
        }
        return form
    }

    /// All bytes but the unreserved ones of RFC 3986 section 2.3.
    private static func percentEncode(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return encoded
    }

    /// The value of an `Authorization` field (RFC 6749 section 2.3.1): identifier and secret are form-encoded before they are joined.
    static func basicAuthorization(identifier: String, secret: String) -> String {
        let pair = percentEncode(Array(identifier.utf8)) + [UInt8(ascii: ":")] + percentEncode(Array(secret.utf8))
        var text = Base64URL.encode(pair.span.bytes).map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return "Basic " + String(decoding: text, as: UTF8.self)
    }
}
