/// When Authgear is asked (contract section 10).
package struct AuthgearRules: Hashable, Sendable {
    /// Whether it takes the place of a session store.
    package var isStore: Bool
    /// How long an answer of its own is kept.
    package var maximumAge: Duration
    /// A session that was not used for so long, as far as its record tells, is asked about; nil: none is.
    package var touchAfter: Duration?
    /// For how long a question can be answered.
    package var timeout: Duration
    /// How long a user's record that has ended serves on while Authgear can't be asked.
    package var userMaximumStale: Duration
    /// Whose word it is: a text that differs where another project or server is asked.
    package var place: String
    /// The share of requests, from 0 to 1, that Authgear is asked about as well, to compare its answers with ours.
    package var shadowShare: Double

    package init(
        isStore: Bool = false, maximumAge: Duration = .seconds(10), touchAfter: Duration? = .seconds(3_600),
        timeout: Duration = .seconds(2), userMaximumStale: Duration = .seconds(300), shadowShare: Double = 0,
        place: String = ""
    ) {
        self.isStore = isStore
        self.maximumAge = maximumAge
        self.touchAfter = touchAfter
        self.timeout = timeout
        self.userMaximumStale = userMaximumStale
        self.shadowShare = shadowShare
        self.place = place
    }
}
