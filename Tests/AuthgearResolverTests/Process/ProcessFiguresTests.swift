import AuthgearResolver
import Bytes
import Fixtures
import Foundation
import Telemetry
import Testing

@Suite struct ProcessFiguresTests {
    private static func page(_ figures: ProcessFigures) throws -> Exposition {
        var page = PrometheusPage()
        figures.write(to: &page)
        return try Exposition(page.text)
    }

    /// A line of `/proc/self/status`, as a number.
    private static func status(_ name: String) throws -> Double {
        let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("\(name):") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) })
    }

    @Test func `each figure stands under the name that every program gives it`() throws {
        var figures = ProcessFigures()
        (figures.processorSeconds, figures.residentBytes, figures.startedAt) = (1.25, 4_096, 1_800_000_000.5)
        (figures.openFiles, figures.maximumFiles) = (7, 1_024)
        let page = try Self.page(figures)
        #expect(page.families.map(\.name) == Metric.all.map(\.name).filter { $0.hasPrefix("process_") })
        #expect(page.families.map { $0.value() } == [1.25, 4_096, 7, 1_024, 1_800_000_000.5])
    }

    @Test func `the memory is what the system calls resident`() throws {
        let (before, figure) = (try Self.status("VmRSS") * 1_024, Double(ProcessFigures.current.residentBytes))
        // Other tests run meanwhile: the peak is what it can't have been more than.
        #expect(figure <= (try Self.status("VmHWM") * 1_024) * 1.1)
        #expect(figure >= before / 4)
    }

    @Test func `an open file counts, and so does one that is closed`() throws {
        let others = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let handles = try (0..<2_000).map { _ in try FileHandle(forReadingFrom: URL(filePath: "/dev/null")) }
        let open = ProcessFigures.current.openFiles
        // Other tests open and close some meanwhile, and not as many as these.
        #expect(open >= 2_000 && open <= 2_000 + 2 * others + 500)
        for handle in handles { try handle.close() }
        #expect(ProcessFigures.current.openFiles < open)
        #expect(ProcessFigures.current.maximumFiles >= open)
    }

    @Test func `processor time grows with what is done, and the start stays where it is`() {
        let (before, start) = (ProcessFigures.current, Timestamp.now)
        var (now, sum) = (before, 0)
        while now.processorSeconds == before.processorSeconds {
            sum &+= 1
            now = .current
        }
        #expect(now.processorSeconds > before.processorSeconds)
        #expect(now.startedAt == before.startedAt)
        #expect(now.startedAt <= Double(start.seconds + 1), "the tests' own process started before this test")
        #expect(now.startedAt > Double(start.seconds) - 86_400)
    }
}
