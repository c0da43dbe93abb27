import Redis
import Testing

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

/// Both connections ready at 0, redirected, and the redirection accepted.
private func tracking() -> TrackingState {
    var state = TrackingState()
    _ = state.dataReady()
    _ = state.feedReady(id: 7, subscribed: at(0))
    _ = state.redirected(isAccepted: true)
    _ = state.dataAnswered(heartbeat: at(0), isProven: true)
    return state
}

@Suite struct `Tracking state` {
    @Test func `the data connection is redirected when both are ready, in whichever order`() {
        var dataFirst = TrackingState()
        #expect(dataFirst.dataReady() == .none)
        #expect(dataFirst.feedReady(id: 7, subscribed: at(0)) == .redirect(to: 7))
        var feedFirst = TrackingState()
        #expect(feedFirst.feedReady(id: 7, subscribed: at(0)) == .none)
        #expect(feedFirst.dataReady() == .redirect(to: 7))
    }

    @Test func `of a feed that tells by itself only the server has to be proven`() {
        var dataFirst = TrackingState()
        #expect(dataFirst.dataReady() == .none)
        #expect(dataFirst.feedReady(id: 7, subscribed: at(0), tellsItself: true) == .prove)
        #expect(!dataFirst.isOn && dataFirst.isAgreed)
        #expect(dataFirst.dataAnswered(heartbeat: at(1), isProven: false) == .none)
        #expect(dataFirst.dataAnswered(heartbeat: at(2), isProven: true) == .trust(until: at(1000)))
        #expect(dataFirst.feedAnswered(heartbeat: at(5)) == .trust(until: at(1002)))
        #expect(dataFirst.feedLost() == .distrust)
        #expect(dataFirst.dataAnswered(heartbeat: at(6), isProven: true) == .none)
        // One that subscribes follows: it is redirected to.
        #expect(dataFirst.feedReady(id: 8, subscribed: at(7)) == .redirect(to: 8))
        // One that comes while another is believed is no continuation of that.
        var followed = tracking()
        #expect(followed.isOn && followed.feedReady(id: 9, subscribed: at(8), tellsItself: true) == .distrust)
        #expect(!followed.isOn && followed.isAgreed)
        var feedFirst = TrackingState()
        #expect(feedFirst.feedReady(id: 7, subscribed: at(0), tellsItself: true) == .none)
        #expect(!feedFirst.isAgreed)
        #expect(feedFirst.dataReady() == .prove)
        #expect(feedFirst.dataLost() == .none)
        #expect(feedFirst.dataAnswered(heartbeat: at(1), isProven: true) == .none)
    }

    @Test func `nothing is trusted before the redirection is accepted and the server proven`() {
        var state = TrackingState()
        _ = state.dataReady()
        _ = state.feedReady(id: 7, subscribed: at(0))
        #expect(state.isOn == false)
        #expect(state.feedAnswered(heartbeat: at(1)) == .none)
        #expect(state.dataAnswered(heartbeat: at(1), isProven: true) == .none)
        #expect(state.redirected(isAccepted: true) == .none)
        #expect(!state.isOn)
        #expect(state.dataAnswered(heartbeat: at(2), isProven: false) == .none)
        #expect(!state.isOn && state.isAgreed)
        #expect(state.dataAnswered(heartbeat: at(3), isProven: true) == .trust(until: at(1001)))
        #expect(state.isOn && !state.isAgreed)
    }

    @Test func `a redirection that is refused turns nothing on`() {
        var state = TrackingState()
        _ = state.dataReady()
        _ = state.feedReady(id: 7, subscribed: at(0))
        #expect(state.redirected(isAccepted: false) == .none)
        #expect(state.dataAnswered(heartbeat: at(1), isProven: true) == .none)
        #expect(!state.isOn)
        #expect(state.feedAnswered(heartbeat: at(2)) == .none)
    }

    @Test func `trust reaches a second beyond the older of the two heartbeats`() {
        var state = tracking()
        #expect(state.feedAnswered(heartbeat: at(500)) == .trust(until: at(1000)))
        #expect(state.dataAnswered(heartbeat: at(300), isProven: true) == .trust(until: at(1300)))
        #expect(state.dataAnswered(heartbeat: at(600), isProven: true) == .trust(until: at(1500)))
    }

    @Test func `a silent feed ends the trust although the data connection answers`() {
        var state = tracking()
        for moment in stride(from: Int64(250), to: 5000, by: 250) {
            #expect(state.dataAnswered(heartbeat: at(moment), isProven: true) == .trust(until: at(1000)))
        }
    }

    @Test func `losing either connection ends the trust at once`() {
        var state = tracking()
        #expect(state.feedLost() == .distrust)
        #expect(!state.isOn)
        state = tracking()
        #expect(state.dataLost() == .distrust)
        #expect(state.feedAnswered(heartbeat: at(1)) == .none)
    }

    @Test func `a new feed is redirected to, and trusted when that is accepted`() {
        var state = tracking()
        _ = state.feedLost()
        #expect(state.feedReady(id: 8, subscribed: at(100)) == .redirect(to: 8))
        #expect(state.dataAnswered(heartbeat: at(101), isProven: true) == .none)
        #expect(state.redirected(isAccepted: true) == .none)
        #expect(state.dataAnswered(heartbeat: at(102), isProven: true) == .trust(until: at(1100)))
    }

    @Test func `a heartbeat that proves less ends the trust, and the next that proves all begins it anew`() {
        var state = tracking()
        #expect(state.dataAnswered(heartbeat: at(250), isProven: false) == .distrust)
        #expect(!state.isOn)
        #expect(state.feedAnswered(heartbeat: at(400)) == .none)
        #expect(state.dataAnswered(heartbeat: at(500), isProven: false) == .none)
        #expect(state.dataAnswered(heartbeat: at(750), isProven: true) == .trust(until: at(1400)))
    }

    @Test func `a reply to the redirection to a feed that is gone turns nothing on`() {
        var state = TrackingState()
        _ = state.dataReady()
        _ = state.feedReady(id: 7, subscribed: at(0))
        #expect(state.feedLost() == .none)
        #expect(state.redirected(isAccepted: true) == .none)
        #expect(state.dataAnswered(heartbeat: at(1), isProven: true) == .none)
        #expect(state.feedReady(id: 8, subscribed: at(2)) == .redirect(to: 8))
        _ = state.redirected(isAccepted: true)
        #expect(state.dataAnswered(heartbeat: at(3), isProven: true) == .trust(until: at(1002)))
    }

    @Test func `of two redirections on their way the last one counts`() {
        var state = TrackingState()
        _ = state.dataReady()
        _ = state.feedReady(id: 7, subscribed: at(0))
        _ = state.feedLost()
        _ = state.feedReady(id: 8, subscribed: at(1))
        #expect(state.redirected(isAccepted: true) == .none)
        #expect(state.dataAnswered(heartbeat: at(0), isProven: true) == .none)
        _ = state.redirected(isAccepted: true)
        #expect(state.dataAnswered(heartbeat: at(2), isProven: true) == .trust(until: at(1001)))
    }

    @Test func `what a lost data connection owed is not waited for`() {
        var state = TrackingState()
        _ = state.dataReady()
        _ = state.feedReady(id: 7, subscribed: at(0))
        #expect(state.dataLost() == .none)
        #expect(state.dataReady() == .redirect(to: 7))
        _ = state.redirected(isAccepted: true)
        #expect(state.dataAnswered(heartbeat: at(5), isProven: true) == .trust(until: at(1000)))
    }
}
