/// How the status page looks: one style sheet, whose colours are named once for light and once for dark.
package enum StatusStyle {
    /// Colours as `#rrggbb`.
    package struct Palette: Sendable {
        /// Behind everything, and behind what stands out.
        package let background, raised: StaticString
        /// Of texts.
        package let text, quiet, good, warning, bad: StaticString
        /// Of what is drawn.
        package let edge, first, second, third, fourth: StaticString
    }

    package static let light = Palette(
        background: "#ffffff", raised: "#f3f5f7", text: "#1b1f24", quiet: "#505a64", good: "#0f5d26",
        warning: "#744500", bad: "#9f0d24", edge: "#7a838c", first: "#0550ae", second: "#9f0d24", third: "#57606a",
        fourth: "#8a4b00")

    package static let dark = Palette(
        background: "#0f1318", raised: "#1a2028", text: "#e8edf2", quiet: "#a9b4bf", good: "#7ee787",
        warning: "#f2cc60", bad: "#ffa198", edge: "#6b7682", first: "#79c0ff", second: "#ffa198", third: "#a9b4bf",
        fourth: "#f2cc60")

    /// The style sheet.
    package static var sheet: String {
        """
        :root{color-scheme:light dark;\(properties(of: light))}
        @media (prefers-color-scheme:dark){:root{\(properties(of: dark))}}
        \(rules)
        """
    }

    private static func properties(of palette: Palette) -> String {
        let named: [(String, StaticString)] = [
            ("background", palette.background), ("raised", palette.raised), ("text", palette.text),
            ("quiet", palette.quiet), ("good", palette.good), ("warning", palette.warning), ("bad", palette.bad),
            ("edge", palette.edge), ("first", palette.first), ("second", palette.second), ("third", palette.third),
            ("fourth", palette.fourth),
        ]
        return named.map { "--\($0):\($1)" }.joined(separator: ";")
    }

    /// What is drawn in the four lines differs by its dashes as well: colour alone says nothing.
    private static let rules = """
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1rem;max-width:76rem;background:var(--background);color:var(--text);\
        font:15px/1.45 system-ui,"DejaVu Sans",sans-serif}
        h1{font-size:1.3rem;margin:0}
        h2{font-size:1.05rem;margin:1.75rem 0 .25rem}
        header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline}
        .state{font-size:1.15rem;font-weight:700;margin:0}
        .good{color:var(--good)}.warning{color:var(--warning)}.bad{color:var(--bad)}
        td .good,td .warning,td .bad{white-space:nowrap}
        .quiet{color:var(--quiet)}
        dl{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0}
        dl div{display:flex;gap:.4rem}
        dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
        ul{margin:.5rem 0;padding:.5rem .75rem .5rem 2rem;background:var(--raised);border-left:4px solid var(--warning);\
        overflow-wrap:anywhere}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1rem;margin:1rem 0}
        figure{margin:0;padding:.6rem .75rem;background:var(--raised);min-width:0}
        figcaption{font-weight:600}
        figure p{margin:.1rem 0;font-size:.85rem;color:var(--quiet);display:flex;justify-content:space-between;gap:.5rem}
        figure svg{display:block;width:100%;height:5rem;border-bottom:1px solid var(--edge);border-top:1px dotted var(--edge)}
        .legend{flex-wrap:wrap;justify-content:flex-start;gap:.1rem .9rem}
        .legend svg{display:inline-block;width:1.8rem;height:.6rem;border:0;margin-right:.3rem}
        polyline,.key{fill:none;stroke-width:1.8;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        .line1{stroke:var(--first)}
        .line2{stroke:var(--second);stroke-dasharray:6 3}
        .line3{stroke:var(--third);stroke-dasharray:2 3}
        .line4{stroke:var(--fourth);stroke-dasharray:9 3 2 3}
        .tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:0 2rem;align-items:start}
        table{border-collapse:collapse;width:100%;margin:1.5rem 0 0}
        caption{text-align:left;font-size:1.05rem;font-weight:700;padding-bottom:.25rem}
        th,td{text-align:left;padding:.25rem .6rem .25rem 0;vertical-align:top;border-top:1px solid var(--edge);\
        overflow-wrap:anywhere}
        thead th{border-top:0;color:var(--quiet);font-weight:600;font-size:.85rem;overflow-wrap:normal}
        tbody th{font-weight:600;min-width:8.5rem}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:1rem}
        .share{white-space:nowrap}
        .bar{display:inline-block;width:3rem;height:.55rem;vertical-align:baseline;margin-left:.4rem}
        .bar .rail{fill:none;stroke:var(--edge);stroke-width:1;vector-effect:non-scaling-stroke}
        .bar .used{fill:var(--first)}
        .none{margin:.25rem 0;color:var(--quiet)}
        footer{margin-top:2rem;color:var(--quiet);font-size:.85rem}
        @media (max-width:40rem){
        body{padding:.75rem}
        th,td,.number{padding-right:.4rem}
        thead th{font-size:.8rem}
        tbody th{min-width:0}
        .wide,.wide tbody,.wide tr,.wide caption{display:block}
        .wide thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
        .wide tr{padding:.5rem 0;border-top:1px solid var(--edge)}
        .wide th,.wide td{display:flex;justify-content:space-between;gap:1rem;padding:.1rem 0;border:0;text-align:left;\
        white-space:normal}
        .wide td::before{content:attr(data-column);color:var(--quiet);flex:none}
        .wide td{text-align:right}
        }
        """
}
