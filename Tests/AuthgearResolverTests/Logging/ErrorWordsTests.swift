import AuthgearResolver
import KeySets
import Testing
import Trust

@Suite struct `An error in words` {
    private enum Wordless: Error { case kind([Int]) }

    @Test func `an error's own words are taken`() {
        #expect("\(ErrorWords(FetchFailure.file(.notAFile)))" == "the path is not a regular file")
    }

    @Test func `an error without words has no type's name in its line`() {
        let words = "\(ErrorWords(Wordless.kind([])))"
        #expect(!words.contains("Wordless") && !words.contains("kind"))
    }
}
