import JSON
import ControlPlane
import Foundation
import HTTP

/// Lists, a page at a time. A cursor is the place where a page ended, as base64url of JSON: opaque
/// to clients, and nothing in it is trusted.
enum Pages {
    static func request(_ call: Call) throws(Problem) -> PageRequest {
        var page = PageRequest()
        if let limit = call.query("limit").flatMap({ Int($0) }) { page.limit = limit }
        if let cursor = call.query("cursor") {
            guard let mark = mark(cursor, sort: call.query("sort") ?? "") else {
                throw .invalidQuery([
                    FieldError(
                        pointer: "?cursor", message: "is no nextCursor of a list in this order")
                ])
            }
            page.after = mark
        }
        return page
    }

    static func sort<Field>(_ call: Call) -> Sort<Field>?
    where Field: RawRepresentable<String> & Equatable & Sendable {
        guard let text = call.query("sort") else { return nil }
        let isDescending = text.hasPrefix("-")
        guard let field = Field(rawValue: String(isDescending ? text.dropFirst() : text[...]))
        else { return nil }
        return Sort(field: field, isDescending: isDescending)
    }

    static func response<Item>(_ page: Page<Item>, item: (Item) -> JSONValue) -> Response {
        let cursor = page.next.map { text(of: $0) }
        return .json(
            200, .object(["items": .array(page.items.map(item)), "nextCursor": JSONValue(cursor)]))
    }

    private static func text(of mark: PageMark) -> String {
        let json = JSONValue.array([.string(mark.value), .string(mark.id)])
        return Data(json.encodedBytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    private static func mark(_ cursor: String, sort: String) -> PageMark? {
        var base64 = cursor.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let data = Data(base64Encoded: base64),
            // Whatever is wrong with it, it is no cursor of ours.
            let parts = (try? JSONReader.document([UInt8](data)))?.items?.compactMap(\.text),
            parts.count == 2
        else { return nil }
        let isNumeric = Int64(parts[0]) != nil
        guard isNumeric || sort.hasSuffix("name") else { return nil }
        return PageMark(value: parts[0], id: parts[1])
    }
}
