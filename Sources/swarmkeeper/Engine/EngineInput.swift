import Drivers
import Foundation
import Glibc

/// Reads what the service tells an engine, on a thread of its own.
struct EngineInput: Sendable {
    let descriptor: Int32

    /// - Parameters:
    ///   - onRequest: called for each line, on that thread.
    ///   - atEnd: called once, with what was wrong when a line was none of the protocol.
    func read(
        onRequest: @escaping @Sendable (EngineRequest) -> Void,
        atEnd: @escaping @Sendable (String?) -> Void
    ) {
        let descriptor = descriptor
        Thread { atEnd(Self.readAll(from: descriptor, onRequest)) }.start()
    }

    private static func readAll(
        from descriptor: Int32, _ onRequest: (EngineRequest) -> Void
    ) -> String? {
        var splitter = LineSplitter()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            // An input that cannot be read has no service at its other end.
            guard count > 0 else { return nil }
            do throws(WireFault) {
                for line in try splitter.lines(in: buffer[..<count]) {
                    onRequest(try EngineRequest(line: line))
                }
            } catch {
                return error.description
            }
        }
    }
}
