import ServiceLifecycle

/// An error in words for a person: its own when it has any, and never the name of a Swift type.
package struct ErrorWords: CustomStringConvertible {
    package let description: String

    package init(_ error: any Error) {
        description =
            switch error {
            case is ServiceGroupError: "a part of the program ended before its time"
            case let error as any Error & CustomStringConvertible: error.description
            default: "an error that has no words; please report it with the lines before this one"
            }
    }
}
