import Foundation

extension JSONValue {
    /// What Foundation makes of a text; nil when it refuses it.
    init?(foundation bytes: [UInt8]) {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
            return nil
        }
        self.init(value)
    }

    private init?(_ value: Any) {
        switch value {
        case is NSNull: self = .null
        case let members as [String: Any]: self = .object(members.compactMapValues { JSONValue($0) })
        case let elements as [Any]: self = .array(elements.compactMap { JSONValue($0) })
        case let text as String: self = .string(text)
        case let number as NSNumber:
            self = Self.isBoolean(number) ? .boolean(number.boolValue) : .number(number.doubleValue)
        default: return nil
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        unsafe String(cString: number.objCType) == "c"
    }
}
