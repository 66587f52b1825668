import ControlPlane
import Foundation
import HTTP
import JSON

/// Lists, a page at a time. A cursor is the order of a list and the place where a page of it ended,
/// as base64url of JSON: opaque to clients, and nothing in it is trusted.
enum Pages {
    static func request(_ call: Call) throws(Problem) -> PageRequest {
        var page = PageRequest()
        if let limit = call.query("limit").flatMap({ Int($0) }) { page.limit = limit }
        if let cursor = call.query("cursor") {
            guard let mark = mark(cursor, order: order(call)) else {
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

    static func response<Item>(
        _ page: Page<Item>, _ call: Call, item: (Item) -> JSONValue
    ) -> Response {
        let cursor = page.next.map { Self.cursor($0, call) }
        return .json(
            200, .object(["items": .array(page.items.map(item)), "nextCursor": JSONValue(cursor)]))
    }

    static func cursor(_ mark: PageMark, _ call: Call) -> String {
        text(of: mark, order: order(call))
    }

    static func order(_ call: Call) -> String { call.query("sort") ?? "-createdAt" }

    private static func text(of mark: PageMark, order: String) -> String {
        let json = JSONValue([order, mark.value, mark.id])
        return Data(json.encodedBytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    private static func mark(_ cursor: String, order: String) -> PageMark? {
        var base64 = cursor.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        // Why it cannot be read is of no use: it was never one of ours.
        guard let data = Data(base64Encoded: base64),
            let parts = try? JSONReader.document([UInt8](data)).items?.compactMap(\.text),
            parts.count == 3, parts[0] == order
        else { return nil }
        let isNumeric = Int64(parts[1]) != nil
        guard isNumeric || order.hasSuffix("name") else { return nil }
        return PageMark(value: parts[1], id: parts[2])
    }
}
