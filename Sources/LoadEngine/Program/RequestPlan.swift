/// One request of a program.
package struct RequestPlan: Sendable {
    /// The bytes of the whole message.
    package enum Content: Sendable {
        /// The same each time, rendered once.
        case fixed([UInt8])
        /// Made anew for each request.
        case template(RequestTemplate)
    }

    /// An index into the program's endpoints.
    package let endpoint: Int
    /// An index into the program's origins.
    package let origin: Int
    package let content: Content
    /// Whether the response has no body whatever it says.
    package let isHead: Bool
    /// Whether sending it twice does no harm (RFC 9110, section 9.2.2).
    package let isIdempotent: Bool
    /// From the real start to the end of the response.
    package let timeout: Duration
    package let expectedStatuses: StatusSet
    /// What has to be looked at in the response; nil for nothing but its status.
    package let inspection: Inspection?
    /// What a user waits after it; nil for the think time of the load.
    package let thinkTime: ThinkTime?

    package init(
        endpoint: Int, origin: Int, content: Content, isHead: Bool = false,
        isIdempotent: Bool = true, timeout: Duration = .seconds(30),
        expectedStatuses: StatusSet = .successes, inspection: Inspection? = nil,
        thinkTime: ThinkTime? = nil
    ) {
        self.endpoint = endpoint
        self.origin = origin
        self.content = content
        self.isHead = isHead
        self.isIdempotent = isIdempotent
        self.timeout = timeout
        self.expectedStatuses = expectedStatuses
        self.inspection = inspection
        self.thinkTime = thinkTime
    }
}
