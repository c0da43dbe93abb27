import KeySets
import NIOCore
import Testing

struct CacheControlTests {
    @Test(
        arguments: [
            (["max-age=300"], 300), (["public, max-age=300"], 300), (["public", "Max-Age=300"], 300),
            (["max-age=\"300\""], 300), ([" max-age = 300 , private"], 300), (["max-age=0"], 0),
            (["max-age=300, max-age=5"], 300), (["s-maxage=5, max-age=300"], 300),
            (["max-age=99999999999999999999999999"], 31_536_000), (["max-age=9223372036854775807"], 31_536_000),
        ] as [([String], Int64)])
    func `max-age is found`(values: [String], seconds: Int64) {
        #expect(CacheControl.freshness(of: values, age: nil) == .seconds(seconds))
    }

    @Test(
        arguments: [
            [], [""], [","], ["no-store"], ["max-age"], ["max-age="], ["max-age=-1"], ["max-age=+1"], ["max-age=1.5"],
            ["max-age=\"\""], ["max-age=1e3"], ["s-maxage=300"], ["xmax-age=300"], ["max-age=٣"], ["=300"],
        ] as [[String]])
    func `anything else says nothing`(values: [String]) {
        #expect(CacheControl.freshness(of: values, age: nil) == nil)
    }

    @Test(
        arguments: [
            ("0", 300), ("1", 299), ("299", 1), ("300", 0), ("301", 0), ("99999999999999999999999", 0), (" 60 ", 240),
            ("60, 7", 240), ("", 300), ("-5", 300), ("x", 300), ("1.5", 300), ("٣", 300), (",", 300),
        ] as [(String, Int64)])
    func `the age that an answer already has counts`(age: String, seconds: Int64) {
        #expect(CacheControl.freshness(of: ["max-age=300"], age: age) == .seconds(seconds))
    }

    @Test func `an age alone says nothing`() {
        #expect(CacheControl.freshness(of: [], age: "60") == nil)
    }
}
