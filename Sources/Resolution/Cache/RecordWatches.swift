/// The records that cached answers, and reads on their way, rest on.
struct RecordWatches {
    private var watches: [[UInt8]: RecordWatch] = [:]
    /// When so many are watched, those that nobody holds any more are dropped; then it is twice what is left.
    private var sweepAt = 1024

    /// The watch over a record, by its key in the store.
    mutating func watch(_ key: [UInt8]) -> RecordWatch {
        if let watch = watches[key] { return watch }
        if watches.count >= sweepAt { sweep() }
        let watch = RecordWatch()
        watches[key] = watch
        return watch
    }

    /// The record under the key changed.
    mutating func breakWatch(over key: [UInt8]) {
        watches.removeValue(forKey: key)?.breakUp()
    }

    /// Any record may have changed.
    mutating func breakAll() {
        for watch in watches.values { watch.breakUp() }
        watches = [:]
    }

    private mutating func sweep() {
        var kept: [[UInt8]: RecordWatch] = [:]
        for key in Array(watches.keys) {
            var watch = watches.removeValue(forKey: key)
            if !isKnownUniquelyReferenced(&watch) { kept[key] = watch }
        }
        watches = kept
        sweepAt = max(1024, kept.count * 2)
    }
}
