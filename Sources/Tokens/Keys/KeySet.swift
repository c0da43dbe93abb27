package struct KeySet: Sendable {}
