/// How large a scenario may be. Whatever is written by hand fits many times over; what does not
/// would cost memory for each user, or rows of statistics for each second.
package enum ScenarioLimits {
    package static let requestsMax = 1000
    /// Targets are lists that programs write, with a few hundred bytes of memory for each.
    package static let targetsMax = 100_000
    /// Rows of statistics by name. Each may cost 100 KiB, and is kept for every second; requests
    /// under further names are counted together.
    package static let endpointsMax = 500
    package static let bodyBytesMax = 1_048_576
    package static let dataListsMax = 50
    package static let dataRowsMax = 100_000
    package static let dataColumnsMax = 100
    /// Bytes of all cells of one list.
    package static let dataBytesMax = 16_777_216
    package static let headersMax = 100
    /// Servers take 8 to 16 KiB for all headers together.
    package static let headerValueBytesMax = 16_384
    package static let targetBytesMax = 16_384
    package static let nameLengthMax = 200
    package static let variablesMax = 100
    package static let extractionsMax = 50
    package static let checksMax = 30
    package static let stagesMax = 1000

    package static let usersMax = 1_000_000
    /// Per second. What one process could send at best is a fifth of it.
    package static let rateMax = 5_000_000.0
    package static let weightMax = 1_000_000.0
    package static let durationMax = Duration.seconds(31 * 86_400)
    package static let timeoutMax = Duration.seconds(3600)
    package static let redirectsMax = 50
    package static let threadsMax = 64
    /// Problems that are told at once: who has more corrects some and asks again.
    package static let problemsMax = 100
}
