import HTTP
import JSON
import TestSupport
import Testing

@testable import LoadEngine

struct ScenarioFuzzTests {
    @Test func `no document makes the reader crash, and what it takes can be planned`() throws {
        var random = SeededGenerator(seed: 7)
        let whole = try Document.json(Document.whole)
        var (taken, refused) = (0, 0)
        for _ in 0..<3000 {
            var document = whole
            var source = RandomSource(seed: 1)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                document = Self.mutated(document, using: &random)
            }
            do {
                let scenario = try Scenario.read(document)
                let plan = try scenario.plan(baseURL: "http://127.0.0.1/")
                #expect(plan.program.requests.count == scenario.requests.count)
                for index in plan.program.requests.indices {
                    let message = try Message.bytes(plan, index, random: &source)
                    try Self.check(message, of: scenario.requests[index])
                }
                taken += 1
            } catch let error as ScenarioError {
                #expect(!error.problems.isEmpty)
                #expect(error.problems.allSatisfy { $0.pointer.isEmpty || $0.pointer.first == "/" })
                refused += 1
            }
        }
        #expect(taken > 100 && refused > 100, "\(taken) taken, \(refused) refused")
    }

    /// A server reads the request that was meant; it may refuse a NUL or a `..` in a path.
    private static func check(_ bytes: [UInt8], of request: ScenarioRequest) throws {
        do {
            let message = try Message(bytes)
            #expect(message.head.method == request.method)
            #expect(message.head.headers.values("Host").count == 1)
        } catch let error as MessageError {
            let isGood =
                error == .invalidPercentEncoding || error == .dotSegment || error == .invalidHost
            #expect(isGood, "\(error): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    /// The value with one part replaced, removed or renamed.
    private static func mutated(
        _ value: JSONValue, using random: inout SeededGenerator
    ) -> JSONValue {
        guard !random.chance(15) else { return JSONSamples.value(depth: 2, using: &random) }
        switch value {
        case .object(var members) where !members.isEmpty:
            let name = random.pick(members.keys.sorted())
            if random.chance(5) {
                members[name] = nil
            } else if random.chance(3) {
                members[random.pick(["rate", "users", "path", name + "s"])] = members[name]
            } else {
                members[name] = mutated(members[name] ?? .null, using: &random)
            }
            return .object(members)
        case .array(var items) where !items.isEmpty:
            let index = Int.random(in: items.indices, using: &random)
            if random.chance(10) {
                items.remove(at: index)
            } else {
                items[index] = mutated(items[index], using: &random)
            }
            return .array(items)
        case .string(let text):
            return .string(mutated(text, using: &random))
        default: return JSONSamples.value(depth: 1, using: &random)
        }
    }

    private static func mutated(_ text: String, using random: inout SeededGenerator) -> String {
        let pieces = [
            "{{", "}}", "{{{{", "{{uuid}}", "{{randomInt 5 2}}", "\r\n", "\0", "ä", "%", "/", "#",
            "(", "://", ":", "[::1]", " ", "data.", "@", "999999999999999999999",
        ]
        var characters = Array(text)
        let index = Int.random(in: 0...characters.count, using: &random)
        if random.chance(50), !characters.isEmpty {
            characters.remove(at: min(index, characters.count - 1))
        }
        characters.insert(contentsOf: random.pick(pieces), at: min(index, characters.count))
        return String(characters)
    }
}
