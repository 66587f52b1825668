/// Names a connection among those of its loop, and none after it: an answer that comes too late
/// finds nobody.
struct ConnectionID: Hashable, Sendable {
    let number: UInt64
}
