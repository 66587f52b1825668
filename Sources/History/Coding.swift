import ControlPlane
import Foundation
import SQLite

/// How values are written into columns.
enum Coding {
    static func json(_ value: some Encodable) throws(ControlPlaneError) -> Value {
        do {
            return .text(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw .store("a value could not be encoded: \(error)")
        }
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws(ControlPlaneError) -> T
    {
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw .store("a stored \(type) could not be read: \(error)")
        }
    }

    static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }

    /// Milliseconds since 1970; 0 for a time that has not come.
    static func milliseconds(_ date: Date?) -> Value {
        guard let date else { return .int(0) }
        // Clocks of workers are not ours, and a time that no calendar knows is no reason to fail.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return .int(Int64(min(max(milliseconds, -millisecondsMax), millisecondsMax)))
    }

    /// The largest that is exact as a `Double`; some 285,000 years.
    private static let millisecondsMax = 9_007_199_254_740_992.0

    /// The form in which texts are searched: without regard to case, and to whether a letter was
    /// written with its accent or as two characters.
    static func folded(_ text: String) -> String {
        text.lowercased().precomposedStringWithCanonicalMapping
    }

    /// What a search for a part of the name or of the id looks into.
    static func searchText(name: String, id: String) -> Value {
        .text(folded(name) + "\n" + folded(id))
    }

    static func date(_ milliseconds: Int) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return decoder
    }()
}
