import Testing

@testable import LoadEngine
@testable import swarmkeeper

struct LiveViewTests {
    private static let openSubject = AttackSample.subject(
        AttackSample.plan(isOpen: true), title: "GET http://shop.example/日本/" + "long/" * 40)

    private func recent(_ reports: [Moment]) -> RecentSeconds {
        var recent = RecentSeconds()
        for report in reports { recent.append(report) }
        return recent
    }

    private func text(
        _ report: Moment, subject: AttackSubject = AttackSample.subject(), columns: Int = 80,
        patience: Patience = .plan
    ) -> [String] {
        LiveView(subject: subject, columns: columns)
            .lines(report, recent: recent([report]), patience: patience).map(\.text)
    }

    @Test(arguments: [1, 20, 40, 79, 80, 132, 400])
    func `no line is wider than the terminal, and there are at most twelve`(columns: Int) {
        let report = AttackSample.moment(
            elapsed: .seconds(5), inFlight: 1_000_000, warnings: [.arrivalsDropped(1_000_000_000)],
            end: nil
        ) { statistics in
            statistics.respond(100, lateByMilliseconds: 5)
            for kind in FailureKind.allCases { statistics.fail(1, kind, "") }
            statistics.transport.dropped = 123_456_789_012
        }
        let lines = LiveView(subject: Self.openSubject, columns: columns)
            .lines(report, recent: recent([report]))
        #expect(lines.count <= 12)
        for line in lines { #expect(line.width <= columns) }
    }

    @Test func `progress tells the time left, and both last seconds and all`() {
        let lines = text(
            AttackSample.moment(elapsed: .seconds(4)) { statistics in
                statistics.respond(100)
                statistics.fail(3, .reset, "")
                statistics.fail(1, .tls, "")
            })
        #expect(lines[2].hasSuffix(" 40 %  4.0 s, 6.0 s left"))
        #expect(lines[3].hasPrefix("rate 26.0/s"))
        #expect(lines[3].hasSuffix("failed 4 (3.85 %)"))
        #expect(lines[5].hasPrefix("now       p50 50.0 ms"))
        #expect(lines[6].hasPrefix("in all    p50 50.0 ms"))
        #expect(lines[7].hasPrefix("rate ") && lines[7].hasSuffix("█  top 26.0/s"))
        #expect(lines[8].hasPrefix("p99 ") && lines[8].hasSuffix("█  top 99.0 ms"))
        #expect(lines[9] == "connection lost 3, TLS failed 1")
    }

    @Test func `before anything came there is still a picture`() {
        let lines = LiveView(subject: AttackSample.subject(), columns: 80)
            .lines(nil, recent: RecentSeconds()).map(\.text)
        #expect(lines.count == 3)
        #expect(lines[2].hasSuffix("0 %  starting"))
        let empty = text(AttackSample.moment(elapsed: .seconds(1)))
        #expect(empty[5].hasPrefix("now       p50 -  "))
        #expect(!empty.joined().contains("nan"))
    }

    @Test func `a number of requests counts as progress too`() {
        let subject = AttackSample.subject(
            AttackSample.plan(duration: .seconds(86_400), requestsMax: 200))
        let lines = text(
            AttackSample.moment(elapsed: .seconds(2)) { $0.respond(100) },
            subject: subject)
        #expect(lines[2].hasSuffix(" 50 %  2.0 s, 2.0 s left"))
    }

    @Test func `the end is waited for in words`() {
        let late = AttackSample.moment(elapsed: .seconds(11), inFlight: 1)
        #expect(text(late)[2].hasSuffix("100 %  11.0 s, waiting for 1 last answer"))
        let stopped = AttackSample.moment(elapsed: .seconds(1))
        let hint = "1.0 s, stopping; a second Ctrl-C gives up waiting"
        #expect(text(stopped, patience: .lastAnswers)[2].hasSuffix(hint))
        #expect(text(stopped, patience: .none)[2].hasSuffix("1.0 s, stopping at once"))
    }

    @Test func `only the last minute is kept, and a moment is no second`() {
        var recent = RecentSeconds()
        for second in 1...100 {
            let interval = recent.append(
                AttackSample.moment(elapsed: .seconds(second)) { $0.respond(second) })
            #expect(interval == .seconds(1))
        }
        #expect(recent.seconds.count == RecentSeconds.secondsMax)
        #expect(recent.rate == 100)
        #expect(
            recent.append(AttackSample.moment(elapsed: .milliseconds(100_001))) == .milliseconds(1))
        #expect(recent.rate == 100)
        // The final report leaves the wait for the last answers out.
        #expect(recent.append(AttackSample.moment(elapsed: .seconds(90))) == .zero)
        #expect(recent.elapsed == .milliseconds(100_001))
    }
}

