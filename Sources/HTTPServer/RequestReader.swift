import HTTP

/// Reads one request after the other from the bytes of a connection.
///
/// Knows no socket and no clock. The route is looked up as soon as the head is there, so that a
/// body is only read where somebody wants it and only as long as they accept it.
struct RequestReader {
    enum Step {
        case needsMore
        /// The client waits to be told that its body is welcome.
        case expectsContinue
        case exchange(Exchange)
    }

    private enum State {
        case head(RequestHeadParser)
        case body(RequestHead, Route, [String: String], BodyDecoder)
    }

    private let router: Router
    private let limits: ServerLimits
    private let origin: Origin
    /// Only what is urgent may be asked for.
    private let isReserved: Bool
    private var state: State
    /// Whom the client's certificate is made for, if it has shown one.
    var clientSubject: String?

    /// Where the bytes come from.
    struct Origin {
        let peerAddress: String
        var isSecure = false
        /// Who may speak for others.
        var proxies = TrustedProxies.none
    }

    init(router: Router, limits: ServerLimits, origin: Origin, isReserved: Bool = false) {
        self.isReserved = isReserved
        self.router = router
        self.limits = limits
        self.origin = origin
        state = .head(Self.headParser(limits))
    }

    var isInBody: Bool {
        if case .body = state { true } else { false }
    }

    /// How much of a body has arrived that is not complete yet, and takes of the room for bodies.
    var bodyByteCount: Int {
        guard case .body(_, let route, _, let decoder) = state, !route.isUrgent else { return 0 }
        return decoder.body.count
    }

    /// Reads on in `bytes`, which begin where the last step stopped. Returns how many of them are
    /// done with; the others must be offered again, with more behind them.
    mutating func step(
        _ bytes: Span<UInt8>
    ) throws(ServerError) -> (step: Step, byteCount: Int) {
        switch state {
        case .head(var parser):
            let head = try message { () throws(MessageError) in try parser.parse(bytes) }
            guard let head else {
                state = .head(parser)
                return (.needsMore, 0)
            }
            state = .head(Self.headParser(limits))
            return (try begin(head), parser.byteCount)
        case .body(let head, let route, let parameters, var decoder):
            let end = try message { () throws(MessageError) in try decoder.decode(bytes, from: 0) }
            guard decoder.isComplete else {
                state = .body(head, route, parameters, decoder)
                return (.needsMore, end)
            }
            state = .head(Self.headParser(limits))
            return (exchange(head, route, parameters, body: decoder.body), end)
        }
    }

    private mutating func begin(_ head: RequestHead) throws(ServerError) -> Step {
        switch router.match(head) {
        case .route(let route, let parameters):
            guard route.isUrgent || !isReserved else { throw .tooManyConnections }
            guard head.expectation != .unknown else { throw .expectationFailed }
            guard head.hasBody else { return exchange(head, route, parameters, body: []) }
            let bodyBytesMax = route.bodyBytesMax ?? limits.bodyBytesMax
            let decoder = try message { () throws(MessageError) in
                try BodyDecoder(head.framing, bodyBytesMax: bodyBytesMax)
            }
            state = .body(head, route, parameters, decoder)
            return head.expectation == .continue100 ? .expectsContinue : .needsMore
        case .options(let allow):
            return answer(head, Response(status: 204), allow: allow)
        case .methodNotAllowed(let allow):
            return answer(head, router.errorResponse(.methodNotAllowed), allow: allow)
        case .notFound:
            return answer(head, router.errorResponse(.notFound))
        }
    }

    private func exchange(
        _ head: RequestHead, _ route: Route, _ parameters: [String: String], body: [UInt8]
    ) -> Step {
        var request = request(head, body: body)
        request.parameters = parameters
        return .exchange(
            Exchange(action: .run(route, request), form: form(head, isWhole: true)))
    }

    private func request(_ head: RequestHead, body: [UInt8]) -> Request {
        let client = origin.proxies.client(of: head.headers, from: origin.peerAddress)
        var request = Request(
            head: head, body: body, remoteAddress: client?.address ?? origin.peerAddress)
        request.peerAddress = origin.peerAddress
        request.isSecure = client?.isSecure ?? origin.isSecure
        request.clientSubject = clientSubject
        return request
    }

    /// A body that nobody will look at is not read; the connection ends instead.
    private func answer(
        _ head: RequestHead, _ response: Response, allow: String? = nil
    ) -> Step {
        var response = response
        if let allow { response.headers.set("Allow", allow) }
        router.complete(&response, request(head, body: []))
        return .exchange(
            Exchange(action: .answer(response), form: form(head, isWhole: !head.hasBody)))
    }

    private func form(_ head: RequestHead, isWhole: Bool) -> Exchange.Form {
        Exchange.Form(
            keepsAlive: head.keepsAlive && isWhole, omitsBody: head.method == "HEAD",
            version: head.version)
    }

    private func message<Value>(
        _ body: () throws(MessageError) -> Value
    ) throws(ServerError) -> Value {
        do { return try body() } catch { throw .message(error) }
    }

    private static func headParser(_ limits: ServerLimits) -> RequestHeadParser {
        RequestHeadParser(
            limits: .init(
                headBytesMax: limits.headBytesMax, targetBytesMax: limits.targetBytesMax,
                fieldCountMax: limits.headerCountMax))
    }
}
