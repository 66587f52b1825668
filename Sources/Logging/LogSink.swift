/// Where log lines go.
package protocol LogSink: Sendable {
    /// Takes one whole line, its newline included. Must not fail: a program does not stop because
    /// nobody reads its log.
    func write(_ line: [UInt8])
}
