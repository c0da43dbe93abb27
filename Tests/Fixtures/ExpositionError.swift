/// Why a text is not the page of metrics that it should be; each case has the line or the metric's name.
package enum ExpositionError: Error, Equatable, Sendable {
    case noFinalLineBreak
    case malformed(String)
    /// A metric or a sample that was there before.
    case repeated(String)
    /// A sample that is not of the metric introduced before it.
    case misplaced(String)
    case noSample(String)
    case brokenHistogram(String)
}
