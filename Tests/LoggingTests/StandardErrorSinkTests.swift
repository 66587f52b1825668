import Foundation
import Testing

@testable import Logging

struct StandardErrorSinkTests {
    @Test func `lines of many threads arrive whole`() throws {
        let pipe = Pipe()
        let sink = StandardErrorSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let writers = Thread {
            DispatchQueue.concurrentPerform(iterations: 8) { writer in
                // Longer than the pipe takes at once.
                let line = [UInt8](repeating: UInt8(97 + writer), count: 20_000) + [10]
                for _ in 0..<20 { sink.write(line) }
            }
            // The reader then sees the end; there is nothing else to lose.
            try? pipe.fileHandleForWriting.close()
        }
        writers.start()
        let data = try #require(try pipe.fileHandleForReading.readToEnd())
        let lines = data.split(separator: 10)
        #expect(lines.count == 160)
        #expect(lines.allSatisfy { $0.count == 20_000 && Set($0).count == 1 })
    }

    @Test func `a reader that has stopped loses lines, and the next line starts anew`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        let sink = StandardErrorSink(descriptor: descriptor)
        sink.write([UInt8](repeating: 97, count: 1_000_000) + [10])
        let capacity = 65_536
        let first = try #require(try pipe.fileHandleForReading.read(upToCount: capacity))
        #expect(first.allSatisfy { $0 == 97 })
        sink.write(Array("next\n".utf8))
        try pipe.fileHandleForWriting.close()
        let rest = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(String(decoding: rest, as: UTF8.self).hasSuffix("\nnext\n"))
    }

    @Test func `a closed standard error is borne in silence`() {
        StandardErrorSink(descriptor: -1).write([97, 10])
    }

    @Test func `a memory sink keeps the newest lines`() {
        let sink = MemorySink()
        for number in 0...MemorySink.linesMax { sink.write(Array("\(number)".utf8)) }
        #expect(sink.lines.count == MemorySink.linesMax)
        #expect(sink.lines.last == "\(MemorySink.linesMax)")
    }
}
