import Bytes

/// What a value must look like, and what it then means.
struct Form<Value> {
    /// Completes the sentence "allowed: …".
    var allowed: String
    /// Whether the text may hold a secret; then no message shows it.
    var isSecret = false
    /// Whether it is a URL: then only its user, its password and its query may be secret.
    var isURL = false
    /// Gives the value of a text, or says what is wrong with it.
    var parse: (String) throws(Misfit) -> Value
}

/// Why a text doesn't have the form that its key asks for.
struct Misfit: Error {
    /// Completes a sentence that begins with the value: `is not a duration`.
    var predicate: String
    /// What is allowed, when there is more to say than the form says.
    var allowed: String?

    init(_ predicate: String, allowed: String? = nil) {
        self.predicate = predicate
        self.allowed = allowed
    }
}

extension Form where Value == Duration {
    /// A duration within a range: `250ms`, `10s`, `5m`, `24h`, `30d`.
    static func duration(_ range: ClosedRange<Duration>) -> Form {
        let allowed =
            "a duration from \(range.lowerBound.text) to \(range.upperBound.text), such as 250ms, 10s, 5m, 24h or 30d"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard let duration = Duration(text: text) else { throw Misfit("is not a duration") }
            guard range.contains(duration) else { throw Misfit("is out of range") }
            return duration
        }
    }
}

extension Form where Value == Duration? {
    /// A duration within a range, or `none` (or `off`) for no limit.
    static func durationOrNone(_ range: ClosedRange<Duration>) -> Form {
        let duration = Form<Duration>.duration(range)
        return Form(allowed: "none, or \(duration.allowed)") { text throws(Misfit) in
            ["none", "off"].contains(text) ? nil : try duration.parse(text)
        }
    }
}

extension Form where Value == Int {
    /// A whole number within a range.
    static func count(_ range: ClosedRange<Int>) -> Form {
        Form(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text throws(Misfit) in
            guard let count = Int(decimal: text) else { throw Misfit("is not a whole number") }
            guard range.contains(count) else { throw Misfit("is out of range") }
            return count
        }
    }

    /// A number of bytes within a range: `512B`, `16KiB`, `64MiB`.
    static func size(_ range: ClosedRange<Int>) -> Form {
        let allowed =
            "a size from \(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound)), such as 512B, 16KiB or 1MiB"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard let bytes = ByteSize.parse(text) else { throw Misfit("is not a size") }
            guard range.contains(bytes) else { throw Misfit("is out of range") }
            return bytes
        }
    }
}

extension Form where Value == Double {
    /// A share: `0.01` or `1%`.
    static var share: Form {
        Form(allowed: "a share from 0 to 1, such as 0.01, or from 0% to 100%, such as 1%") { text throws(Misfit) in
            let number = text.hasSuffix("%") ? String(text.dropLast()) : text
            let digits = number.utf8.filter(\.isDigit)
            guard !digits.isEmpty, number.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }),
                let value = Double(number)
            else { throw Misfit("is not a share") }
            let share = text.hasSuffix("%") ? value / 100 : value
            guard share <= 1 else { throw Misfit("is out of range") }
            return share
        }
    }
}

extension Form where Value == Configuration.Threads {
    /// `auto`, or a number of event loops.
    static var threads: Form {
        let count = Form<Int>.count(1...256)
        return Form(allowed: "auto, or \(count.allowed)") { text throws(Misfit) in
            text == "auto" ? .auto : .count(try count.parse(text))
        }
    }
}
