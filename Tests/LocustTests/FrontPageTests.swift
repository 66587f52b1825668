import Testing

@testable import Locust

struct FrontPageTests {
    @Test func `the front page tells version, classes and arguments`() throws {
        let page = "<script>\nwindow.templateArgs = \(Captures.templateArguments)\n</script>"
        let info = try #require(FrontPage.info(in: Array(page.utf8)))
        #expect(info.version == "2.47.0")
        #expect(info.state == .running)
        #expect(info.host == "http://127.0.0.1:9188")
        #expect(info.userClasses == ["UserA", "UserB"])
        #expect(info.shapeClasses == ["Default"])
        #expect(!info.showsClassPicker)
        #expect(info.extraOptions.isSuperset(of: ["run_id", "api_token"]))
        #expect(info.rowPercentiles == [0.95, 0.99])
        #expect(info.currentPercentiles == [0.5, 0.95])
    }

    @Test func `a script behind the value does no harm`() throws {
        let info = try #require(FrontPage.info(in: Array(Captures.modernPageOf220.utf8)))
        #expect(info.version == "2.20.1")
        #expect(info.userClasses == ["Reporting"])
        #expect(info.currentPercentiles == [0.95])
    }

    @Test func `the old page tells its version only`() throws {
        let info = try #require(FrontPage.info(in: Array(Captures.oldPageOf220.utf8)))
        #expect(info.version == "2.20.1")
        #expect(info.state == nil)
    }

    @Test(arguments: [
        "", "<html></html>", "window.templateArgs", "window.templateArgs = ",
        "window.templateArgs = {\"version\": ", "window.templateArgs = null",
        "https://github.com/locustio/locust/releases/tag/",
    ])
    func `another page is not taken for Locust's`(page: String) {
        #expect(FrontPage.info(in: Array(page.utf8)) == nil)
    }
}
