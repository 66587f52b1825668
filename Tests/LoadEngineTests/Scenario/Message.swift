import HTTP
import Testing

@testable import LoadEngine

/// A rendered request, as a server reads it.
struct Message {
    let head: RequestHead
    let body: [UInt8]
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var target: String { head.target.raw }

    /// Reads the one message that `bytes` are; fails if it is less or more than one.
    init(_ bytes: [UInt8]) throws {
        var parser = RequestHeadParser(
            limits: .init(headBytesMax: 1 << 20, targetBytesMax: 1 << 19, fieldCountMax: 500))
        head = try #require(try parser.parse(bytes.span))
        body = Array(bytes[parser.byteCount...])
        self.bytes = bytes
        switch head.framing {
        case .empty: #expect(body.isEmpty)
        case .length(let count): #expect(body.count == count)
        case .chunked: Issue.record("a body in chunks")
        }
    }

    /// Renders request `index` of `plan` for a user in an iteration.
    init(
        _ plan: LoadPlan, _ index: Int = 0, user number: Int = 0, iteration: UInt64 = 0,
        variables: [[UInt8]] = [], random: inout RandomSource
    ) throws {
        try self.init(
            Self.bytes(
                plan, index, user: number, iteration: iteration, variables: variables,
                random: &random))
    }

    init(_ plan: LoadPlan, _ index: Int = 0, user: Int = 0, iteration: UInt64 = 0) throws {
        var random = RandomSource(seed: plan.seed)
        try self.init(plan, index, user: user, iteration: iteration, random: &random)
    }

    static func bytes(
        _ plan: LoadPlan, _ index: Int, user number: Int = 0, iteration: UInt64 = 0,
        variables: [[UInt8]] = [], random: inout RandomSource
    ) throws -> [UInt8] {
        switch plan.program.requests[index].content {
        case .fixed(let bytes): return bytes
        case .template(let template):
            let script = try #require(plan.program.script)
            var user = ScriptUser(script, number: number)
            #expect(user.begin(iteration: iteration, of: script, using: &random))
            for (index, value) in variables.enumerated() {
                user.set(index, of: variables.count, to: value)
            }
            var message: [UInt8] = [1, 2, 3]
            template.render(for: user, of: script, using: &random, into: &message)
            #expect(message.prefix(3) == [1, 2, 3])
            return Array(message.dropFirst(3))
        }
    }
}
