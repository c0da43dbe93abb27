/// One parser under libFuzzer: its name, and what must hold of it for any bytes.
///
/// Takes a span of bytes that libFuzzer chose; gives nothing, or stops the process where a property does not hold.
/// Imports what it checks. A target is one file in `Targets/`, one word in `all`, and a folder of seeds in `Corpus/`.
struct FuzzTarget: Sendable {
    /// What `make fuzz TARGET=…` calls it, and the name of its folder of seeds.
    let name: String
    let check: @Sendable (RawSpan) -> Void

    static let all: [FuzzTarget] = [
        .answer, .authgearAnswer, .base64URL, .certificate, .checkRequest, .claimPlaces, .claimsAnswer, .cookie, .es256,
        .head, .headerBlock, .headerList, .http2, .introspectionAnswer, .json, .jwks, .jwt, .keySnapshot, .preferences,
        .proof,
        .redisReply, .resp3Reply, .sessionRecord, .tlsClient, .tlsServer, .traceContext,
    ]
}

/// Stops the process when a property does not hold, which libFuzzer reports with the bytes that did it.
func expect(_ holds: Bool, _ property: StaticString) {
    guard holds else { fatalError("\(property)") }
}
