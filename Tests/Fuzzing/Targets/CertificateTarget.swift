import Authentication
import Bytes

extension FuzzTarget {
    /// What a gateway says of a client's certificate is one certificate or none, the same each time, and never one of two.
    ///
    /// An input's first byte chooses the format, the rest is the value.
    static let certificate = FuzzTarget(name: "client-certificate") { input in
        let formats = ClientCertificateRules.Format.allCases
        guard input.byteCount > 0 else { return }
        let format = formats[Int(input[byte: 0]) % formats.count]
        let rules = ClientCertificateRules(format: format)
        let value = input.extracting(1..<input.byteCount)
        guard let digest = rules.digest(of: value) else { return }
        expect(value.byteCount > 0 && value.byteCount <= ClientCertificateRules.maximumBytes, "a value has its bounds")
        expect(rules.digest(of: value) == digest, "a value is read the same way each time")
        let text = [UInt8](copying: value)
        for separator in [",", ", "] + (format == .xfcc ? [] : ["%2C", "%0A"]) {
            let both = text + Array(separator.utf8) + text
            expect(rules.digest(of: both.span.bytes) == nil, "two certificates are none")
        }
    }
}
