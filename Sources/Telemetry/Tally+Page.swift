package import Authentication

extension Tally {
    /// Adds the refusals and unknowns to a page: every reason, those that never occurred too, so that rates are right
    /// from the first one on.
    package func write(to page: inout PrometheusPage) {
        forEachRefusal { credential, reason, count in
            page.add(.refusals, ["\(credential)", "\(reason)"], count)
        }
        for reason in UnknownReason.allCases {
            page.add(.unknowns, ["\(reason.text)"], unknowns[Int(reason.rawValue)])
        }
        forEachQuestion { purpose, result, count in
            page.add(.authgearQuestions, ["\(purpose)", "\(result)"], count)
        }
        shadow.forEachResult { result, count in page.add(.shadowRequests, ["\(result)"], count) }
        shadow.forEachDifference { header, count in page.add(.shadowDifferences, [header], count) }
    }
}
