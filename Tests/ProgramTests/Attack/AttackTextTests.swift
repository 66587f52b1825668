import Testing

@testable import swarmkeeper

struct FiguresTests {
    @Test(
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
            (.max, "9,223,372,036,854,775,807"),
        ] as [(Int, String)])
    func `counts have their thousands apart`(value: Int, expected: String) {
        #expect(Figures.count(value) == expected)
    }

    @Test(
        arguments: [
            (0, "0 µs"), (1, "1 µs"), (999.4, "999 µs"), (999.5, "1.00 ms"), (1234, "1.23 ms"),
            (9_994, "9.99 ms"), (9_996, "10.0 ms"), (99_960, "100 ms"), (999_499, "999 ms"),
            (999_500, "1.00 s"), (61_000_000, "61.0 s"), (3.6e9, "3,600 s"), (-1, "-"),
            (.nan, "-"), (.infinity, "-"),
        ] as [(Double, String)])
    func `times have three digits and their unit`(microseconds: Double, expected: String) {
        #expect(Figures.time(microseconds: microseconds) == expected)
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (999.6, "1.00 kB"), (12_345, "12.3 kB"), (1e9, "1.00 GB"),
            (1e30, "1,000,000,000,000,000 PB"), (.nan, "0 B"),
        ] as [(Double, String)])
    func `sizes go up by thousands`(bytes: Double, expected: String) {
        #expect(Figures.bytes(bytes) == expected)
    }

    @Test(
        arguments: [
            (0, 0, "0 %"), (0, 10, "0 %"), (10, 10, "100 %"), (1, 3, "33.3 %"), (1, 100, "1.00 %"),
            (1, 1_000_000, "<0.01 %"), (999_999, 1_000_000, ">99.99 %"), (995, 1000, "99.50 %"),
        ] as [(UInt64, UInt64, String)])
    func `a share is never told as none or all when it is not`(
        part: UInt64, whole: UInt64, expected: String
    ) {
        #expect(Figures.percent(part, of: whole) == expected)
    }

    @Test(
        arguments: [
            (0, "0.0"), (0.25, "0.25"), (9.99, "9.99"), (10, "10.0"), (99.9, "99.9"), (100, "100"),
            (12_345.6, "12,346"), (.nan, "0"), (-1, "0"),
        ] as [(Double, String)])
    func `rates have no more digits than they need`(rate: Double, expected: String) {
        #expect(Figures.rate(rate) == expected)
    }

    @Test(
        arguments: [
            (.zero, "0.0 s"), (.milliseconds(1500), "1.5 s"), (.seconds(99), "99.0 s"),
            (.seconds(100), "1:40"), (.seconds(3725), "1:02:05"), (.seconds(-1), "0.0 s"),
        ] as [(Duration, String)])
    func `long times are told as clocks do`(duration: Duration, expected: String) {
        #expect(Figures.clock(duration) == expected)
    }
}

struct DisplayWidthTests {
    @Test(
        arguments: [
            ("", 0), ("abc", 3), ("µs ≤ …", 6), ("日本", 4), ("한", 2), ("e\u{301}", 1), ("🚀", 2),
            ("█▏", 2), ("\u{200D}", 0), ("ﾊ", 1),
        ] as [(String, Int)])
    func `characters take the columns that a terminal gives them`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `a text is cut before the character that does not fit`() {
        #expect(DisplayWidth.prefix("日本語", columns: 5) == "日本")
        #expect(DisplayWidth.fitted("日本語", columns: 5) == "日本…")
        #expect(DisplayWidth.fitted("日本語", columns: 4) == "日… ")
        #expect(DisplayWidth.fitted("ab", columns: 4) == "ab  ")
        #expect(DisplayWidth.fitted("ab", columns: 0) == "")
        #expect(DisplayWidth.rightAligned("日", columns: 4) == "  日")
        #expect(DisplayWidth.rightAligned("long", columns: 2) == "long")
    }

    @Test func `what a target sends cannot move the cursor`() {
        #expect(DisplayWidth.printable("a\u{1B}[2Jb\r\nc\u{7F}\u{9B}") == "a [2Jb  c  ")
        #expect(!DisplayWidth.printable("a\u{202E}b").contains("\u{202E}"))
        #expect(DisplayWidth.printable("日 é") == "日 é")
    }
}

struct ChartTests {
    @Test func `columns are as high as their values`() {
        let values: [Double?] = [0, 1, 2, 3, 4, 5, 6, 7, 8, nil, 0.001]
        #expect(Chart.columns(values, columns: 20, top: 8) == " ▁▂▃▄▅▆▇█ ▁")
        #expect(Chart.columns(values, columns: 3, top: 8) == "█ ▁")
        #expect(Chart.columns([5, 9], columns: 5, top: 0) == "  ")
        #expect(Chart.columns([99], columns: 5, top: 8) == "█")
        #expect(Chart.columns([], columns: 5, top: 8) == "")
        #expect(Chart.columns([1], columns: -1, top: 8) == "")
    }

    @Test func `a bar is exact to an eighth and never hides something`() {
        #expect(Chart.bar(1, columns: 4) == "████")
        #expect(Chart.bar(0.5, columns: 4) == "██")
        #expect(Chart.bar(0.53125, columns: 4) == "██▏")
        #expect(Chart.bar(1e-9, columns: 4) == "▏")
        #expect(Chart.bar(0, columns: 4) == "")
        #expect(Chart.bar(7, columns: 4) == "████")
        #expect(Chart.bar(0.5, columns: 0) == "")
    }
}

struct StyledLineTests {
    @Test func `colours can be left out`() {
        var line = StyledLine("a", .bad)
        line.append("b")
        line.append("", .good)
        #expect(line.rendered(inColor: false) == "ab")
        #expect(line.rendered(inColor: true) == "\u{1B}[31ma\u{1B}[0mb")
        #expect(line.width == 2)
    }

    @Test func `a line is cut at a width, whatever its colours`() {
        var line = StyledLine("日本", .bad)
        line.append("xyz")
        #expect(line.clipped(to: 5).text == "日本x")
        #expect(line.clipped(to: 3).text == "日")
        #expect(line.clipped(to: 0).text == "")
        #expect(line.clipped(to: 99) == line)
    }

    @Test func `tables keep their columns below each other`() {
        var table = TextTable([.left, .right, .left])
        table.add(["日", "1", "x"])
        table.add(["abc", "1,000", ""])
        table.add(["", "", ""])
        #expect(table.lines == ["日       1  x", "abc  1,000", ""])
    }

    @Test func `sentences break at blanks`() {
        #expect(
            TextWrap.lines("one two three four five six", columns: 20) == [
                "one two three four", "five six",
            ])
        #expect(TextWrap.lines("", columns: 20) == [])
        let long = String(repeating: "x", count: 50)
        #expect(TextWrap.lines("a \(long) b", columns: 20) == ["a", long, "b"])
    }
}
