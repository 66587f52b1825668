import HTTP
import JSON
import TestSupport
import Testing

@testable import API

/// One who reads a stream without a socket.
final class EventReader {
    struct Event: Equatable {
        var id: String?
        var name = ""
        var data: JSONValue = .null
    }

    let body: StreamedBody
    /// All that has come, comments included.
    private(set) var text = ""
    private(set) var hasEnded = false
    /// How many events were handed out.
    private var handedOut = 0

    init(_ answer: Answer, at place: SourceLocation = #_sourceLocation) throws {
        body = try #require(
            answer.response.stream, "\(answer.status) \(answer.text)", sourceLocation: place)
    }

    deinit { body.release() }

    /// Everything so far.
    var events: [Event] {
        let taken = body.take(bytesMax: .max)
        text += String(decoding: taken.chunks.flatMap(\.self), as: UTF8.self)
        hasEnded = hasEnded || taken.isLast
        return text.split(separator: "\n\n").compactMap { block in
            var event = Event()
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count > 1 ? String(parts[1].dropFirst()) : ""
                switch parts.first {
                case "id": event.id = value
                case "event": event.name = value
                // A test that reads what is no JSON finds nothing in it.
                case "data": event.data = (try? JSONReader.document(Array(value.utf8))) ?? .null
                default: break
                }
            }
            return event.name.isEmpty ? nil : event
        }
    }

    /// The next event of this name, which those before it are passed over for.
    func next(_ name: String) async throws -> Event {
        var found: Event?
        _ = await eventually {
            for (index, event) in events.enumerated().dropFirst(handedOut)
            where event.name == name {
                (found, handedOut) = (event, index + 1)
                return true
            }
            return false
        }
        return try #require(found, "no \(name) in \(text)")
    }

    /// Whether the stream comes to its end.
    func ends() async -> Bool {
        await eventually {
            _ = events
            return hasEnded
        }
    }
}
