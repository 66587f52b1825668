/// Waits until `condition` holds, which other tasks bring about. The limit is no measure of speed:
/// it only ends a test that would hang.
///
/// - Returns: whether it came to hold.
package func eventually(
    within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        // A cancelled wait shows in the condition.
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

/// The same, with the clock moved in small steps all the while.
package func eventually(
    moving time: ManualTime, by step: Duration = .milliseconds(250),
    within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    try await eventually(within: limit) {
        if try await condition() { return true }
        time.advance(by: step)
        return false
    }
}
