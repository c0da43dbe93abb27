/// When Authgear is asked (contract-authgear section 2).
package struct AuthgearRules: Sendable {
    /// Whether it takes the place of a session store.
    package var isStore: Bool
    /// How long an answer of its own is kept.
    package var maximumAge: Duration
    /// A session that was not used for so long, as far as its record tells, is asked about; nil: none is.
    package var touchAfter: Duration?

    package init(isStore: Bool = false, maximumAge: Duration = .seconds(10), touchAfter: Duration? = .seconds(3_600)) {
        self.isStore = isStore
        self.maximumAge = maximumAge
        self.touchAfter = touchAfter
    }
}
