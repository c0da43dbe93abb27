/// What someone probably meant to write.
enum Spelling {
    /// The candidate that is most like the word, if one is like it: in another case, cut off after three letters or more,
    /// or with at most a third of its letters different.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let word = word.lowercased()
        let whole = candidates.first { word.utf8.count >= 3 && $0.lowercased().hasPrefix(word) }
        return whole
            ?? candidates
            .map { (candidate: $0, distance: distance(from: word, to: $0.lowercased())) }
            .filter { $0.distance <= max(1, $0.candidate.count / 3) }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
            .candidate
    }

    /// ", did you mean …?", or nothing.
    static func question(about word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { ", did you mean \($0)?" } ?? ""
    }

    /// How many letters must be inserted, removed, replaced, or swapped with their neighbour, to make one word the
    /// other; words of more than 64 letters are never alike.
    static func distance(from left: String, to right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count <= 64, right.count <= 64 else { return .max }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                next.append(best)
            }
            (beforeLast, last) = (last, next)
        }
        return last[right.count]
    }
}
