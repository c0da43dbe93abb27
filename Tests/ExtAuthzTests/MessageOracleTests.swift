import Bytes
import ExtAuthz
import Fixtures
import HTTP1
import SwiftProtobuf
import Testing

/// What is read of messages, and what is written, is what Protocol Buffers' own implementation makes of them.
@Suite struct MessageOracleTests {
    private static let own = ["x-authgear-user-id", "x-tenant"]

    /// What is read of a message: the lines of what is looked at, what the route asks, whose names may be taken for ours.
    private struct Reading: Equatable {
        var lines: [String]
        var mode: CheckMode.Words
        var spelled: Set<String>
    }

    private enum Outcome: Equatable {
        case read(Reading)
        case refused
        case malformed
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    private static func read(_ message: [UInt8], with reader: inout CheckReader) -> Outcome {
        do throws(CheckReader.Fault) {
            try reader.read(message, limit: 1 << 20, own: own)
        } catch {
            return error == .malformed ? .malformed : .refused
        }
        let names = reader.spelledNames.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        return .read(Reading(lines: lines(reader.fields.bytes), mode: reader.mode, spelled: Set(names)))
    }

    /// What has to be read of a message that the oracle has taken.
    private static func expected(_ request: Oracle_CheckRequest) -> Outcome {
        let http = request.attributes.request.http
        var headers: [(name: String, value: [UInt8])] = http.headers.map { name, value in
            (name, Array((name.lowercased() == "cookie" ? separated(value) : value).utf8))
        }
        if http.hasHeaderMap {
            headers = http.headerMap.headers.map {
                ($0.key, $0.rawValue.isEmpty ? Array($0.value.utf8) : Array($0.rawValue))
            }
        }
        let looked = headers.filter {
            ["cookie", "authorization", "user-agent", "x-forwarded-for"].contains($0.name.lowercased())
        }
        let authorizations = looked.filter { $0.name.lowercased() == "authorization" }.map(\.value)
        let areTwo = authorizations.contains { value in
            let text = String(decoding: value, as: UTF8.self).lowercased()
            return text.contains(",") && (text.hasPrefix("bearer ") || text.hasPrefix("dpop "))
        }
        let hasControl = looked.contains { $0.value.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7F } }
        guard authorizations.count < 2, !areTwo, !hasControl else { return .refused }
        var written = looked.map { Array("\($0.name):".utf8) + $0.value }
        if !http.method.isEmpty { written.append(Array(":method:\(http.method)".utf8)) }
        if !http.path.isEmpty { written.append(Array(":path:\(http.path)".utf8)) }
        let bytes = [[]] + written
        let extensions = request.attributes.contextExtensions
        return .read(
            Reading(
                lines: lines(bytes.flatMap { $0 + Array("\r\n".utf8) }),
                mode: .init(endpoint: extensions["endpoint"], policy: extensions["policy"]),
                spelled: Set(headers.map { $0.name.asciiLowercased }.filter(isOurs))))
    }

