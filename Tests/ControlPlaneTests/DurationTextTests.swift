import ControlPlane
import Testing

struct DurationTextTests {
    @Test(arguments: [
        ("90", 90.0), ("0", 0), ("1.5", 1.5), ("90s", 90), ("1m30s", 90), ("2h", 7200),
        ("1d", 86_400), ("1.5s", 1.5), ("250ms", 0.25), ("1h2m3s4ms", 3723.004), ("5m", 300),
        ("5ms", 0.005), ("10m5ms", 600.005), ("01m", 60),
    ])
    func `durations are read as operators write them`(text: String, seconds: Double) {
        #expect(DurationText.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", " ", "s", "m5", "1m30", "90 s", " 90", "90s ", "-1", "-1s", "+1", "1e3", "0x10", "inf",
        "nan", "1..5", "1,5", "1h-2m", "5y", "١", "５s", "1M", "1m30s!", ".", "..s",
        String(repeating: "9", count: 400), String(repeating: "9", count: 400) + "s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.seconds(text) == nil)
    }
}
