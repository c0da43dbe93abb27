/// What is said of a command that there is not.
package struct UnknownCommand: CustomStringConvertible {
    package let description: String

    /// Nil when the word is a command, an option, or absent.
    package init?(_ word: String?, among names: [String]) {
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return nil }
        let guess = Spelling.question(about: word, among: names)
        description =
            "\(Reader.quote(word)) is no command\(guess.isEmpty ? "" : guess); there are "
            + names.joined(separator: ", ")
    }
}
