import Logging
import NIOConcurrencyHelpers
import NIOCore
import Telemetry
import Traces
import Trust
import Worker

/// Writes lines on single requests (`log.sample`), so many a second at most, so that no share and no flood fills a disk.
final class SampleLog: Sendable {
    /// So many lines a second, for the process.
    static let linesPerSecond = 500

    private struct Window {
        /// When it began, on the steady clock.
        var start = NIODeadline.uptimeNanoseconds(0)
        var written = 0
        /// Lines since the last one that was written.
        var leftOut = 0
    }

    private let logger: Logger
    private let eventLoop: any EventLoop
    private let window = NIOLockedValueBox(Window())

    /// - Parameter eventLoop: where lines are written: no request waits for that.
    init(_ logger: Logger, on eventLoop: any EventLoop) {
        (self.logger, self.eventLoop) = (logger, eventLoop)
    }

    /// May be called from any thread.
    func note(_ samples: RequestSamples) {
        eventLoop.execute { self.write(samples, at: .now()) }
    }

    func write(_ samples: RequestSamples, at now: NIODeadline) {
        for sample in samples.samples {
            guard let leftOut = takeLine(at: now) else { continue }
            write(sample, standingFor: leftOut)
        }
        window.withLockedValue { $0.leftOut += samples.leftOut }
    }

    /// Takes leave to write a line.
    ///
    /// - Returns: how many were left out before it; nil: it is left out.
    private func takeLine(at now: NIODeadline) -> Int? {
        window.withLockedValue { window in
            if now - window.start >= .seconds(1) { (window.start, window.written) = (now, 0) }
            guard window.written < Self.linesPerSecond else {
                window.leftOut += 1
                return nil
            }
            window.written += 1
            defer { window.leftOut = 0 }
            return window.leftOut
        }
    }

    private func write(_ sample: RequestSample, standingFor leftOut: Int) {
        var metadata = Logger.Metadata([
            .outcome: "\(sample.outcome)", .microseconds: String(sample.microseconds),
        ])
        if let reason = sample.reason { metadata.merge(.init([.reason: "\(reason)"])) { _, new in new } }
        if let trace = sample.trace { metadata.merge(.init([.traceID: trace.text])) { _, new in new } }
        if leftOut > 0 { metadata.merge(.init([.leftOut: String(leftOut)])) { _, new in new } }
        logger.info("a request", metadata: metadata)
    }
}
