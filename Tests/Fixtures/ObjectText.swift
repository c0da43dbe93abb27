/// The text of a JSON object, put together member by member; names and values are raw JSON and may be wrong on purpose.
package struct ObjectText: Sendable {
    /// Names without quotes, values as they shall stand in the text.
    package var members: [(name: String, value: String)]

    package init(_ members: [(name: String, value: String)]) {
        self.members = members
    }

    /// A member's value; setting nil takes the member out.
    package subscript(name: String) -> String? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    package var text: String {
        "{" + members.map { #""\#($0.name)":\#($0.value)"# }.joined(separator: ",") + "}"
    }
}
