/// Why a text is no cron expression.
package struct CronError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The character at which it goes wrong, from 1; one behind the last where something is
    /// missing.
    package let column: Int
    /// What was wrong there, and what is allowed.
    package let reason: String

    package var description: String { "column \(column): \(reason)" }
}
