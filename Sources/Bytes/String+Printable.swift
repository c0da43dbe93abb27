extension String {
    /// Bytes of somebody else's, fit for a line that people read: what is not printable ASCII, and `"`, becomes a question
    /// mark, and what is beyond the limit an ellipsis.
    package init(printable bytes: some Collection<UInt8>, limit: Int = 200) {
        let shown = bytes.prefix(limit).map { byte in
            byte.isPrintable && byte != UInt8(ascii: "\"") ? byte : UInt8(ascii: "?")
        }
        self = String(decoding: shown, as: UTF8.self) + (bytes.count > limit ? "…" : "")
    }
}
