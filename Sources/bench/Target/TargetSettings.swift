import Networking

/// What `bench target` is asked to be.
struct TargetSettings: Equatable {
    /// Responses are withheld during the last `length` of every `period`, the first of which
    /// begins with the first request. Requests are read all the while.
    struct Stall: Equatable {
        let period: Duration
        let length: Duration
    }

    var port = 0
    var response = ResponseBytes.Content()
    var delay = Duration.zero
    var stall: Stall?
    /// The file that gets the time of each request.
    var arrivalLog: String?
    /// The file that gets the time at which each response was handed to the kernel.
    var responseLog: String?
    /// The file that gets the time of each connection.
    var connectionLog: String?
    /// Whether the end of standard input ends the target, so that it does not outlive its parent.
    var hasLifeline = false

    /// Largest body: more than any case asks for, and small enough to be kept in memory.
    static let bodyBytesMax = 1 << 30

    static let help = """
          --port N            port on 127.0.0.1 (0: any; the line `listening PORT` says which)
          --body BYTES        size of the body (2)
          --status CODE       status (200)
          --chunked           send the body in one chunk
          --close             close after each response
          --delay TIME        wait before each response, such as 500us or 20ms
          --stall PERIOD:LEN  milliseconds: in the last LEN of every PERIOD no response leaves
          --log FILE          write when each request came: a little-endian uint64 each,
                              CLOCK_MONOTONIC nanoseconds
          --response-log FILE  the same for responses that were sent
          --connection-log FILE  the same for connections
          --json              answer {"token":"...","id":N} and X-Token, anew for each request
          --lifeline          end when standard input ends
        SIGTERM and SIGINT end it with a line of counts: requests and connections, the seconds from
        the first to the last request, and its own CPU seconds.
        """

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        let words = try Words(
            arguments,
            valued: [
                "port", "body", "status", "delay", "stall", "log", "response-log",
                "connection-log",
            ],
            bare: ["chunked", "close", "json", "lifeline"])
        if let word = words.operands.first {
            throw UsageError(message: "unexpected \(word)")
        }
        port = try words.number("port", in: 0...65_535, default: 0)
        response.bodyBytes = try words.number("body", in: 0...Self.bodyBytesMax, default: 2)
        response.status = try words.number("status", in: 200...599, default: 200)
        response.isChunked = words.has("chunked")
        response.closes = words.has("close")
        response.isJSON = words.has("json")
        delay = try words.time("delay", default: .zero)
        stall = try words["stall"].map { text throws(UsageError) in try Self.stall(text) }
        arrivalLog = words["log"]
        responseLog = words["response-log"]
        connectionLog = words["connection-log"]
        hasLifeline = words.has("lifeline")
    }

    private static func stall(_ text: String) throws(UsageError) -> Stall {
        let numbers = text.split(separator: ":").map { Int64($0) ?? -1 }
        guard numbers.count == 2, numbers[0] > numbers[1], numbers[1] >= 0 else {
            throw UsageError(message: "--stall must be like 10000:1000, not \(text)")
        }
        return Stall(period: .milliseconds(numbers[0]), length: .milliseconds(numbers[1]))
    }
}
