import Authentication
import JOSE

extension Section {
    /// Reads where API tokens are listed (`tokens.static`).
    ///
    /// - Parameter issuers: whose headers have names of their own.
    func readAPITokens(besides issuers: [Configuration.Issuer]) -> Configuration.APITokens? {
        var tokens: Configuration.APITokens?
        section("static") { section in
            let file = section.required("file", as: .path)
            let header = section.optional("header", as: .headerName)
            let names = issuers.flatMap(\.headerNames)
            if let header, names.contains(header) {
                section.refuse(
                    "header", "is the name of a header of an issuer's",
                    allowed: "another name than those of issuers[].headers")
            }
            // Not a file that the configuration rests on: whoever has the list looks at it.
            tokens = file.map { Configuration.APITokens(file: section.absolute($0), header: header) }
        }
        return tokens
    }
}
