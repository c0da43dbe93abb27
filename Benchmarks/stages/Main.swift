/// Measures the stages of a request, each alone: `make microbench`.
///
/// Takes the beginnings of the names to measure (all, when there are none) and perhaps `--operations N`: then each runs
/// so many times and nothing is measured, for
/// `valgrind --tool=callgrind --toggle-collect="*runAlone*"`. Gives a Markdown table.
@main
struct Main {
    static func main() {
        var names = Array(CommandLine.arguments.dropFirst())
        var operations: Int?
        if let flag = names.firstIndex(of: "--operations"), flag + 1 < names.count {
            operations = Int(names[flag + 1])
            names.removeSubrange(flag...flag + 1)
        }
        let stages = Stage.all.filter { stage in names.isEmpty || names.contains { stage.name.hasPrefix($0) } }
        if let operations {
            for stage in stages { print(stage.name, runAlone(stage.make(), operations)) }
        } else {
            measure(stages)
        }
    }

    /// Has a name of its own among the symbols, so that a profiler can tell the work from its preparation.
    @inline(never)
    private static func runAlone(_ work: Stage.Work, _ times: Int) -> Int {
        work(times) &+ 1
    }

    private static func measure(_ stages: [Stage]) {
        print("| stage | ns | at best | allocations |")
        print("| --- | ---: | ---: | ---: |")
        for stage in stages {
            let cost = Cost(of: stage)
            print("| \(stage.name) | \(cost.median) | \(cost.best) | \(cost.allocations) |")
        }
    }
}
