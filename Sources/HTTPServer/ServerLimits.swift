/// What one client may take of the server. Every one of them ends in an answer or in a closed
/// connection, never in waiting for ever.
package struct ServerLimits: Sendable {
    /// Longest request head, line ends included. Tokens, cookies and proxies' fields fit.
    package var headBytesMax = 16_384
    /// Longest request target; with the largest cursor and filters ours take a tenth of it.
    package var targetBytesMax = 8_192
    package var headerCountMax = 100
    /// Longest body of a route that names no limit of its own.
    package var bodyBytesMax = 1_048_576
    /// All bodies together that are being read or handled; the next one is answered 503. Bounds
    /// the memory that `connectionsMax` clients with `bodyBytesMax` each could take.
    package var bodyBytesTotalMax = 67_108_864
    /// Longest body of an urgent route: a stop has nothing to say.
    package static let urgentBodyBytesMax = 4_096
    /// All answers together that clients have not taken yet; a connection that would hold more is
    /// closed. Bounds the memory that clients who ask and do not read could take.
    package var outputBytesTotalMax = 67_108_864
    /// What of one streamed body may wait for its client: minutes of a run's numbers. A client that
    /// is further behind is told so and let go.
    package static let streamBytesMax = 131_072
    /// Streams at the same time, which have connections of `connectionsMax` for as long as they
    /// like: two thirds of those stay for requests. Whoever makes streams holds to it.
    package static let streamsMax = 256
    /// More are answered 503, unless they ask for what is urgent. A handler whose client has left
    /// keeps its place until it finishes, so that this bounds the handlers too. With those of the
    /// reserve they stay below the 1,024 descriptors that a process usually gets, with room for the
    /// database and for connections to clusters.
    package var connectionsMax = 800
    /// Places beyond these, for one request each: an urgent one is served, another told 503. When
    /// they too are taken, who has waited there longest without asking makes room, so that no
    /// number of silent clients keeps a stop out.
    package var connectionsReservedMax = 64
    /// When all places are taken, a newcomer gets that of the client who has been silent longest,
    /// between requests or within a head, if that is longer than this. Who is about to ask is not
    /// silent for so long.
    package var silenceKept: Duration = .seconds(1)
    /// How much is read ahead while a request is answered. Requests of one connection are
    /// answered one after the other, so that a write has happened before the read pipelined
    /// behind it; what does not fit here waits in the kernel and then with the client.
    package var pipelinedBytesMax = 65_536

    /// How long a connection may be silent between requests. Longer than the minute for which
    /// clients and proxies usually keep theirs, so that they close first.
    package var idleTimeMax: Duration = .seconds(75)
    /// From the first byte of a head to its last.
    package var headTimeMax: Duration = .seconds(10)
    /// How long a place of the reserve is kept for a client to ask; less when others need it.
    package var reservedTimeMax: Duration = .seconds(10)
    /// From the end of a head to the last byte of its body.
    package var bodyTimeMax: Duration = .seconds(30)
    /// From the first byte of a response to its last, for clients that read slowly or not at all.
    package var writeTimeMax: Duration = .seconds(30)
    /// How long a refused client may go on sending. Closing at once would reset the connection
    /// and with it destroy the answer (RFC 9112, section 9.6).
    package var lingerTimeMax: Duration = .seconds(1)

    package init() {}

    /// What TLS may take of memory for one connection: a record in each direction, and a message of
    /// the handshake (`TLSServerSettings.certificateBytesMax`). While it is idle, a quarter.
    static let tlsBytesMax = 65_536

    /// The most that clients can make the server hold, at the same time and however they behave:
    /// what is read ahead of each, what its TLS takes, all bodies, and all answers.
    package var heldBytesMax: Int {
        let places = connectionsMax + connectionsReservedMax
        let read = max(pipelinedBytesMax, headBytesMax + ServerLoop.readBytesMax)
        return places * (read + Self.tlsBytesMax + Self.urgentBodyBytesMax) + bodyBytesTotalMax
            + outputBytesTotalMax + Self.streamsMax * Self.streamBytesMax
    }
}
