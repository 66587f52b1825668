import Testing

@testable import Webhooks

struct PrintableTextTests {
    @Test func `what is no UTF-8 stays within the limit`() {
        let excerpt = PrintableText.excerpt([UInt8](repeating: 0xFF, count: 600), bytesMax: 512)
        #expect(excerpt.utf8.count <= 512 && !excerpt.isEmpty)
    }
}
