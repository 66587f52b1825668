/// Requests that can be found in the traces of the target.
extension Worker {
    /// Sends `bytes` with a trace context where the request is one of those that get one.
    func writeTraced(_ bytes: UnsafeRawBufferPointer, to index: Int, at now: Int64) {
        guard let trace = traces.next() else {
            connections[index].trace = .none
            return write(bytes, to: index, at: now)
        }
        connections[index].trace = trace
        tracedMessage.removeAll(keepingCapacity: true)
        traces.append(bytes, of: trace, to: &tracedMessage)
        tracedMessage.withUnsafeBytes { write($0, to: index, at: now) }
    }

    /// Keeps the trace of a response that is the slowest of its endpoint so far.
    func noteTrace(of index: Int, _ endpoint: Int, latency: Int64) {
        guard connections[index].trace != .none else { return }
        statistics[endpoint].recordTrace(
            connections[index].trace, microseconds: UInt64(max(0, latency)) / 1000)
    }

    /// `text` with the trace of the request that it is about.
    func traced(_ text: String, _ index: Int) -> String {
        guard isTracing, connections[index].trace != .none else { return text }
        return "\(text) (trace \(connections[index].trace.text))"
    }
}
