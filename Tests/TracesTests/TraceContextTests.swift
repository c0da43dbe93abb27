import Bytes
import Testing
import Traces

/// W3C Trace Context: what says of which trace a request is.
@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let whole = "00-\(trace)-b7ad6b7169203331-01"

    private func read(_ parent: String, state: String? = nil) -> TraceContext? {
        let (parent, state) = (Array(parent.utf8), state.map { Array($0.utf8) })
        return TraceContext(parent: parent.span.bytes, state: state?.span.bytes)
    }

    @Test(arguments: [("00", false), ("01", true), ("02", false), ("03", true), ("fe", false), ("ff", true)])
    func `a field of version 00 names trace, span and flags, of which one counts`(flags: String, isSampled: Bool) throws
    {
        let context = try #require(read("00-\(Self.trace)-b7ad6b7169203331-\(flags)"))
        #expect(context.parent.trace.text == Self.trace)
        #expect(context.parent.span == 0xb7ad_6b71_6920_3331)
        #expect(context.parent.isSampled == isSampled)
    }

    @Test(arguments: [
        "", "00", "01-\(trace)-b7ad6b7169203331-01", "ff-\(trace)-b7ad6b7169203331-01", "\(whole)-", "\(whole)-00",
        " \(whole)", "\(whole) ", "00-\(trace.uppercased())-b7ad6b7169203331-01",
        "00-\(trace)-B7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331-0G", "00-\(trace)-b7ad6b7169203331-0A",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
        "00_\(trace)-b7ad6b7169203331-01", "00-\(trace)_b7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331_01",
        "00-\(trace.dropLast())g-b7ad6b7169203331-01", "00-\(trace)-b7ad6b716920333 -01",
        "00-\(trace)-b7ad6b7169203331-1", "00-\(trace)-b7ad6b7169203331-001",
    ])
    func `every other field is none`(value: String) {
        #expect(read(value, state: "a=b") == nil)
    }

    @Test func `no byte of a field is looked at more kindly than the others`() {
        for place in Self.whole.utf8.indices {
            let offset = Self.whole.utf8.distance(from: Self.whole.startIndex, to: place)
            var bytes = Array(Self.whole.utf8)
            bytes[offset] = UInt8(ascii: "x")
            #expect(TraceContext(parent: bytes.span.bytes, state: nil) == nil, "byte \(offset)")
        }
    }

    @Test(arguments: [
        "congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "fw529a3039@dt=FfGSiRDrqGF",
        "a=b, c=d\t,,e=f", "a= b", "0_-*/@=~!", (1...32).map { "k\($0)=v" }.joined(separator: ","),
        String(repeating: "k", count: 255) + "=" + String(repeating: "v", count: 256),
    ])
    func `a state is handed on as it came`(state: String) throws {
        #expect(try #require(read(Self.whole, state: state)).state == Array(state.utf8))
    }

    @Test(arguments: [
        "", ",", "a", "=b", "a=", "A=b", "_a=b", "a=b=c", "a=\u{1F600}", "a=b,c", "a=b\u{7F}", "a b=c",
        (1...33).map { "k\($0)=v" }.joined(separator: ","), "a=" + String(repeating: "v", count: 257),
        (1...4).map { "k\($0)=" + String(repeating: "v", count: 130) }.joined(separator: ","),
    ])
    func `a state of another form is absent, and the trace is as ever`(state: String) throws {
        #expect(try #require(read(Self.whole, state: state)).state == [])
    }

    @Test func `a share takes as many traces, and of two the larger one has all of the smaller one's`() throws {
        var generator = SystemRandomNumberGenerator()
        let traces = try (0..<20_000).map { _ in
            try #require(TraceID(high: generator.next(), low: generator.next()))
        }
        let (none, few, many, all) = (TraceShare(0), TraceShare(0.1), TraceShare(0.5), TraceShare(1))
        #expect(!traces.contains(where: none.takes))
        #expect(traces.allSatisfy(all.takes))
        // Ten standard deviations on each side.
        #expect((1_576...2_424).contains(traces.count(where: few.takes)))
        #expect((9_293...10_707).contains(traces.count(where: many.takes)))
        #expect(traces.filter(few.takes).allSatisfy(many.takes))
        // The first bytes have no part in it: who makes ids puts the time there.
        let trace = try #require(traces.first)
        let other = try #require(TraceID(high: ~trace.high, low: trace.low))
        #expect(few.takes(trace) == few.takes(other))
    }
}
