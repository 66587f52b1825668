import Foundation
import JSON

/// What a test wants of an answer's values.
extension JSONValue {
    init?(_ text: String) {
        guard let value = try? JSONReader.document(Array(text.utf8)) else { return nil }
        self = value
    }

    /// A time as the API writes it.
    var date: Date? {
        text.flatMap { try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse($0) }
    }
}
