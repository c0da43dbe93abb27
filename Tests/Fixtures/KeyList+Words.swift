import Bytes
package import Redis

extension KeyList {
    package init(_ words: [String]) {
        self.init()
        for word in words { append(Array(word.utf8).span.bytes) }
    }

    /// The keys, in order.
    package var words: [String] {
        var words: [String] = []
        forEach { key in
            words.append(unsafe key.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        }
        return words
    }
}
