import TestSupport

/// Requests that are right, and what becomes of them when bytes are changed; the same for the same
/// seed.
struct RequestMutator {
    private static let mutationsMax = 6
    private static let piecesMax = 64

    private let corpus: [[UInt8]]
    private var generator: SeededGenerator

    init(seed: UInt64, tokens: [String]) {
        generator = SeededGenerator(seed: seed)
        corpus = Self.corpus(tokens)
    }

    /// Requests for one connection: few, because behind a broken one nothing is read any more.
    mutating func session() -> [UInt8] {
        (0..<Int.random(in: 1...4, using: &generator)).flatMap { _ in request() }
    }

    mutating func chance(_ percent: Int) -> Bool { generator.chance(percent) }

    /// Where to cut, at most at the end.
    mutating func cut(_ count: Int) -> Int { Int.random(in: 0...count, using: &generator) }

    private mutating func request() -> [UInt8] {
        var bytes = generator.pick(corpus)
        // Some stay right, so that what is behind the parser has work, too.
        guard generator.chance(65) else { return bytes }
        for _ in 0..<Int.random(in: 1...Self.mutationsMax, using: &generator) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = cut(bytes.count)
        let end = min(bytes.count, place + Int.random(in: 1...Self.piecesMax, using: &generator))
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 2: bytes.removeSubrange(place...)
        case 3: bytes += generator.pick(corpus).suffix(end - place)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 5...7: bytes.insert(contentsOf: generator.pick(Self.pieces), at: place)
        default:
            guard place < bytes.count else { return }
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
    }

    /// Each operation with each token, so that all of them are reached.
    private static func corpus(_ tokens: [String]) -> [[UInt8]] {
        let id = "0af76519-16cd-43dd-8448-eb211c80319c"
        let definition =
            #"{"name":"n","tenantId":"red","envId":"dev","targetUrl":"http://127.0.0.1:9","#
            + #""tags":["a"],"metadata":{"k":[1.5e3,null]},"defaultDurationSeconds":"1m30s"}"#
        let report =
            #"{"runId":"\#(id)","epoch":"e","sequence":1,"elapsedSeconds":0.5,"users":1,"totals":"#
            + #"{"requests":2,"failures":1,"histogram":{"12.5":2}},"endpoints":[],"errors":[]}"#
        let reads = [
            "/health", "/ready", "/openapi.json", "/v1/runs?limit=5&status=Running,Failed",
            "/v1/load-tests?q=%61&sort=-createdAt", "/v1/runs/\(id)", "/v1/runs/\(id)/metrics",
            "/v1/runs/\(id)/summary", "/v1/runs/\(id)/timeline", "/v1/load-tests/\(id)/runs",
            "/v1/tests", "/v1/clusters", "/v1/tenants", "/v1/environments", "/nowhere",
        ]
        let writes = [
            ("POST /v1/load-tests", definition), ("PUT /v1/load-tests/\(id)", definition),
            ("POST /v1/tests", definition), ("POST /v1/load-tests/\(id)/runs", "{}"),
            ("POST /v1/runs/\(id)/stop", "{}"), ("POST /v1/runs/\(id)/users", #"{"users":3}"#),
            ("POST /v1/callbacks/test-start", report), ("POST /v1/callbacks/metrics", report),
            ("POST /v1/callbacks/test-stop", report),
        ]
        var all: [String] = ["OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"]
        for token in tokens {
            let fields = "Host: a\r\nAuthorization: Bearer \(token)\r\n"
            all += reads.map { "GET \($0) HTTP/1.1\r\n\(fields)\r\n" }
            all.append("HEAD /v1/runs HTTP/1.1\r\n\(fields)\r\n")
            all.append("DELETE /v1/load-tests/\(id) HTTP/1.1\r\n\(fields)If-Match: \"1\"\r\n\r\n")
            for (line, body) in writes {
                let type = "Content-Type: application/json\r\nIdempotency-Key: \(body.count)\r\n"
                let length = body.utf8.count
                let head = "\(line) HTTP/1.1\r\n\(fields)\(type)"
                all.append("\(head)Content-Length: \(length)\r\n\r\n\(body)")
                let chunks = "\(String(length, radix: 16));x=\"y\"\r\n\(body)\r\n0\r\nT: u\r\n\r\n"
                all.append("\(head)Transfer-Encoding: chunked\r\n\r\n\(chunks)")
            }
        }
        return all.map { Array($0.utf8) }
    }

    /// What parsers stumble over.
    private static let pieces: [[UInt8]] =
        [
            "\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", ";", ",", "\"", "\\", "%", "%00",
            "%2e%2e/", "//", "?", "&", "=", "#", "{", "}", "[", "]", "[[[[[[[[", "{\"a\":", "null",
            "\\u0000", "\\ud800", "1e999", "-", "99999999999999999999", "9223372036854775808", "0x",
            "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n", "Expect: 100-continue\r\n", "Host: b\r\n",
            "Connection: close\r\n", "Connection: keep-alive\r\n", "Upgrade: websocket\r\n",
            "0\r\n\r\n", "ffffffff\r\n", "GET / HTTP/1.1\r\n", " HTTP/1.0", " HTTP/2.0", "http://a",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [UInt8](repeating: 0x41, count: 300), [UInt8](repeating: 0x2F, count: 9_000),
            Array(String(repeating: "X: y\r\n", count: 120).utf8),
        ]
}
