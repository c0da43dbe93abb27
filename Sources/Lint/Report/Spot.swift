/// Where something stands: a file as it was named, and a line that counts from 1.
package struct Spot: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }

    package static func < (left: Spot, right: Spot) -> Bool { (left.file, left.line) < (right.file, right.line) }
}
