import Bytes

/// Texts that are JSON and texts that are not, sorted by the error that they earn.
enum JSONCorpus {
    /// As UTF-8. Each is refused with this error.
    static let wrong: [(String, JSONError)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("[1", .unexpectedEnd),
        ("[1,", .unexpectedEnd), (#"{"a""#, .unexpectedEnd), (#"{"a":"#, .unexpectedEnd), (#"{"a":1"#, .unexpectedEnd),
        (#"{"a":1,"#, .unexpectedEnd), (#"""#, .unexpectedEnd), (#""a"#, .unexpectedEnd), (#""\"#, .unexpectedEnd),
        (#""\u"#, .unexpectedEnd), (#""\u00"#, .unexpectedEnd), ("t", .unexpectedEnd), ("tru", .unexpectedEnd),
        ("nul", .unexpectedEnd), ("[\"abcdefgh", .unexpectedEnd), (#""\u00e9"#, .unexpectedEnd),
        ("[[[", .unexpectedEnd),
        ("a", .unexpectedByte), ("]", .unexpectedByte), ("}", .unexpectedByte), (",", .unexpectedByte),
        (":", .unexpectedByte),
        ("[,]", .unexpectedByte), ("[1,]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 2]", .unexpectedByte),
        ("[1}", .unexpectedByte), ("[}", .unexpectedByte), ("{]", .unexpectedByte), (#"{"a":1]"#, .unexpectedByte),
        ("{1:2}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
        (#"{"a" 1}"#, .unexpectedByte),
        (#"{"a",1}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte), (#"{"a":1,}"#, .unexpectedByte),
        (#"{,"a":1}"#, .unexpectedByte), (#"{"a":1 "b":2}"#, .unexpectedByte), (#"{"a"::1}"#, .unexpectedByte),
        (#"{"a":1;"b":2}"#, .unexpectedByte), (#"{null:1}"#, .unexpectedByte), (#"{[]:1}"#, .unexpectedByte),
        ("True", .unexpectedByte), ("nulL", .unexpectedByte), ("trux", .unexpectedByte), ("falsE", .unexpectedByte),
        ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("+1", .unexpectedByte), (".5", .unexpectedByte),
        ("'a'", .unexpectedByte), ("//a\n1", .unexpectedByte), ("[1/*a*/]", .unexpectedByte),
        ("\u{FEFF}1", .unexpectedByte),
        ("\u{0C}1", .unexpectedByte), ("\u{0B}[]", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
        ("\0", .unexpectedByte),
        ("[1\u{0C}]", .unexpectedByte), ("[\u{2028}]", .unexpectedByte), ("[\"a\"\u{A0}]", .unexpectedByte),
        ("\\u0031", .unexpectedByte), ("#1", .unexpectedByte), ("`a`", .unexpectedByte), ("(1)", .unexpectedByte),
        ("-", .badNumber), ("01", .badNumber), ("-01", .badNumber), ("00", .badNumber), ("1.", .badNumber),
        ("1.e1", .badNumber),
        ("1e", .badNumber), ("1e+", .badNumber), ("1E-", .badNumber), ("-.5", .badNumber), ("--1", .badNumber),
        ("-a", .badNumber), ("[1.]", .badNumber), ("[1e]", .badNumber), ("-Infinity", .badNumber), ("1e.5", .badNumber),
        ("-\u{FF11}", .badNumber), ("1.-5", .badNumber), ("[01]", .badNumber), ("1ex", .badNumber),
        ("[- 1]", .badNumber),
        ("1 2", .trailingBytes), ("1a", .trailingBytes), ("0x1", .trailingBytes), ("1_000", .trailingBytes),
        ("1.5.5", .trailingBytes), ("1e5e5", .trailingBytes), ("[]]", .trailingBytes), ("{}}", .trailingBytes),
        ("[],", .trailingBytes), (#""a""b""#, .trailingBytes), ("truetrue", .trailingBytes), ("nulll", .trailingBytes),
        ("1\0", .trailingBytes), ("{}#", .trailingBytes), ("[] //a", .trailingBytes), ("1\u{FEFF}", .trailingBytes),
        ("\"\n\"", .controlCharacter), ("\"\t\"", .controlCharacter), ("\"\0\"", .controlCharacter),
        ("\"abcdefgh\u{1F}\"", .controlCharacter), ("\"abcdefghijklmno\r\"", .controlCharacter),
        ("{\"a\n\":1}", .controlCharacter), ("\"a\\\"\u{01}\"", .controlCharacter), ("\"\r\n\"", .controlCharacter),
        (#""\x41""#, .badEscape), (#""\a""#, .badEscape), (#""\'""#, .badEscape), (#""\U0041""#, .badEscape),
        (#""\u{41}""#, .badEscape), (#""\u004""#, .badEscape), (#""\u00g0""#, .badEscape), (#""\u 041""#, .badEscape),
        (#""\0""#, .badEscape), (#""\v""#, .badEscape), ("\"\\\n\"", .badEscape), ("\"\\é\"", .badEscape),
        (#""\u+041""#, .badEscape),
        (#"{"\q":1}"#, .badEscape), (#""abcdefgh\e""#, .badEscape), (#""\ud83d\u""#, .badEscape),
        (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate), (#""\uDFFF""#, .loneSurrogate),
        (#""\ud800a""#, .loneSurrogate), (#""\ud800\n""#, .loneSurrogate), (#""\ud800\ud800""#, .loneSurrogate),
        (#""\ud800\u0041""#, .loneSurrogate), (#""\udc00\ud800""#, .loneSurrogate),
        (#""\ud800\\udc00""#, .loneSurrogate),
        (#""\ud83d\ude00\ud83d""#, .loneSurrogate), (#"{"\ud800":1}"#, .loneSurrogate), (#""\ud800"#, .loneSurrogate),
        (#"{"a":1,"a":1}"#, .duplicateName), (#"{"a":1,"\u0061":2}"#, .duplicateName),
        (#"{"":1,"":2}"#, .duplicateName),
        (#"[{"b":{"a":1,"a":2}}]"#, .duplicateName), (#"{"\u00e9":1,"é":2}"#, .duplicateName),
        (#"{"\/":1,"/":2}"#, .duplicateName), (#"{"a":1,"b":2,"c":3,"a":4}"#, .duplicateName),
        (#"{"\ud83d\ude00":1,"😀":2}"#, .duplicateName), (#"{"a":{"a":1},"a":2}"#, .duplicateName),
    ]

    /// What follows the opening quote of a string and makes it no UTF-8 (RFC 3629 sections 3 and 4).
    static let wrongUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2], [0xDF, 0x7F],
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xE1, 0xC0, 0x80],
        [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
        [0xF1, 0x80, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
        [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0x61, 0x80], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
    ]

    /// All are JSON, with unique names.
    static let right: [String] = [
        "0", "-0", "1", "-1", "10", "1.0", "0.5", "-0.5e-3", "1e5", "1E+5", "1e-5", "1e0", "0e0", "0.0e00",
        "123456789012345678",
        "9223372036854775807", "-9223372036854775808", "1.7976931348623157e308", "5e-324", "0.1", "1e22", "1e23",
        "100e-2",
        "true", "false", "null", "\"\"", " 1 ", "\t\r\n1\n", "[]", "[ ]", "{}", "{ }", "[1]", "[1,2]", "[ 1 , 2 ]",
        "[[],{}]",
        "[null,true,false]", #"{"a":1}"#, #"{ "a" : 1 , "b" : [ ] }"#, #"{"":0}"#, #"{"a":{"a":{"a":1}}}"#,
        #""a""#, #""abcdefg""#, #""abcdefgh""#, #""abcdefghi""#, #""The quick brown fox jumps over the lazy dog""#,
        #""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u20ac""#, #""\ud83d\ude00""#, #""\uD83D\uDE00""#, #""\uDBFF\uDFFF""#,
        #""\u0000""#, #""a\u0000b""#, #""\u001f""#, #""\uFFFF""#, #""\uFEFF""#, #""\u2028\u2029""#, "\"é\"", "\"€\"",
        "\"😀\"",
        "\"abcdefgé\"", "\"abcdefgh€\"", "\"\u{7F}\"", "\"\u{80}\"", "\"\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
        "\"\u{D7FF}\u{E000}\"", "\"\u{2028}\"", "\"a\u{FEFF}\"", #""//""#, #""[\"a\"]""#, #""\\u0041""#, #""\\""#,
        #""\\\"""#,
        #"{"a":1,"A":2}"#, #"{"a":1,"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #"{"\u0061":1,"b\u0000":2}"#,
        #"{"a\"":1,"a":2}"#,
        #"{"alg":"RS256","kid":"2026-11","typ":"at+jwt"}"#,
        """
        {"iss":"https://my-project.authgear.cloud","aud":["https://my-project.authgear.cloud"],"sub":"e307f9b2-1","exp":1795239000,
         "https://authgear.com/claims/user/is_anonymous":false,"https://authgear.com/claims/user/roles":["stock.view"],
         "auth_time":1795237200.5,"amr":["pwd","mfa"]}
        """,
        """
        {"id":"a8c1","created_at":"2026-11-21T05:00:00.123456789Z","attrs":{"user_id":"e307","claims":{"amr":["pwd","mfa"]}},
        "access_info":{"last_access":{"time":"2026-11-21T05:10:00Z","user_agent":"Mozilla\\/5.0 (\\u00e9)"}},"token_hash":"00ff"}
        """,
        String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
        String(repeating: #"{"a":"#, count: 32) + "1" + String(repeating: "}", count: 32),
    ]
}
