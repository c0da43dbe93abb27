import Testing

/// What cites the contract cites what stands in `docs/contract.md`.
@Suite struct ContractTests {
    @Test func `the sections are numbered from 1 on, without a gap`() {
        let numbers = Contract.shipped.sections.keys.sorted()
        #expect(numbers == Array(1...numbers.count))
        #expect(numbers.count >= 13, "a section is never taken away")
    }

    @Test(arguments: SourceTree.sources + SourceTree.tests.filter { $0.target != "LayoutTests" })
    func `each section that is cited is there, and the step or case in it`(file: SourceFile) {
        for citation in ContractCitation.all(in: file.text) {
            #expect(Contract.shipped.has(citation), "\(file) cites \(citation)")
        }
    }

    @Test(arguments: SourceTree.pages)
    func `so is each section that a page cites`(page: Page) {
        for citation in ContractCitation.all(in: page.text) {
            #expect(Contract.shipped.has(citation), "\(page) cites \(citation)")
        }
    }

    @Test(arguments: SourceTree.tests.filter { $0.path.contains("/Worlds/") })
    func `each clause of a table stands in its section, word for word`(file: SourceFile) {
        for (citation, words) in ContractCitation.clauses(in: file.text) {
            #expect(Contract.shipped.has(citation), "\(file) cites \(citation)")
            #expect(Contract.shipped.section(citation.section, says: words), "\(citation): \(words)")
        }
    }

    @Test(arguments: SourceTree.sources + SourceTree.tests.filter { $0.target != "LayoutTests" })
    func `nothing cites a text that is not in the repository`(file: SourceFile) {
        #expect(file.text.matches(of: /contract(?:-[a-z]+ section|,? part \d)/).isEmpty)
    }

    @Test func `the contract is cited from each stage`() {
        let targets = SourceTree.sources.filter { !ContractCitation.all(in: $0.text).isEmpty }.map(\.target)
        #expect(
            Set(targets).isSuperset(of: ["JOSE", "Authentication", "HTTP1", "KeySets", "Redis", "AuthgearResolver"]))
        #expect(SourceTree.tests.flatMap { ContractCitation.clauses(in: $0.text) }.count > 50)
    }

    @Test func `a citation is seen in each way to write it, and one of what is not there fails`() {
        #expect(
            ContractCitation.all(
                in: "a (contract section 4, step 6)\n/// and contract\n/// sections 2, 3 and 12; section 9") == [
                    ContractCitation(section: 4, step: 6), ContractCitation(section: 2), ContractCitation(section: 3),
                    ContractCitation(section: 12),
                ])
        let contract = Contract(
            text: "# Contract\n\n## 1. A\n\nNothing.\n\n## 2. B\n\n1. First\n   step.\n2. Second.\n")
        #expect(contract.has(ContractCitation(section: 1)))
        #expect(contract.has(ContractCitation(section: 2, step: 2)))
        #expect(!contract.has(ContractCitation(section: 2, step: 3)))
        #expect(!contract.has(ContractCitation(section: 3)))
        #expect(contract.section(2, says: "first step"))
        #expect(!contract.section(1, says: "first step"))
        let clauses = ContractCitation.clauses(in: "x | y | §10.1 some words\nz | §2 more\n")
        #expect(clauses.map(\.citation) == [ContractCitation(section: 10, step: 1), ContractCitation(section: 2)])
        #expect(clauses.map(\.words) == ["some words", "more"])
    }
}
