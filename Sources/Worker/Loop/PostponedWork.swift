/// What is left for later turns of the loop, in the order in which it came.
struct PostponedWork<Element> {
    private var elements: [Element] = []
    /// Those before this place are gone.
    private var front = 0

    var isEmpty: Bool { front == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard front < elements.count else { return nil }
        defer {
            front += 1
            dropGone()
        }
        return elements[front]
    }

    /// Those that are gone are no more than those that wait, but for a few: it may be that there are always some.
    private mutating func dropGone() {
        if isEmpty {
            (elements, front) = ([], 0)
        } else if front >= 64, front * 2 > elements.count {
            elements.removeFirst(front)
            front = 0
        }
    }
}
