import Fixtures
import JOSE
import Testing

/// One way in which a token is wrong.
struct Fault: CustomTestStringConvertible, Sendable {
    let refusal: TokenRefusal
    let testDescription: String
    let make: @Sendable (inout Draft) -> Void

    init(_ refusal: TokenRefusal, _ what: String, _ make: @escaping @Sendable (inout Draft) -> Void) {
        self.refusal = refusal
        self.testDescription = "\(refusal): \(what)"
        self.make = make
    }

    /// A header member with another value, or without.
    static func header(_ refusal: TokenRefusal, _ name: String, _ values: String?...) -> [Fault] {
        values.map { value in
            Fault(refusal, "\(name) \(value?.prefix(60) ?? "absent")") { $0.mint.header[name] = value }
        }
    }

    /// A claim with another value, or without.
    static func claim(_ refusal: TokenRefusal, _ name: String, _ values: String?...) -> [Fault] {
        values.map { value in
            Fault(refusal, "\(name) \(value?.prefix(60) ?? "absent")") { $0.mint.claims[name] = value }
        }
    }

    /// A part of the finished token that is changed.
    static func part(
        _ refusal: TokenRefusal, _ index: Int, _ what: String, _ edit: @escaping @Sendable (String) -> String
    ) -> Fault {
        Fault(refusal, "part \(index) \(what)") { draft in
            draft.edits.append { parts in
                var parts = parts
                parts[index] = edit(parts[index])
                return parts
            }
        }
    }

    /// A part that is replaced by some bytes, encoded.
    static func bytes(_ refusal: TokenRefusal, _ index: Int, _ texts: String...) -> [Fault] {
        texts.map { text in
            part(refusal, index, text.debugDescription) { _ in encoded(Array(text.utf8)) }
        }
    }

    /// A part that is not strict base64url.
    static func notBase64URL(_ refusal: TokenRefusal, _ index: Int) -> [Fault] {
        [
            part(refusal, index, "padded") { $0 + "=" },
            part(refusal, index, "of the other alphabet") { "+/" + $0.dropFirst(2) },
            part(refusal, index, "with a space") { " " + $0.dropFirst() },
            part(refusal, index, "with a line break") { $0.dropLast() + "\n" },
            part(refusal, index, "with a zero byte") { $0.dropLast() + "\0" },
            part(refusal, index, "not ASCII") { "é" + $0.dropFirst(2) },
            part(refusal, index, "of a length that can't be") { String($0.prefix($0.count / 4 * 4)) + "A" },
            part(refusal, index, "with stray bits behind one byte") { String($0.prefix($0.count / 4 * 4)) + "AB" },
            part(refusal, index, "with stray bits behind two bytes") { String($0.prefix($0.count / 4 * 4)) + "AAB" },
        ]
    }
}
