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
            form += value.percentEncoded
        }
        return form
    }

    /// The value of an `Authorization` field (RFC 6749 section 2.3.1): identifier and secret are form-encoded before they are joined.
    static func basicAuthorization(identifier: String, secret: String) -> String {
        let pair = Array(identifier.utf8).percentEncoded + [UInt8(ascii: ":")] + Array(secret.utf8).percentEncoded
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