    /// A comma before a token and `=` separates cookies.
    private static func separated(_ cookies: String) -> String {
        cookies.replacing(/,(?=[!#$%&'*+\-.^_`|~0-9A-Za-z]+=)/.asciiOnlyWordCharacters(), with: ";")
    }

    private static func isOurs(_ name: String) -> Bool {
        let normalized = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        return normalized.hasPrefix("x-authgear-") || own.contains(normalized)
    }

    @Test(arguments: 0..<8)
    func `what is read is what the oracle reads, whatever is done to a message`(seed: Int) throws {
        var (generator, reader) = (WireGenerator(seed: UInt64(seed)), CheckReader())
        var (taken, refused) = (0, 0)
        for _ in 0..<1_000 {
            let message = generator.message(WireGenerator.request)
            let found = Self.read(message, with: &reader)
            guard let request = try? Oracle_CheckRequest(serializedBytes: message) else {
                refused += 1
                if case .read = found { Issue.record("only the oracle refuses \(message)") }
                continue
            }
            taken += 1
            let expected = Self.expected(request)
            if found != expected { Issue.record("\(found) is not \(expected) of \(message)") }
        }
        #expect(taken > 200 && refused > 200, "else one side was little tried: \(taken), \(refused)")
    }

    @Test func `health is asked about what the oracle reads`() throws {
        var generator = WireGenerator(seed: 1)
        for _ in 0..<2_000 {
            let message = generator.message(WireGenerator.health)
            let service = (try? Oracle_HealthCheckRequest(serializedBytes: message))?.service
            let isKnown = service.map { ["", "envoy.service.auth.v3.Authorization"].contains($0) }
            let found = try? HealthCheck.isAboutUs(message.span.bytes)
            #expect(found == isKnown, "\(message)")
        }
    }

    @Test func `messages that come twice are merged, and of values the last one counts`() throws {
        func part(_ method: String, _ headers: [(String, String)], _ mode: String) throws -> [UInt8] {
            try Oracle_CheckRequest.with {
                $0.attributes.request.http.method = method
                $0.attributes.request.http.headers = Dictionary(headers) { $1 }
                $0.attributes.contextExtensions = ["endpoint": mode]
            }.serializedBytes()
        }
        let first = try part("GET", [("cookie", "a=1"), ("user-agent", "u")], "require")
        let second = try part("", [("cookie", "b=2"), ("x-forwarded-for", "1")], "resolve")
        var reader = CheckReader()
        let found = Self.read(first + second, with: &reader)
        #expect(found == Self.expected(try Oracle_CheckRequest(serializedBytes: first + second)))
        #expect(reader.mode.endpoint == "resolve")
        #expect(reader.lines.contains("cookie:b=2\r\n") && !reader.lines.contains("a=1"))
        #expect(reader.lines.contains("user-agent:u\r\n"))
    }

    @Test(arguments: [
        "200 OK", "401 Unauthorized", "403 Forbidden", "431 Request Header Fields Too Large", "400 Bad Request",
        "503 Service Unavailable",
    ])
    func `what is written is read by the oracle as what was meant`(status: String) throws {
        var writer = CheckResponseWriter()
        for length in [0, 1, 127, 128, 300, 16_383, 16_384, 20_000] {
            let value = String(repeating: "v", count: length)
            let text =
                "HTTP/1.1 \(status)\r\nX-Authgear-User-Id: \(value)\r\nWWW-Authenticate: \(value)\r\nContent-Length: 0\r\n"
                + "Set-Cookie: \(value)\r\nDate: x\r\n\r\n"
            let bytes = writer.response(
                to: Array(text.utf8).span.bytes, own: OwnNames(Self.own), spelled: Array("x_tenant\n".utf8))
            let response = try Oracle_CheckResponse(serializedBytes: bytes)
            func option(_ name: String) -> Oracle_HeaderOption {
                .with {
                    ($0.header.key, $0.header.value) = (name, value)
                    // The backend's own cookies stay.
                    $0.appendAction = name == "set-cookie" ? .appendIfExistsOrAdd : .overwriteIfExistsOrAdd
                }
            }
            let code = Int32(status.prefix(3)) ?? 0
            let codes: [Int32: Int32] = [200: 0, 400: 3, 401: 16, 403: 7, 431: 3, 503: 14]
            let meant = Oracle_CheckResponse.with {
                $0.status.code = codes[code] ?? -1
                if code == 200 {
                    $0.okResponse.headers = [option("x-authgear-user-id"), option("www-authenticate")]
                    $0.okResponse.headersToRemove = ["x-tenant", "x_tenant"]
                    $0.okResponse.responseHeadersToAdd = [option("set-cookie")]
                } else {
                    $0.deniedResponse.status.code = code
                    $0.deniedResponse.headers = [option("www-authenticate"), option("set-cookie")]
                }
            }
            #expect(response == meant, "\(length)")
            #expect(response.unknownFields.data.isEmpty && response.okResponse.unknownFields.data.isEmpty)
        }
    }
}

extension String {
    /// With the letters of ASCII in lower case, and no others.
    fileprivate var asciiLowercased: String {
        String(decoding: utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}
