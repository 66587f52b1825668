import TestSupport
import Testing

@testable import Schedules

struct CronReadingTests {
    @Test(arguments: [
        ("*/15 * * * *", [0, 15, 30, 45]), ("0,30 * * * *", [0, 30]),
        ("5-8 * * * *", [5, 6, 7, 8]),
        ("0-59/20 * * * *", [0, 20, 40]), ("10-20/5,3 * * * *", [3, 10, 15, 20]),
        ("\t07  * * * * ", [7]), ("*/59 * * * *", [0, 59]), ("30,30,5-5 * * * *", [5, 30]),
    ])
    func `minutes are values, ranges, steps and lists`(text: String, minutes: [Int]) throws {
        #expect(try CronExpression(text).minutes == minutes)
    }

    @Test(arguments: [
        ("MON", [1]), ("mon-fri", [1, 2, 3, 4, 5]), ("SAT-SUN", [0, 6]), ("0", [0]), ("7", [0]),
        ("5-7", [0, 5, 6]), ("SUN-TUE", [0, 1, 2]), ("0-7", Array(0...6)), ("1-5/2", [1, 3, 5]),
        ("FRI,MON", [1, 5]), ("*/2", [0, 2, 4, 6]), ("SUN-SUN", [0]),
    ])
    func `days of the week have names and two Sundays`(text: String, days: [Int]) throws {
        #expect(try CronExpression("0 0 * * \(text)").weekdays.values(in: 0...6) == days)
    }

    @Test func `months have names`() throws {
        let expression = try CronExpression("0 0 1 jan,Oct-DEC *")
        #expect(expression.months.values(in: 1...12) == [1, 10, 11, 12])
    }

    @Test(arguments: CronExpression.named.map(\.name))
    func `the names of the manual are spelled out`(name: String) throws {
        let text = try #require(CronExpression.named.first { $0.name == name }?.text)
        #expect(try CronExpression(" \(name.uppercased()) ") == CronExpression(text))
        #expect(try CronExpression(name).text == text)
    }

    @Test(arguments: [
        ("", 1, "minute is missing"), ("   ", 4, "minute is missing"),
        ("* * * *", 8, "day of week is missing"), ("* * * * * *", 11, "seconds and years"),
        ("60 * * * *", 1, "0 to 59"), ("* 24 * * *", 3, "0 to 23"), ("* * 0 * *", 5, "1 to 31"),
        ("* * 32 * *", 5, "1 to 31"), ("* * * 13 *", 7, "1 to 12 or JAN to DEC"),
        ("* * * * 8", 9, "0 to 7 or SUN to SAT"), ("* * * FOO *", 7, "JAN to DEC"),
        ("*/0 * * * *", 3, "1 to 59"), ("*/60 * * * *", 3, "1 to 59"), ("*/ * * * *", 3, "*/15"),
        ("5/15 * * * *", 2, "5-59/..."), ("20-10 * * * *", 4, "ends before"),
        ("* * * * FRI-MON", 13, "ends before"), ("1, * * * *", 3, "minute is missing"),
        (",1 * * * *", 1, "0 to 59"), ("1- * * * *", 3, "minute is missing"),
        ("? * * * *", 1, "write *"), ("* * ? * *", 5, "write *"), ("* * 15W * *", 7, "W and #"),
        ("* * * * 5#2", 10, "W and #"), ("* * * * 5L", 10, "stands alone"),
        ("* * * * L", 9, "day of month"), ("L * * * *", 1, "day of month"),
        ("-1 * * * *", 1, "0 to 59"), ("1.5 * * * *", 2, "0 to 59"),
        ("99999999999999999999 * * * *", 1, "0 to 59"), ("0 0 30 2 *", 5, "never comes"),
        ("0 0 31 4,6 */2", 5, "never comes"), ("@reboot", 1, "@hourly"), ("  @often", 3, "@hourly"),
        ("@daily *", 1, "alone"), ("* * * ÄÖÜ *", 7, "JAN"), ("**", 2, "0 to 59"),
        ("*\n* * * *", 2, "0 to 59"), ("* * L-3 * *", 6, "1 to 31"), ("* * 1-L * *", 7, "alone"),
    ])
    func `a mistake is told with its place`(text: String, column: Int, words: String) {
        do {
            let read = try CronExpression(text)
            Issue.record("taken as \(read)")
        } catch {
            #expect(error.column == column, "\(error)")
            #expect(error.reason.contains(words), "\(error)")
        }
    }

    @Test func `a text of the longest kind is taken, and one beyond is not`() throws {
        let padding = String(repeating: " ", count: CronExpression.lengthMax - 9)
        _ = try CronExpression("* * * * *" + padding)
        #expect(throws: CronError.self) { try CronExpression("* * * * * " + padding) }
    }

    /// Whatever is taken has a place in each field, says itself again, and has a tick.
    @Test func `any text is read or refused with a place in it`() throws {
        let alphabet = Array("0123456789*/,-LWlw#?@ \tJANMONsunfri\u{e9}\u{1F600}")
        var random = SeededGenerator(seed: 7)
        var taken = 0
        for _ in 0..<4_000 {
            let text: String
            if Bool.random(using: &random) {
                let count = Int.random(in: 0...24, using: &random)
                text = String(
                    (0..<count).map { _ in alphabet.randomElement(using: &random) ?? " " })
            } else {
                text = CronSample.text(&random)
            }
            do {
                let read = try CronExpression(text)
                taken += 1
                #expect(try CronExpression(read.text) == read)
                #expect(!read.minutes.isEmpty && !read.hours.isEmpty && read.hasDays)
            } catch {
                #expect((1...text.unicodeScalars.count + 1).contains(error.column), "\(text)")
            }
        }
        #expect(taken > 1_000)
    }
}

/// Expressions as people might write them.
enum CronSample {
    static func text(_ random: inout SeededGenerator) -> String {
        [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)].map { low, high in
            field(low, high, &random)
        }.joined(separator: " ")
    }

    private static func field(_ low: Int, _ high: Int, _ random: inout SeededGenerator) -> String {
        let kind = Int.random(in: 0...6, using: &random)
        let first = Int.random(in: low...high, using: &random)
        let last = Int.random(in: first...high, using: &random)
        let step = Int.random(in: 1...(high - low), using: &random)
        return switch kind {
        case 0, 1, 2: "*"
        case 3: "*/\(step)"
        case 4: "\(first)-\(last)"
        case 5: "\(first)-\(last)/\(step)"
        default: first == last ? "\(first)" : "\(first),\(last)"
        }
    }
}
