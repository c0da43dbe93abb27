import Authentication
import JOSE
import Telemetry
import Testing

@Suite struct TallyPageTests {
    @Test func `every reason stands on the page before it ever occurred`() {
        var page = PrometheusPage()
        Tally().write(to: &page)
        let samples = Set(page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
        for refusal in TokenRefusal.allCases {
            #expect(
                samples.contains(#"authgear_resolver_refusals_total{credential="token",reason="\#(refusal.reason)"} 0"#)
            )
        }
        for reason in UnknownReason.allCases {
            #expect(samples.contains(#"authgear_resolver_unknown_total{reason="\#(reason.text)"} 0"#))
        }
    }

    @Test func `no sample stands there twice`() {
        var page = PrometheusPage()
        Tally().write(to: &page)
        let lines = page.text.split(separator: "\n")
        #expect(Set(lines).count == lines.count)
    }
}
