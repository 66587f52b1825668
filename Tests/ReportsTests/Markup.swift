/// A page taken apart by the strictest reading: lower-case tags with quoted attributes, and no
/// other use of the characters that begin and end them.
struct Markup: Equatable {
    /// Each tag with its attributes' names, in order.
    private(set) var tags: [String] = []
    private(set) var faults: [String] = []

    private static let void: Set = [
        "meta", "br", "!doctype", "line", "rect", "path",
    ]

    init(_ page: String) {
        var rest = Substring(page)
        var open: [String] = []
        while let from = rest.firstIndex(where: { $0 == "<" || $0 == ">" }) {
            guard rest[from] == "<", let to = rest[from...].firstIndex(of: ">") else {
                faults.append("a bare \(rest[from]) before \(rest[from...].prefix(40))")
                break
            }
            let tag = rest[rest.index(after: from)..<to]
            rest = rest[rest.index(after: to)...]
            read(tag, &open)
            // A style is text of its own, in which `>` is no end of anything.
            if open.last == "style", let end = rest.firstRange(of: "</style>") {
                rest = rest[end.lowerBound...]
            }
        }
        if !open.isEmpty { faults.append("not closed: \(open)") }
    }

    private mutating func read(_ tag: Substring, _ open: inout [String]) {
        if tag.first == "/" {
            if open.popLast() != String(tag.dropFirst()) { faults.append("</\(tag)> closes none") }
            return
        }
        let pieces = tag.split(separator: "\"", omittingEmptySubsequences: false)
        // Outside of quotes: the name, and then names of attributes each with its sign.
        let names = stride(from: 0, to: pieces.count, by: 2).flatMap { index in
            pieces[index].split(separator: " ").map(String.init)
        }.filter { $0 != "/" }
        if pieces.count.isMultiple(of: 2) { faults.append("an odd quote in <\(tag)>") }
        let name = names.first ?? ""
        for attribute in names.dropFirst() where name != "!doctype" {
            let isPlain = attribute.allSatisfy { $0.isLetter || $0.isNumber || "-=:".contains($0) }
            if !isPlain || attribute.hasPrefix("on") || attribute.hasPrefix("style") {
                faults.append("attribute \(attribute)")
            }
        }
        if ["script", "iframe", "img", "a", "form", "link", "object", "base"].contains(name) {
            faults.append("<\(name)>")
        }
        tags.append(names.joined(separator: " "))
        if !Self.void.contains(name), tag.last != "/" { open.append(name) }
    }
}
