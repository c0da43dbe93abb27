import Questions
import Traces

extension Configuration.Tracing {
    /// Nil when the collector is missing or could not be read.
    init?(from section: Section) {
        var (isInsecure, sampling) = (false, SamplingRule.parent)
        section.read("insecure", as: .flag, into: &isInsecure)
        let endpoint = section.required("otlp", as: .collectorURL(isInsecureAllowed: isInsecure))
        section.read("sample", as: .sampling, into: &sampling)
        guard let endpoint else { return nil }
        self.init(endpoint: endpoint, sampling: sampling)
    }
}

extension Form where Value == FetchURL {
    /// Where a collector is: the path that spans are posted to is added.
    fileprivate static func collectorURL(isInsecureAllowed: Bool) -> Form {
        let allowed =
            "the URL of a collector without \(TraceExport.path), such as http://127.0.0.1:4318; http on loopback, or with insecure: true"
        return Form(allowed: allowed) { text throws(Misfit) in
            let base = text.hasSuffix("/") ? String(text.dropLast()) : text
            guard !base.contains(where: { "?#".contains($0) }) else { throw Misfit("has a query or a fragment") }
            guard !base.hasSuffix(TraceExport.path) else { throw Misfit("has the path that is added to it") }
            do throws(FetchURL.Problem) {
                return try FetchURL(base + TraceExport.path, isInsecureAllowed: isInsecureAllowed)
            } catch .insecure {
                throw Misfit("is http on a host that is not loopback, where spans could be read on the way")
            } catch {
                throw Misfit("is not an http or https URL")
            }
        }
    }
}

extension Form where Value == SamplingRule {
    /// Which traces are kept.
    fileprivate static var sampling: Form {
        let share = Form<Double>.share
        return Form(allowed: "parent, or \(share.allowed)") { text throws(Misfit) in
            guard text != "parent" else { return .parent }
            do throws(Misfit) {
                return .share(TraceShare(try share.parse(text)))
            } catch {
                throw Misfit(error.predicate == "is not a share" ? "is neither parent nor a share" : error.predicate)
            }
        }
    }
}
