import Fixtures

/// Random values that a seed repeats.
struct Draw {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &generator) }

    mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: values.indices, using: &generator)] }

    mutating func shuffled<Value>(_ values: [Value]) -> [Value] { values.shuffled(using: &generator) }
}