struct ScreenTests {
    private let lines = [StyledLine("one", .bad), StyledLine("two")]

    @Test func `the next picture is drawn over the last`() {
        var screen = Screen(isColored: false)
        #expect(screen.draw(lines, rows: 24) == "\u{1B}[?25l\r\u{1B}[2Kone\n\u{1B}[2Ktwo\n\u{1B}[J")
        #expect(screen.draw(lines, rows: 24) == "\r\u{1B}[2A\u{1B}[2Kone\n\u{1B}[2Ktwo\n\u{1B}[J")
    }

    @Test func `at the end the picture is gone and the cursor back`() {
        var screen = Screen(isColored: true)
        #expect(screen.clear() == "")
        _ = screen.draw(lines, rows: 24)
        #expect(screen.clear() == "\r\u{1B}[2A\u{1B}[J\u{1B}[?25h")
        #expect(screen.clear() == "")
    }

    @Test func `what is higher than the terminal is left out`() {
        var screen = Screen(isColored: false)
        let text = screen.draw(Array(repeating: StyledLine("x"), count: 50), rows: 10)
        #expect(text.count { $0 == "\n" } == 9)
        #expect(screen.draw([StyledLine("x")], rows: 1).count { $0 == "\n" } == 1)
    }
}

struct AttackDisplayTests {
    private let size = Terminal.defaultSize

    @Test func `a pipe gets a line each second under a header`() {
        var display = AttackDisplay(AttackSample.subject(), mode: .lines, isColored: true)
        let head = display.begin(size)
        let (row, interval) = display.show(
            AttackSample.moment(elapsed: .seconds(1)) { $0.respond(1234) }, size)
        #expect(interval == .seconds(1))
        let titles = head.split(separator: "\n").last.map(String.init) ?? ""
        #expect(titles.hasPrefix("     time      rate/s     requests"))
        #expect(row.hasPrefix("    1.0 s       1,234        1,234         0    617 ms"))
        #expect(row.dropLast().count == titles.count)
        #expect(!(head + row).contains("\u{1B}"))
        let (last, _) = display.show(
            AttackSample.moment(elapsed: .milliseconds(1001), end: .stopped), size)
        #expect(last == "", "a moment is no line of its own")
        #expect(display.hurry(size) == "stopping; a second Ctrl-C gives up waiting\n")
        #expect(display.end() == "\n")
    }

    @Test func `a terminal gets a picture, which the summary replaces`() {
        var display = AttackDisplay(AttackSample.subject(), mode: .live, isColored: false)
        #expect(display.begin(size).contains("starting"))
        #expect(display.show(AttackSample.moment(elapsed: .seconds(1)), size).text != "")
        #expect(display.hurry(size).contains("stopping; a second Ctrl-C"))
        #expect(display.show(AttackSample.moment(end: .stopped), size).text == "")
        #expect(display.end().hasSuffix("\u{1B}[?25h"))
    }

    @Test func `quiet is quiet`() {
        var display = AttackDisplay(AttackSample.subject(), mode: .none, isColored: true)
        #expect(
            display.begin(size) + display.show(AttackSample.moment(end: .stopped), size).text == "")
        #expect(display.end() + display.hurry(size) == "")
    }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
