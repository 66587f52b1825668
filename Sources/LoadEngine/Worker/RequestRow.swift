/// A `RequestPlan` as the worker's loop wants it: plain numbers and bytes at a fixed address, so
/// that using it counts no references.
struct RequestRow {
    let endpoint: Int
    let origin: Int
    /// The whole message; empty for a template.
    let fixed: UnsafeRawBufferPointer
    let timeout: Int64
    let isHead: Bool
    let isIdempotent: Bool
    /// Whether 200...399 are expected, which needs no lookup.
    let expectsSuccess: Bool
    let isInspected: Bool
    /// Whether later steps use what the response has.
    let isExtracting: Bool
    /// After the request.
    let thinkTime: ThinkTime

    /// - Parameter thinkTime: where the request has none of its own.
    init(_ plan: RequestPlan, thinkTime: ThinkTime) {
        self.thinkTime = plan.thinkTime ?? thinkTime
        endpoint = plan.endpoint
        origin = plan.origin
        timeout = plan.timeout.nanoseconds
        isHead = plan.isHead
        isIdempotent = plan.isIdempotent
        expectsSuccess = plan.expectedStatuses == .successes
        isInspected = plan.inspection != nil
        isExtracting = plan.inspection.map { !$0.extractions.isEmpty } ?? false
        guard case .fixed(let bytes) = plan.content else {
            fixed = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        fixed = UnsafeRawBufferPointer(copy)
    }

    /// To be called once, by the table that owns the row.
    func deallocate() { fixed.deallocate() }
}
