/// Several texts, of which some may be long on purpose: `LongText` says why that matters.
package struct LongTexts: Sendable, Sequence, ExpressibleByArrayLiteral, CustomStringConvertible {
    private let texts: [String]

    package init(arrayLiteral texts: String...) {
        self.texts = texts
    }

    package func makeIterator() -> IndexingIterator<[String]> { texts.makeIterator() }

    package var description: String { "\(texts.map(LongText.init))" }
}
