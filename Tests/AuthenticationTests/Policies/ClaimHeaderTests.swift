import Authentication
import Bytes
import HTTP1
import JOSE
import Testing

/// What claims become in headers of their own.
@Suite struct ClaimHeaderTests {
    private static let claims = #"""
        {"name":"Jürgen","plain":"a b","spaced":" a ","percent":"100%","comma":"a,b","line":"a\r\nx-authgear-user-id: b",
        "count":42,"negative":-9007199254740992,"large":9007199254740993,"fraction":1.5,"exponent":1e3,"yes":true,"null":null,
        "list":["a,b",1,false,"ü"],"nested":[["a"]],"object":{"a": [1]},"empty":"","none":[],"scope":"read write"}
        """#

    private static func value(
        _ place: ClaimPlace, _ encoding: ClaimHeader.Encoding = .percent, longest: Int = 8 << 10
    ) throws -> String? {
        var places = ClaimPlaces()
        places.headers = [ClaimHeader("x-claim", from: place, encoding: encoding)]
        let statement = MappedClaims(
            claims: try ClaimsSet(reading: Array(claims.utf8)), mapping: ClaimMapping(places))
        let format = AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: longest)
        let identity = Identity(userID: Array("e307".utf8), claims: IdentityClaims(), authenticatedAt: nil)
        let answer = try format.unjudgedAnswer(for: identity, statement: statement, by: HTTP1Renderer())
        let lines = String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count(where: { $0.hasPrefix("x-") }) == (lines.contains { $0.hasPrefix("x-claim: ") } ? 3 : 2))
        return lines.first { $0.hasPrefix("x-claim: ") }.map { String($0.dropFirst(9)) }
    }

    @Test(
        arguments: [
            ("name", "J%C3%BCrgen"), ("plain", "a b"), ("spaced", "%20a%20"), ("percent", "100%25"), ("comma", "a,b"),
            ("line", "a%0D%0Ax-authgear-user-id: b"), ("count", "42"), ("negative", "-9007199254740992"),
            ("large", nil),
            ("fraction", nil), ("exponent", nil), ("yes", "true"), ("null", nil), ("list", "a%2Cb,1,false,%C3%BC"),
            ("nested", nil), ("object", nil), ("empty", nil), ("none", nil), ("absent", nil),
        ] as [(String, String?)])
    func `a value is percent-encoded where a header can't hold it`(claim: String, value: String?) throws {
        #expect(try Self.value(ClaimPlace(claim)) == value)
    }

    @Test func `a value may be another one's parts`() throws {
        #expect(try Self.value(ClaimPlace("scope", reading: .split(0x20))) == "read,write")
        #expect(try Self.value(ClaimPlace("object", reading: .names)) == "a")
        #expect(try Self.value(ClaimPlace("plain", reading: .equals(.text(Array("a b".utf8))))) == "true")
        #expect(try Self.value(ClaimPlace("plain", reading: .equals(.text([])))) == "false")
        #expect(try Self.value(ClaimPlace("absent", or: ClaimPlace("count"))) == "42")
    }

    @Test(
        arguments: [
            ("name", "IkrDvHJnZW4i"), ("object", "eyJhIjogWzFdfQ"), ("null", "bnVsbA"), ("fraction", "MS41"),
            ("none", "W10"), ("absent", nil),
        ] as [(String, String?)])
    func `base64url has the JSON text as it was sent, of any type`(claim: String, value: String?) throws {
        #expect(try Self.value(ClaimPlace(claim), .base64url) == value)
    }

    @Test func `without an encoding a value is refused as the others are`() throws {
        #expect(try Self.value(ClaimPlace("plain"), .none) == "a b")
        for (claim, refusal) in [
            ("name", HeaderRefusal.unprintable), ("spaced", .unprintable), ("line", .unprintable),
            ("list", .holdsSeparator),
        ] {
            #expect {
                try Self.value(ClaimPlace(claim), .none)
            } throws: { error in
                if case AnswerFault.refused(refusal) = error { true } else { false }
            }
        }
    }

    @Test func `a value that is too long is told by its header's name`() {
        #expect {
            try Self.value(ClaimPlace("line"), longest: 20)
        } throws: { error in
            if case AnswerFault.tooLong(let answer) = error { answer.header == "x-claim" } else { false }
        }
    }
}
